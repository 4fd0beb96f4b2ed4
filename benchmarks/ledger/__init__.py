"""A ledger as large as a busy company's, for measuring on.

The ORM makes a few documents of each kind, with their payments, notes, matchings and
exchange differences: a *family*. SQL then copies families by the hundred thousand,
each at a time, for a customer, by a person and of a size of its own. All amounts of a
family are in proportion and fall on whole cents, so a copy is as consistent as what
the ORM made; `check` proves it.
"""

from . import check, copies, families, people

# Per 10,000 customer documents: how many families of each kind. In all that makes
# 8,500 payments and 46,700 journal items.
KINDS = {
    "paid": 3500,
    "paid_taxed": 1400,
    "paid_of_many_lines": 400,
    "paid_by_instalments": 600,
    "paid_together": 300,
    "paid_at_another_rate": 700,
    "paid_in_two_parts": 300,
    "credited": 300,
    "paid_in_part": 300,
    "open": 1200,
    "open_by_instalments": 200,
    "open_in_foreign_currency": 150,
    "open_untaxed": 50,
    "unapplied": 100,
    "draft": 50,
    "draft_bill": 20,
}
# A customer has as many documents in two years.
DOCUMENTS = 30
DAYS = 730


def generate(env, customers):
    """Fill a database with a ledger; 10,000 customers have 300,000 invoices."""
    everybody = people.make(env, customers)
    made = families.make(env, KINDS)
    counts = {
        kind: share * customers * DOCUMENTS // 10_000 for kind, share in KINDS.items()
    }
    copies.copy(env, made, counts, everybody, DAYS)
    env.cr.commit()
    check.check(env)
    print(check.summary(env))
