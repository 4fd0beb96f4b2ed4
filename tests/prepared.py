"""Companies and people that take seconds to make, made once in a database of tests.

A company with a chart of accounts costs core two to three seconds, a user a fifth of
one, and each class of tests needs two and six. ``make test`` prepares them before it
starts; what a class does to them is rolled back. Where nothing was prepared, as in
Odoo's own runner, each class makes its own.
"""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

# No test looks for such a name; a class gives what it takes the name that it needs.
MARK = "Prepared "
COMPANY_A, COMPANY_B = "company_1_data", "Clerk Company B"
CLERK, SUPERVISOR = "invoicing_clerk.group_clerk", "invoicing_clerk.group_supervisor"
PEOPLE = {
    COMPANY_A: {
        "clerk_a": CLERK,
        "clerk_a2": CLERK,
        "supervisor_a": SUPERVISOR,
        "auditor_a": "invoicing_clerk.group_auditor",
        "outsider_a": "base.group_user",
    },
    COMPANY_B: {"clerk_b": CLERK},
}


def prepare(env):
    """Make the companies and people that `take_company` and `take_user` find."""
    env = env(context={**env.context, **DISABLED_MAIL_CONTEXT})
    for name, people in PEOPLE.items():
        # In tests, some apps give a new company what a user would add: a warehouse.
        with patch("odoo.modules.module.current_test", True):
            company = env["res.company"].create({"name": MARK + name})
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.account_fiscal_country_id = env.ref("base.us")
        for login, group in people.items():
            user = new_user(env, login, group, company)
            user.login = MARK + login


def new_user(env, login, group, company):
    """Create a user of one company."""
    companies = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
    return new_test_user(env, login=login, groups=group, **companies)


def take_company(env, name):
    """Return the prepared company of a name, among those of the user, or none."""
    company = env["res.company"].sudo().search([("name", "=", MARK + name)])
    if company:
        company.name = name
        env.user.company_ids = [Command.link(company.id)]
    return company.with_env(env)


def take_user(env, login, company):
    """Return the prepared user of a login and a company, or none."""
    domain = [("login", "=", MARK + login), ("company_id", "=", company.id)]
    user = env["res.users"].sudo().search(domain)
    if user:
        user.login = login
    return user.with_env(env)
