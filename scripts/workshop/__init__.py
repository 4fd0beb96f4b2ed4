"""The workshop: everything a person needs to run, test and ship the addon.

It sets up a real Odoo, a Python environment, PostgreSQL and a browser outside the
checkout, and does the work that the Makefile names. Standard library only: it has to
run before anything is installed.
"""
