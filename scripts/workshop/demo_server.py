"""Settings of a served demo company and its logins, printed; for ``odoo shell``.

``WEB_ADDRESS`` is where it is served, ``MAIL_PORT`` the port of the mail sink.
"""

import os
import sys

ROLES = (
    ("base.group_system", "administrator"),
    ("invoicing_clerk.group_supervisor", "supervisor"),
    ("invoicing_clerk.group_clerk", "clerk"),
    ("invoicing_clerk.group_auditor", "auditor"),
    ("base.group_user", "user without a role of the app"),
)


def configure(env):
    """Let links, printed documents and mails lead to the servers of this run."""
    settings = env["ir.config_parameter"]
    for key in ("web.base.url", "report.url"):
        settings.set_param(key, os.environ["WEB_ADDRESS"])
    env["ir.mail_server"].create(
        {
            "name": "Mail folder of the demo company",
            "smtp_host": "127.0.0.1",
            "smtp_port": int(os.environ["MAIL_PORT"]),
            "smtp_encryption": "none",
        }
    )
    # It would report this database to Odoo.
    env.ref("mail.ir_cron_module_update_notification").active = False


def people(env):
    """Yield login, role and name of everybody who can log in with a password."""
    env.cr.execute("SELECT id FROM res_users WHERE active AND password IS NOT NULL")
    users = env["res.users"].browse(row[0] for row in env.cr.fetchall())
    for user in users.sorted(lambda user: (user.share, user.id)):
        yield user.login, _role(user), user.name


def _role(user):
    for group, role in ROLES:
        if user.has_group(group):
            return role
    return f"portal of {user.partner_id.commercial_partner_id.name}"


def show(rows):
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("    " + "  ".join(cells).rstrip() + "\n")


configure(env)
env.cr.commit()
show(list(people(env)))
