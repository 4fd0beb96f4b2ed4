"""Exemption certificates in each state: valid, expiring, to review, requested."""

import base64
from datetime import timedelta

from odoo import fields

from .documents import pdf_page

# Number of the customer, reason, number of the certificate, days that it is valid yet.
ACCEPTED = (
    (4, "government", "CA-G-204417", 500),
    (14, "education", "CA-E-118230", 40),
)
SUBMITTED = (25, "education", "CA-E-120954", 700)
REQUESTED = (9, "resale")
YEAR = timedelta(days=365)


def file_exemptions(env):
    """File certificates as the clerk, accept some, and request another one."""
    env.ref("base.main_company").clerk_exemption_check = True
    env["account.fiscal.position"].create(
        {"name": "Tax-Exempt Customers", "clerk_needs_certificate": True}
    )
    clerk, supervisor = (
        env.ref(f"invoicing_clerk.demo_user_{role}") for role in ("clerk", "supervisor")
    )
    exemptions = env["clerk.exemption"].with_user(clerk)
    for values in ACCEPTED:
        _submit(exemptions, *values).with_user(supervisor).action_accept()
    _submit(exemptions, *SUBMITTED)
    number, reason = REQUESTED
    draft = exemptions.create(_values(exemptions, number, reason))
    request = draft.action_request()
    env[request["res_model"]].with_user(clerk).browse(request["res_id"]).action_send()


def _values(exemptions, number, reason):
    customer = exemptions.env.ref(f"invoicing_clerk.demo_customer_{number:03}")
    return {
        "partner_id": customer.id,
        "country_id": customer.country_id.id,
        "state_ids": customer.state_id.ids,
        "reason": reason,
    }


def _submit(exemptions, number, reason, certificate, days):
    """Return a certificate that the clerk has handed in to be checked."""
    last = fields.Date.context_today(exemptions) + timedelta(days=days)
    first = last - 2 * YEAR
    exemption = exemptions.create(
        {
            **_values(exemptions, number, reason),
            "number": certificate,
            "valid_from": first,
            "valid_to": last,
            "received_on": first,
            "document": base64.b64encode(pdf_page(f"Certificate {certificate}")),
            "document_name": "certificate.pdf",
        }
    )
    exemption.action_submit()
    return exemption
