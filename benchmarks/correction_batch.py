"""Correct a wrong price on many invoices in one batch, and compare with the preview.

The invoices are made for it, with several products, customers and taxes. Σ of the notes
must equal Σ of the preview to the cent.
"""

import time

from odoo.fields import Command

NUMBER, CUSTOMERS = 1_000, 40

company = env["res.company"].search([], limit=1)  # noqa: F821
env = env(context={**env.context, "allowed_company_ids": company.ids})  # noqa: F821
products = env["product.product"].create([{"name": f"Part {n}"} for n in range(5)])
tax = env["account.tax"].search(
    [("type_tax_use", "=", "sale"), ("company_id", "=", company.id)], limit=1
)
customers = env["res.partner"].create(
    [{"name": f"Batch customer {n}"} for n in range(CUSTOMERS)]
)
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

batch = env["clerk.correction.batch"].create(
    {
        "reason_id": env.ref("invoicing_clerk.reason_price").id,
        "change": "price",
        "price_unit": 11.99,
        "product_ids": [Command.set(products[:1].ids)],
        "date_from": "2026-01-01",
        "date_to": "2026-12-31",
        "move_ids": [Command.set(moves.ids)],
    }
)


def timed(label, step):
    began, queries = time.perf_counter(), env.cr.sql_log_count
    step()
    seconds = time.perf_counter() - began
    count = (env.cr.sql_log_count - queries) / NUMBER
    print(f"{label:<10} {seconds:7.1f} s  {count:7.1f} queries each")


def work():
    batch.env["clerk.correction.batch"]._cron_work()
    batch.env.invalidate_all()


timed("Find", batch.action_prepare)
timed("Prepare", work)
print("states", {s: batch.item_ids.mapped("state").count(s) for s in set(batch.item_ids.mapped("state"))})
preview = sum(batch.item_ids.mapped("amount_company"))
timed("Request", lambda: None)
batch._take_step("apply", user_id=env.uid)
timed("Apply", work)
notes = batch.item_ids.correction_id.document_ids
total = sum(notes.mapped("amount_total_signed"))
print(f"{batch.done_count} corrected, {batch.unfit_count} not; preview {preview:.2f}, notes {total:.2f}")
