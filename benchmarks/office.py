"""Users of the addon in a benchmark, and their processes."""

from odoo import sql_db
from odoo.fields import Command

AUDITOR = "auditor_of_the_ledger"


def clerks(env):
    """The billers of the ledger become clerks."""
    users = env["res.users"].search([("login", "=like", "biller%")])
    users.group_ids = [Command.link(env.ref("invoicing_clerk.group_clerk").id)]
    env.cr.commit()
    return users


def auditor(env):
    """The auditor of the ledger."""
    if known := env["res.users"].search([("login", "=", AUDITOR)]):
        return known
    return env["res.users"].create(
        {
            "name": "Auditor of the ledger",
            "login": AUDITOR,
            "group_ids": [Command.set(env.ref("invoicing_clerk.group_auditor").ids)],
            "company_ids": [Command.set(env.company.ids)],
            "company_id": env.company.id,
        }
    )


def engagement(env, name, first, last):
    """An engagement of that auditor over these days, in fieldwork."""
    audit = env["clerk.audit"].create(
        {
            "name": name,
            "date_from": first,
            "date_to": last,
            "auditor_ids": [Command.set(auditor(env).ids)],
            "performance_materiality": 7500,
        }
    )
    audit.action_start()
    env.cr.commit()
    return audit.with_user(auditor(env))


def connect_anew(registry):
    """Leave to the parent of a forked process the connections that are the parent's."""
    sql_db._Pool = sql_db._Pool_readonly = None
    registry._db = sql_db.db_connect(registry.db_name)
