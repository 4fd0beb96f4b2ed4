"""For `odoo shell`: no greeting of OdooBot's in the pictures."""

env["res.users"].search([]).odoobot_state = "disabled"
env.cr.commit()
