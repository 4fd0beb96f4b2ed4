"""Who works with the addon in a benchmark."""

from odoo.fields import Command


def clerks(env):
    """The billers of the ledger become clerks."""
    users = env["res.users"].search([("login", "=like", "biller%")])
    users.group_ids = [Command.link(env.ref("invoicing_clerk.group_clerk").id)]
    env.cr.commit()
    return users
