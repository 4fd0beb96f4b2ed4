"""SQL of items for which open amounts do not add up to the balance of their account."""

from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.matching import by_item_sql


def contradicted_sql(ledger, day, account):
    """Return the items whose open amount is not their balance less what is reconciled
    within the ledger; table ``item`` has the open items.

    Such as an item that another company has settled. Without these, open items would
    add up to the balance of the account.
    """
    query = ledger.items._search(
        ledger.whole_domain(day) & Domain("account_id", "=", account.id),
        active_test=False,
    )
    return SQL(
        """WITH entry AS MATERIALIZED (%(entries)s)
           SELECT entry.id FROM entry
             LEFT JOIN item ON item.id = entry.id
             LEFT JOIN (%(reconciled)s) AS settled ON settled.line_id = entry.id
            WHERE %(read)s AND ABS(entry.balance - COALESCE(settled.amount, 0)
                      - COALESCE(item.open_company, 0)) >= %(tolerance)s""",
        entries=query.select(
            *(
                SQL.identifier("account_move_line", name)
                for name in ("id", "balance", "partner_id")
            )
        ),
        reconciled=by_item_sql(
            SQL(
                """(SELECT part.* FROM account_partial_reconcile AS part
                      JOIN entry AS debit ON debit.id = part.debit_move_id
                      JOIN entry AS credit ON credit.id = part.credit_move_id
                     WHERE part.max_date <= %s)""",
                day,
            )
        ),
        read=(
            SQL("entry.partner_id = ANY(%s)", ledger.contacts)
            if ledger.contacts
            else SQL("TRUE")
        ),
        tolerance=ledger.run.company_id.currency_id.rounding / 2,
    )
