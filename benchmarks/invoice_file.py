"""Time to check the files of 300,000 invoices, and of 1,000 that were changed.

Run by ``make bench-document`` on a fresh demo company; prints seconds. Invoices are
copies of one posted invoice, with a line of goods each; a third of them have a signed
delivery note.
"""

import time

from odoo.tools import SQL

INVOICES, CHANGED = 300_000, 1_000
# What differs between the copies.
OWN = {
    "account_move": ("id", "name", "sequence_number", "sequence_prefix"),
    "account_move_line": ("id", "move_id", "product_id"),
}


def columns(env, table, *alias):
    """Return the names of the columns that are copied, of an alias if given."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall() if name not in OWN[table]]
    return SQL(", ").join(SQL.identifier(*alias, name) for name in names)


def fill(env, move, product):
    """Insert copies of an invoice, each with a line of goods, and their documents."""
    env.cr.execute(
        SQL(
            """INSERT INTO account_move (name, sequence_number, sequence_prefix, %(c)s)
               SELECT 'BENCH/' || n, n, 'BENCH/', %(c)s
                 FROM account_move, GENERATE_SERIES(1, %(n)s) AS n
                WHERE id = %(move)s""",
            c=columns(env, "account_move"),
            n=INVOICES,
            move=move.id,
        )
    )
    line = move.invoice_line_ids[:1]
    env.cr.execute(
        SQL(
            """INSERT INTO account_move_line (move_id, product_id, %(c)s)
               SELECT copy.id, %(product)s, %(l)s
                 FROM account_move_line AS line, account_move AS copy
                WHERE line.id = %(line)s AND copy.sequence_prefix = 'BENCH/'""",
            c=columns(env, "account_move_line"),
            l=columns(env, "account_move_line", "line"),
            product=product.id,
            line=line.id,
        )
    )
    delivery = env.ref("invoicing_clerk.document_class_delivery")
    env.cr.execute(
        SQL(
            """WITH filed AS (
                INSERT INTO clerk_document (name, class_id, company_id, date, state)
                SELECT 'BENCH ' || id, %s, company_id, invoice_date, 'filed'
                  FROM account_move
                 WHERE sequence_prefix = 'BENCH/' AND id %% 3 = 0
             RETURNING id, name, company_id)
            INSERT INTO clerk_document_link
                   (document_id, res_model, res_id, company_id)
            SELECT id, 'account.move', SUBSTRING(name FROM 7)::int, company_id
              FROM filed""",
            delivery.id,
        )
    )
    for table in ("account_move", "account_move_line", "clerk_document_link"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def timed(label, work):
    started = time.perf_counter()
    result = work()
    print(f"{label:<40}{time.perf_counter() - started:>8.2f} s")
    return result


def main(env, move, product):
    fill(env, move, product)
    files = env["clerk.invoice.file"].sudo()
    timed(f"all {INVOICES:,} files, first time", files._refresh)
    timed("all files, nothing changed", files._refresh)
    copies = env["account.move"].search(
        [("sequence_prefix", "=", "BENCH/")], limit=CHANGED
    )
    timed(f"{CHANGED:,} changed invoices", lambda: files._refresh(copies.ids))
    count = timed(
        "count of incomplete files",
        lambda: env["account.move"].search_count([("is_file_incomplete", "=", True)]),
    )
    print(f"{count:,} files are incomplete")


main(
    env,
    env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1
    ),
    env["product.product"].search([("type", "=", "consu")], limit=1),
)
env.cr.rollback()
