"""Correct a wrong price on many invoices in one batch, and compare with its preview.

Run by ``make bench-batch`` on a fresh demo company; prints seconds and queries for each
document, beside those of core alone posting the same credit notes, and what the notes
come to beside what the preview said, in total and by tax tag.
"""

import time

from odoo.fields import Command

NUMBER, CUSTOMERS, LINES, CHUNK = 1_000, 40, 5, 25
RIGHT_PRICE = 11.99


def as_clerk(env):
    """Return the environment of an administrator without a limit."""
    admin = env.ref("base.user_admin")
    env["clerk.approval.limit"].create({"user_id": admin.id, "unlimited": True})
    return env(user=admin, context={"allowed_company_ids": admin.company_id.ids})


def post_invoices(env, products):
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    names = [{"name": f"Batch customer {number}"} for number in range(CUSTOMERS)]
    customers = env["res.partner"].create(names)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customers[number % CUSTOMERS].id,
                "invoice_date": f"2026-0{1 + number % 6}-1{number % 9}",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": 1 + (number + place) % 7,
                            "price_unit": 12.37 + place,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                    for place, product in enumerate(products)
                ],
            }
            for number in range(NUMBER)
        ]
    )
    moves.action_post()
    env.cr.commit()
    return moves


def timed(env, label, step):
    started, queries = time.perf_counter(), env.cr.sql_log_count
    step()
    env.flush_all()
    seconds = time.perf_counter() - started
    count = (env.cr.sql_log_count - queries) / NUMBER
    print(f"{label:<10} {seconds:>8.1f} {count:>14.1f}")


def post_by_core(env, notes):
    """Create and post the same credit notes as core does, in chunks."""
    rows = [
        {
            "move_type": note.move_type,
            "partner_id": note.partner_id.id,
            "invoice_date": note.invoice_date,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": line.quantity,
                        "price_unit": line.price_unit,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                    }
                )
                for line in note.invoice_line_ids
            ],
        }
        for note in notes
    ]
    env.invalidate_all()

    def post():
        for start in range(0, len(rows), CHUNK):
            env["account.move"].create(rows[start : start + CHUNK]).action_post()
            env.cr.commit()
            env.invalidate_all()

    timed(env, "core alone", post)


def by_tag(moves):
    """Return the balance of journal items by tax tag."""
    sums = {}
    for line in moves.line_ids:
        for tag in line.tax_tag_ids:
            sums[tag] = round(sums.get(tag, 0.0) + line.balance, 2)
    return sums


def differing_tags(moves, notes):
    """Return the tags whose balance is not that of invoices at the right price."""
    both = by_tag(moves | notes)
    right = by_tag(rebilled(moves))
    return [tag.name for tag in both | right if both.get(tag) != right.get(tag)]


def rebilled(moves):
    """Return drafts that bill the same at the right price."""
    copies = moves.copy({"invoice_date": False})
    for copy in copies:
        copy.invoice_line_ids[:1].price_unit = RIGHT_PRICE
    return copies


def main(env):
    root, env = env, as_clerk(env)
    products = env["product.product"].create(
        [{"name": f"Part {number}"} for number in range(LINES)]
    )
    moves = post_invoices(env, products)
    batch = env["clerk.correction.batch"].create(
        {
            "reason_id": env.ref("invoicing_clerk.reason_price").id,
            "change": "price",
            "price_unit": RIGHT_PRICE,
            "product_ids": [Command.set(products[:1].ids)],
            "move_ids": [Command.set(moves.ids)],
        }
    )
    print(f"{NUMBER} invoices of {LINES} lines")
    print(f"{'':<10} {'seconds':>8} {'queries each':>14}")
    timed(env, "find", batch.action_prepare)
    timed(env, "prepare", root["clerk.correction.batch"]._cron_work)
    timed(env, "limits", lambda: batch.allowed_actions)
    preview = batch.amount_company
    batch.action_apply()
    timed(env, "apply", root["clerk.correction.batch"]._cron_work)
    batch.invalidate_recordset()
    notes = batch.item_ids.correction_id.document_ids
    total = sum(notes.mapped("amount_total_signed"))
    print(f"{batch.done_count} corrected, {batch.unfit_count} not")
    post_by_core(env, notes)
    print(f"preview {preview:.2f}, notes {total:.2f}")
    tags = differing_tags(moves, notes)
    print("by tax tag:", ", ".join(tags) or "equal to invoices at the right price")


main(env)
