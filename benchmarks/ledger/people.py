"""People of the ledger: customers, and those who bill them."""

from dataclasses import dataclass

from odoo.fields import Command
from odoo.tools import SQL

CLERKS = 20


@dataclass
class People:
    template: int
    customers: int
    first_customer: int
    users: list


def make(env, customers):
    """One customer by the ORM and the others by SQL; the users by the ORM."""
    users = _users(env)
    template = env["res.partner"].create(
        {
            "name": "Customer",
            "is_company": True,
            "street": "1 Market Square",
            "city": "Springfield",
            "zip": "12345",
            "country_id": env.ref("base.us").id,
            "email": "accounts@customer.example.com",
            "phone": "+1 202 555 0100",
            "property_payment_term_id": env.ref(
                "account.account_payment_term_30days"
            ).id,
        }
    )
    env.flush_all()
    people = People(template.id, customers, template.id + 1, users.ids)
    _copy_customers(env, people)
    return people


def _users(env):
    """Twenty who send invoices, by the groups of core."""
    groups = env.ref("account.group_account_invoice") | env.ref(
        "base.group_partner_manager"
    )
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Biller {number}",
                    "login": f"biller{number}",
                    "email": f"biller{number}@example.com",
                    "group_ids": [Command.set(groups.ids)],
                }
                for number in range(CLERKS)
            ]
        )
    )


def _copy_customers(env, people):
    """Of twenty customers, one lacks an e-mail, a street or a country."""
    number = SQL("LPAD(series.n::text, 5, '0')")
    new_id = SQL("%s + series.n", people.template)
    special = {
        "id": new_id,
        "commercial_partner_id": new_id,
        "name": SQL("'Customer ' || %s", number),
        "complete_name": SQL("'Customer ' || %s", number),
        "commercial_company_name": SQL("'Customer ' || %s", number),
        "email": _unless("'accounts@customer' || series.n || '.example.com'", 60, 0),
        "email_normalized": _unless(
            "'accounts@customer' || series.n || '.example.com'", 60, 0
        ),
        "street": _unless("series.n || ' Market Square'", 60, 20),
        "country_id": _unless("t.country_id", 60, 40),
        "customer_rank": SQL("1"),
        "phone": SQL("'+1 202 55' || %s", number),
        "phone_sanitized": SQL("'+120255' || %s", number),
    }
    columns = columns_of(env, "res_partner")
    values = [special.get(name, SQL.identifier("t", name)) for name in columns]
    env.cr.execute(
        SQL(
            "INSERT INTO res_partner (%s) SELECT %s FROM res_partner AS t,"
            " GENERATE_SERIES(1, %s) AS series (n) WHERE t.id = %s",
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(values),
            people.customers,
            people.template,
        )
    )
    set_sequence(env, "res_partner")


def _unless(value, every, rest):
    return SQL("CASE WHEN series.n %% %s <> %s THEN %s END", every, rest, SQL(value))


def columns_of(env, table):
    """Names and types of the columns of a table."""
    env.cr.execute(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = 'public' AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    )
    return dict(env.cr.fetchall())


def set_sequence(env, table):
    env.cr.execute(
        SQL(
            "SELECT SETVAL(PG_GET_SERIAL_SEQUENCE(%s, 'id'), MAX(id)) FROM %s",
            table,
            SQL.identifier(table),
        )
    )
