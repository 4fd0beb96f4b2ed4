"""Sample checks on Odoo's demo company, one PDF for each layout; for ``odoo shell``.

A check pays several bills of a vendor. The files are written to the folder ``SAMPLES``.
"""

import os
import sys
from pathlib import Path

from odoo import fields
from odoo.fields import Command

FOLDER = Path(os.environ["SAMPLES"])
LAYOUTS = ("top", "middle", "bottom")
REPORT = "invoicing_clerk_check.action_report_check_{}"


def create_vendor(env):
    return env["res.partner"].create(
        {
            "name": "Harbour Office Supplies, Inc.",
            "is_company": True,
            "street": "12 Harbour Road",
            "city": "Buffalo",
            "zip": "14201",
            "state_id": env.ref("base.state_us_27").id,
            "country_id": env.ref("base.us").id,
            "lang": "en_US",
        }
    )


def create_bills(env, vendor, layout):
    day = fields.Date.context_today(vendor)
    bills = env["account.move"].create(
        [
            {
                "move_type": "in_invoice",
                "partner_id": vendor.id,
                "invoice_date": day,
                "ref": f"{layout[0].upper()}-{number}",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Paper", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
            for number, amount in enumerate((640.0, 415.5, 179.06), 2201)
        ]
    )
    bills.action_post()
    return bills


def pay(bills):
    """Pay bills by one check, and return the payment."""
    wizard = bills.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=bills.ids
    )
    register = wizard.create({"group_payment": True})
    register.payment_method_line_id = (
        register.journal_id.outbound_payment_method_line_ids.filtered(
            lambda line: line.code == "check_printing"
        )
    )
    payment = register._create_payments()
    payment.memo = "Paper and toner"
    return payment


vendor = create_vendor(env)
for number, layout in enumerate(LAYOUTS, 1042):
    report = REPORT.format(layout)
    env.company.account_check_printing_layout = report
    payment = pay(create_bills(env, vendor, layout))
    env["clerk.check"]._print(payment, f"{number:06d}")
    content, _kind = env["ir.actions.report"]._render_qweb_pdf(report, payment.ids)
    name = f"check-{layout}.pdf"
    (FOLDER / name).write_bytes(content)
    sys.stdout.write(f"           {name}\n")
