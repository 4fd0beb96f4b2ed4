import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.exemption import exemption as rules
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from .common import ExemptionCommon


@tagged("post_install", "-at_install")
class TestExemption(ExemptionCommon):
    """Certificates are filed by one and accepted by another; invoices need them."""

    def test_filed_and_accepted(self):
        exemption = self._filed(document=False, number=False)
        self._refused("Enter the file of the certificate, the", exemption.action_submit)
        exemption.write(
            {
                "number": "TX-1",
                "document": base64.b64encode(blank_pdf()),
                "document_name": "certificate.pdf",
            }
        )
        exemption.action_submit()
        for vals in ({"valid_to": "2027-12-31"}, {"document": False}):
            self._refused("only drafts", lambda vals=vals: exemption.write(vals))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            exemption.action_accept()
        exemption.with_user(self.supervisor).action_accept()
        self.assertEqual(exemption.accepted_by_id, self.supervisor)
        self._refused("kept on record", exemption.unlink)

    def test_nobody_accepts_their_own(self):
        own = (
            self._filed()
            .with_user(self.supervisor)
            .copy({"document": base64.b64encode(blank_pdf()), "document_name": "a.pdf"})
        )
        own.with_user(self.clerk).action_submit()
        self._refused("Another supervisor must accept it", own.action_accept)

    def test_bad_input(self):
        for values, sentence in (
            ({"valid_to": "2025-01-01"}, "the last day of validity is before"),
            ({"partner_id": self.contact_a.id}, "is an address"),
            (
                {"country_id": self.env.ref("base.mx").id, "state_ids": self.texas.ids},
                "is not in Mexico",
            ),
        ):
            with self.subTest(sentence):
                self._refused(
                    sentence, lambda v=values: self._filed(**v), ValidationError
                )
        self._refused(
            "cannot be used",
            lambda: self._filed(document=base64.b64encode(b"MZ not a document")),
        )
        other = self._filed(reason="other")
        self._refused("an explanation of the reason", other.action_submit)

    def test_invoice_without_certificate(self):
        move = self._exempt_invoice()
        finding = self._found(move)
        stake = 1000 * self.tax.amount / 100
        self.assertEqual(finding.amount, -stake)
        self.assertIn("no exemption certificate", finding.explanation)
        self.assertFalse(move.clerk_exemption_number)
        self._accepted()
        self.assertFalse(self._found(move))
        self.company_a.sudo().clerk_exemption_check = False
        self.assertFalse(self._found(self._exempt_invoice("2027-02-01")))

    def test_which_invoices_are_covered(self):
        """The query finds what the rules say."""
        cases = (
            ({}, {"day": "2026-12-31"}),
            ({}, {"day": "2027-01-01"}),
            ({"state_ids": self.texas.ids}, {}),
            ({"state_ids": self.ohio.ids}, {}),
            ({"country_id": self.env.ref("base.mx").id}, {}),
            ({"purchase": "PO 7"}, {"ref": "PO 7"}),
            ({"purchase": "PO 7"}, {"ref": "PO 8"}),
            ({"received_on": "2026-06-13"}, {}),
            ({"received_on": "2026-06-14"}, {}),
        )
        for certificate, invoice in cases:
            with self.subTest(certificate=certificate, invoice=invoice):
                exemption = self._accepted(**certificate)
                move = self._exempt_invoice(**invoice)
                expected = self._covers(exemption, move)
                self.assertEqual(not self._found(move), expected)
                self.assertEqual(move.clerk_exemption_id == exemption, expected)
                exemption.with_user(self.supervisor).action_reject("Next case")

    def _covers(self, exemption, move):
        return rules.covers(
            rules.Certificate(
                exemption.country_id.code,
                exemption.valid_from,
                exemption.received_on,
                exemption.valid_to,
                exemption.state_ids.mapped("code"),
                exemption.purchase or "",
            ),
            move.invoice_date,
            self.partner_a.country_id.code,
            self.partner_a.state_id.code,
            {move.name, move.ref or ""},
        )

    def test_rejected_later(self):
        """Invoices that name it are listed with the tax at stake."""
        exemption = self._accepted()
        moves = self._exempt_invoice() + self._exempt_invoice("2026-04-15")
        stake = 2 * 1000 * self.tax.amount / 100
        self.assertEqual((exemption.move_count, exemption.tax_at_stake), (2, stake))
        self._refused(
            "Enter the reason",
            lambda: exemption.with_user(self.supervisor).action_reject(" "),
        )
        dialog = self.env["clerk.exemption.reject"].with_user(self.supervisor)
        dialog = dialog.create({"exemption_id": exemption.id, "reason": "Forged"})
        self.assertEqual(dialog.tax_at_stake, stake)
        dialog.action_reject()
        findings = self.findings.search(
            [("move_id", "in", moves.ids), ("reason", "=", "no_certificate")]
        )
        self.assertEqual(findings.move_id, moves)
        self.assertEqual(sum(findings.mapped("amount")), -stake)
        domain = exemption.action_view_moves()["domain"]
        self.assertEqual(self.env["account.move"].search(domain), moves)

    def test_invoice_keeps_what_was_printed(self):
        self._accepted(reason="resale")
        move = self._exempt_invoice()
        kept = (move.clerk_exemption_number, move.clerk_exemption_reason)
        self.assertEqual(kept, ("TX-1", "Resale"))
        with self.assertRaises(AccessError):
            move.with_user(self.clerk).write({"clerk_exemption_number": "TX-2"})
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )
        self.assertIn("TX-1", html.decode())

    def test_renewal(self):
        today = fields.Date.context_today(self.exemptions)
        exemption = self._accepted(valid_to=today + timedelta(30))
        self.assertEqual(exemption.validity, "expiring")
        worklist = self.env.ref("invoicing_clerk.worklist_exemption_expiring").sudo()
        worklist._refresh()
        items = self.env["clerk.work.item"].with_user(self.clerk)
        items = items.search([("worklist_id", "=", worklist.id)])
        self.assertEqual(items.mapped("res_id"), exemption.ids)
        following = self.exemptions.browse(exemption.action_renew()["res_id"])
        self.assertEqual(following.renews_id, exemption)
        self.assertFalse(following.valid_to or following.document)
        self._refused("follows it already", exemption.action_renew)

    def test_rights(self):
        exemption = self._accepted()
        self.assertEqual(exemption.with_user(self.auditor).number, "TX-1")
        with self.assertRaises(AccessError):
            exemption.with_user(self.auditor).action_renew()
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                exemption.with_user(user).read(["number"])

    def test_queries_do_not_grow(self):
        moves = [self._exempt_invoice() for _each in range(4)]
        few = self._count_queries(lambda m: self._found(m), moves[0] + moves[1])
        many = self._count_queries(
            lambda m: self._found(m), self.env["account.move"].union(*moves)
        )
        self._assert_no_more_queries(few, many)
