import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
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
        # Nor what they have entered into another's draft, whoever edits it later.
        shared = self._filed()
        shared.with_user(self.supervisor).number = "TX-2"
        shared.valid_to = "2027-12-31"
        shared.action_submit()
        shared = shared.with_user(self.supervisor)
        self._refused("Another supervisor must accept it", shared.action_accept)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            shared.edited_by_ids = False

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

    def test_accepted_late_and_rejected(self):
        """Invoices that were posted before the certificate came refer to it."""
        move = self._exempt_invoice()
        finding = self._found(move)
        exemption = self._accepted()
        self.assertEqual(finding.state, "gone")
        self.assertEqual(move.clerk_exemption_id, exemption)
        self.assertFalse(move.clerk_exemption_number)
        other = self._accepted(number="TX-2")
        exemption.with_user(self.supervisor).action_reject("Forged")
        self.assertEqual(finding.state, "gone")
        self.assertEqual(move.clerk_exemption_id, other)
        other.with_user(self.supervisor).action_reject("Forged")
        self.assertEqual((other.move_count, finding.state), (1, "open"))

    def test_rejected_where_invoices_do_not_refer_to_it_yet(self):
        self.exempt.clerk_needs_certificate = False
        exemption, move = self._accepted(), self._exempt_invoice()
        self.exempt.clerk_needs_certificate = True
        exemption.with_user(self.supervisor).action_ask_rejection()
        self.assertEqual(exemption.move_count, 1)
        exemption.with_user(self.supervisor).action_reject("Forged")
        self.assertEqual(
            self.findings.search([("move_id", "=", move.id)]).state, "open"
        )

    def test_taxed_after_all(self):
        """An invoice that is posted anew with tax keeps no certificate."""
        exemption = self._accepted()
        move = self._exempt_invoice()
        move.button_draft()
        self.assertNotIn("TX-1", self._printed(move))
        move.write(
            {
                "fiscal_position_id": False,
                "invoice_line_ids": [
                    Command.update(
                        move.invoice_line_ids.id,
                        {"tax_ids": [Command.set(self.tax.ids)]},
                    )
                ],
            }
        )
        move.action_post()
        self.assertFalse(move.clerk_exemption_id)
        self.assertFalse(move.clerk_exemption_reason)
        self.assertNotIn("Exempt from tax", self._printed(move))
        exemption.invalidate_recordset()
        self.assertEqual((exemption.move_count, exemption.tax_at_stake), (0, 0))

    def test_taxed_by_hand(self):
        """An invoice with tax keeps no certificate, whatever its position is."""
        exemption = self._accepted()
        taxed = self._line(tax_ids=[Command.set(self.tax.ids)])
        move = self._exempt_invoice(invoice_line_ids=[taxed])
        self.assertFalse(move.clerk_exemption_number)
        self.assertNotIn("exempt", self._printed(move).lower())
        mixed = self._exempt_invoice(invoice_line_ids=[taxed, self._line()])
        self.assertEqual(mixed.clerk_exemption_id, exemption)
        self.assertIn("Lines without tax are exempt", self._printed(mixed))

    def test_stake(self):
        """Percentages are added up; other taxes are unknown."""
        rate = self.tax.amount / 100
        state, county = (
            self._tax(name, amount) for name, amount in (("S", 6), ("C", 2))
        )
        group = self._tax("State and County", 0, "group")
        group.children_tax_ids = state + county
        fixed = self._tax("Fee", 3, "fixed")
        grouped, feed, zero = (
            self.env["product.product"].create(
                {"name": "Taxed", "taxes_id": [Command.set(taxes.ids)]}
            )
            for taxes in (group, group + fixed, self._tax("Zero", 0))
        )
        note = {"product_id": False, "name": "Work"}
        cases = (
            ([self._line(product_id=grouped.id)], -80),
            ([self._line(1000.01), self._line(-200)], -round(800.01 * rate, 2)),
            ([self._line(-200, **note), self._line(1000)], -800 * rate),
            ([self._line(100, **note)], -100 * rate),
            ([self._line(product_id=feed.id)], 0),
            ([self._line(product_id=zero.id)], None),
            ([self._line(tax_ids=[Command.set(self.tax.ids)])], None),
            ([self._line(100), self._line(-100)], None),
        )
        moves = [self._exempt_invoice(invoice_line_ids=lines) for lines, _ in cases]
        found = self._found(self.env["account.move"].union(*moves))
        for number, (move, (_lines, amount)) in enumerate(
            zip(moves, cases, strict=True)
        ):
            with self.subTest(number):
                finding = found.filtered(lambda each, move=move: each.move_id == move)
                self.assertEqual(bool(finding), amount is not None)
                self.assertAlmostEqual(finding.amount, amount or 0)
                if amount == 0:
                    self.assertIn("Tax at stake: unknown.", finding.explanation)
        exemption = self._accepted()
        # All but the invoice with tax refer to it.
        self.assertEqual((exemption.move_count, exemption.unknown_count), (7, 1))
        expected = -sum(amount or 0 for _lines, amount in cases)
        self.assertAlmostEqual(exemption.tax_at_stake, expected)

    def _tax(self, name, amount, kind="percent"):
        return self.env["account.tax"].create(
            {"name": name, "amount": amount, "amount_type": kind}
        )

    def test_credited(self):
        """Credit notes reduce the stake; nothing is at stake once all is credited."""
        move = self._exempt_invoice()
        for credited in (400, 600):
            refund = move._reverse_moves([{"invoice_date": move.invoice_date}])
            refund.invoice_line_ids.price_unit = credited
            refund.action_post()
            left = self._found(move)
            self.assertEqual(bool(left), credited == 400)
            if left:
                self.assertAlmostEqual(left.amount, -600 * self.tax.amount / 100)

    def test_branch_is_covered_by_its_company(self):
        exemption = self._accepted()
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.env.user.company_ids |= branch
        self.env.flush_all()
        self.cr.precommit.run()
        branch.sudo().clerk_exemption_check = True
        move = self._exempt_invoice(company_id=branch.id)
        self.assertEqual(move.company_id, branch)
        self.assertEqual(move.clerk_exemption_id, exemption)

    def test_invoice_keeps_what_was_printed(self):
        self._accepted(reason="resale")
        move = self._exempt_invoice()
        kept = (move.clerk_exemption_number, move.clerk_exemption_reason)
        self.assertEqual(kept, ("TX-1", "Resale"))
        with self.assertRaises(AccessError):
            move.with_user(self.clerk).write({"clerk_exemption_number": "TX-2"})
        self.assertIn("TX-1", self._printed(move))

    def _printed(self, move):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )
        return html.decode()

    def test_renewal(self):
        today = fields.Date.context_today(self.exemptions)
        exemption = self._accepted(valid_to=today + timedelta(30))
        self.assertEqual(exemption.validity, "expiring")
        worklist = self.env.ref("invoicing_clerk.worklist_exemption_expiring").sudo()
        listed = Domain("worklist_id", "=", worklist.id)
        listed &= Domain("state", "=", "open")
        items = self.env["clerk.work.item"].with_user(self.clerk)

        def listed_ids():
            worklist._refresh()
            return items.search(listed).mapped("res_id")

        self.assertEqual(listed_ids(), exemption.ids)
        following = self.exemptions.browse(exemption.action_renew()["res_id"])
        self.assertEqual(following.renews_id, exemption)
        self.assertFalse(following.valid_to or following.document or following.number)
        self._refused("already been renewed by EXC", exemption.action_renew)
        # A renewal that nobody has submitted, or that was rejected, is none.
        self.assertEqual(listed_ids(), exemption.ids)
        following.write(
            {
                "number": "TX-9",
                "valid_from": today,
                "document": base64.b64encode(blank_pdf()),
                "document_name": "certificate.pdf",
            }
        )
        following.action_submit()
        self.assertFalse(listed_ids())
        following.with_user(self.supervisor).action_reject("Unreadable")
        self.assertEqual(listed_ids(), exemption.ids)

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
