"""Measure the preview of a correction by lines of the invoice.

Run by ``make bench-correction`` on a fresh demo company; prints a table with a row for
each size: filling in the lines, computing the preview after one change, and applying.
Times are the median of five in one run, in seconds.
"""

import statistics
import time

from odoo.fields import Command

SIZES = (10, 50, 200)
ROUNDS = 5


def timed(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def invoice(env, lines):
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].create({"name": "Bench"}).id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": f"Line {index}",
                        "quantity": 3,
                        "price_unit": 10 + index / 7,
                        "tax_ids": [Command.set(tax.ids)],
                    }
                )
                for index in range(lines)
            ],
        }
    )
    move.action_post()
    return move


def measure(env, lines):
    move = invoice(env, lines)
    case = env["clerk.billing.error"].create({"move_ids": [Command.set(move.ids)]})
    correction = env["clerk.correction"].create(
        {"error_id": case.id, "move_id": move.id}
    )
    start = timed(correction.action_reload)
    previews = []
    for turn in range(ROUNDS):
        correction.line_ids[turn].quantity = 1
        env.flush_all()
        env.invalidate_all()
        previews.append(timed(lambda: correction.preview_html))
    return start, statistics.median(previews), timed(correction.action_apply)


def main(env):
    print(f"{'lines':>6} {'side by side':>13} {'preview':>9} {'apply':>7}")
    for lines in SIZES:
        start, preview, applied = measure(env, lines)
        print(f"{lines:>6} {start:>13.3f} {preview:>9.3f} {applied:>7.3f}")


main(env)
