"""Silence OdooBot's greeting in the screenshots; for ``odoo shell``."""

env["res.users"].search([]).odoobot_state = "disabled"
env.cr.commit()
