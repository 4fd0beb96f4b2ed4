"""Developer tools: set up, run, test and ship the addon.

The tools set up a real Odoo, a Python environment, PostgreSQL and a browser outside the
checkout, and implement the targets of the Makefile. They use the standard library only,
because they run before anything is installed.
"""
