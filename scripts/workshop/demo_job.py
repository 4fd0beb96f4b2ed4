"""The clerk's main job on Odoo's demo company, printed as a table.

A customer disputes two lines of a demo invoice. The clerk opens a billing error,
corrects the lines and requests approval; the supervisor approves; the clerk applies the
correction. The documents are saved as PDF, as the customer receives them.
"""

import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from odoo.fields import Command
from odoo.http import root
from odoo.tools import config, formatLang

FOLDER = Path(config["data_dir"]).parent / "demo"


def correct(env):
    """Correct an invoice as a clerk and a supervisor, with their own rights only."""
    clerk, supervisor = (
        env.ref(f"invoicing_clerk.demo_user_{who}") for who in ("clerk", "supervisor")
    )
    invoice = env["account.move"].with_user(clerk).browse(_demo_invoice(env).id)
    case = invoice.env["clerk.billing.error"].create(
        {
            "move_ids": [Command.set(invoice.ids)],
            "reason_id": env.ref("invoicing_clerk.reason_price").id,
            "cause_id": env.ref("invoicing_clerk.cause_price_data").id,
            "origin": "call",
            "description": "One unit was missing; the other item was overpriced by 2%.",
        }
    )
    case.action_load_lines()
    short, dear = case.line_ids[:2]
    short.claimed_quantity -= 1
    dear.claimed_price_unit = case.currency_id.round(dear.claimed_price_unit * 0.98)
    case.action_propose_correction()
    correction = case.correction_ids
    correction.action_request_approval()
    correction.with_user(supervisor).action_approve()
    correction.action_apply()
    return correction


def _demo_invoice(env):
    """Return an invoice of Odoo's demo data that is neither disputed nor corrected."""
    return (
        env["account.move"]
        .search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("company_id", "=", env.ref("base.main_company").id),
                ("payment_state", "=", "not_paid"),
                ("billing_error_ids", "=", False),
                ("reversal_move_ids", "=", False),
                ("invoice_line_ids.tax_ids", "!=", False),
            ],
            order="id",
        )
        .filtered(lambda move: len(move.invoice_line_ids) > 1)[0]
    )


def print_documents(env, documents):
    """Save each document as PDF, with a web server running that serves its styles."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = make_server("127.0.0.1", 0, root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    env["ir.config_parameter"].set_param("report.url", address)
    env.cr.commit()
    try:
        return [_print(env, document) for document in documents]
    finally:
        server.shutdown()
        env["ir.config_parameter"].set_param("report.url", False)


def _print(env, document):
    content, kind = env["ir.actions.report"]._render_qweb_pdf(
        "account.account_invoices", document.ids
    )
    if kind != "pdf":
        raise SystemExit(f"{document.name} was rendered as {kind}: no wkhtmltopdf.")
    path = FOLDER / f"{document.name.replace('/', '-')}.pdf"
    path.write_bytes(content)
    return path


def show(correction, paths):
    case, documents = correction.error_id, correction.move_id.correction_family_ids
    lines = [
        f"{case.name}  {case.partner_id.name}: {case.description}",
        f"{correction.name}  proposed by {correction.proposed_by_id.name}, approved by "
        f"{correction.approved_by_id.name}; the case is {case.state}",
        "",
    ]
    rows = [("Document", "Number", "Untaxed", "Tax", "Total", "PDF")]
    for document, path in zip(documents, paths, strict=True):
        amounts = (document.amount_untaxed, document.amount_tax, document.amount_total)
        sign = -1 if document.move_type == "out_refund" else 1
        rows.append(
            (
                document.correction_part,
                document.name,
                *(_shown(document, sign * amount) for amount in amounts),
                str(path),
            )
        )
    owed = sum(documents.mapped("correction_total"))
    rows.append(("", "amount due", "", "", _shown(documents[0], owed), ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= index <= 4 else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")


def _shown(document, amount):
    return formatLang(document.env, amount, currency_obj=document.currency_id)


done = correct(env).sudo()
env.cr.commit()
show(done, print_documents(env, done.move_id.correction_family_ids))
env.cr.commit()
