"""Documents of schools and libraries: filed, requested, and received to be checked."""

import base64
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from odoo.fields import Command, Domain

PUBLIC_BODIES = (4, 14, 25)


def file_documents(env):
    """Require documents of public bodies; file and request some as the clerk."""
    env.ref("invoicing_clerk.invoice_kind_public").active = True
    clerk = env.ref("invoicing_clerk.demo_user_clerk")
    complete, received, requested = (
        _invoice(env, number).with_user(clerk) for number in PUBLIC_BODIES
    )
    for code, text in (("order", "Purchase order"), ("delivery", "Delivery note")):
        _file(complete, code, text)
    for request in _request(received) + _request(requested):
        request.action_send()
    items = env["clerk.document.request.item"].search(
        Domain("request_id.partner_id", "=", received.partner_id.id)
    )
    for item in items:
        page = pdf_page(f"{item.class_id.name}, {received.partner_id.name}")
        item._receive("scan.pdf", page, {"ip": "192.0.2.7"})
    env["clerk.invoice.file"]._refresh()


def _invoice(env, number):
    """Return the newest invoice of a customer, who is a public body from now on."""
    customer = env.ref(f"invoicing_clerk.demo_customer_{number:03}")
    tag = env.ref("invoicing_clerk.partner_category_public")
    customer.category_id = [Command.link(tag.id)]
    return env["account.move"].search(
        Domain("partner_id", "=", customer.id)
        & Domain("move_type", "=", "out_invoice")
        & Domain("state", "=", "posted"),
        order="invoice_date DESC, id DESC",
        limit=1,
    )


def _file(invoice, code, text):
    page = pdf_page(f"{text}, {invoice.name}, {invoice.partner_id.name}")
    document_class = invoice.env.ref(f"invoicing_clerk.document_class_{code}")
    invoice.env["clerk.document"].create(
        {
            "class_id": document_class.id,
            "date": invoice.invoice_date,
            "file": base64.b64encode(page),
            "original_name": f"{code}.pdf",
            "move_ids": [Command.set(invoice.ids)],
        }
    )


def _request(invoice):
    """Draft the requests for what is missing, as the button on the invoice does."""
    requests = invoice.env["clerk.document.request"]
    known = requests.search(Domain.TRUE)
    invoice.action_request_documents()
    return requests.search(Domain.TRUE) - known


def pdf_page(text):
    """Return a PDF of a page with a text."""
    content = BytesIO()
    canvas = Canvas(content)
    canvas.drawString(72, 770, text)
    canvas.save()
    return content.getvalue()
