import io
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.ageing import ageing, ageing_document
from odoo.addons.invoicing_clerk.models.mixin.evidence_file import BrokenSealError
from odoo.addons.invoicing_clerk.models.mixin.pdf_document import open_pdf
from odoo.addons.invoicing_clerk.tests.ageing.common import AgeingCommon


@tagged("post_install", "-at_install")
class TestAgeingFreeze(AgeingCommon, HttpCase):
    """Frozen reports: what they keep, what guards it, and what changed since."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0), taxes=cls.no_tax)
        cls.other = cls._posted(
            (1, 40.0),
            taxes=cls.no_tax,
            partner=cls.partner_b,
            invoice_payment_term_id=False,
        )

    def _frozen(self, **values):
        report = self._report(**values)
        report.action_freeze()
        return report

    def _changes(self, report):
        action = report.action_compare()
        comparison = self.env["clerk.ageing.comparison"].browse(action["res_id"])
        return comparison, {
            line.name: (line.before, line.now, line.reason)
            for line in comparison.line_ids
        }

    def test_frozen_report(self):
        report = self._frozen()
        self.assertEqual(report.state, "frozen")
        self.assertEqual((report.frozen_by_id, report.balance), (self.clerk, 140.0))
        self.assertFalse(report.evidence_problem)
        self.assertTrue(report.content_hash and report.document_hash)
        pages = open_pdf(self.env, report.sudo().document_id.raw)
        self.assertGreaterEqual(pages.numPages, 1)

    def test_frozen_report_stays(self):
        report = self._frozen()
        with self.assertRaisesRegex(UserError, "is Frozen"):
            report.date = "2026-01-30"
        with self.assertRaisesRegex(UserError, "is Frozen"):
            report.action_compute()
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            report.unlink()
        with self.assertRaises(AccessError):
            report.sudo().document_id.raw = b"other"
        self._entry(-60.0, "2026-01-20", partner=self.partner_a)
        self.assertEqual(report.balance, 140.0)

    def test_broken_seal(self):
        report = self._frozen()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_ageing_row SET balance = balance + 1"
                " WHERE ageing_id = %s",
                report.id,
            )
        )
        self.env.invalidate_all()
        self.assertIn("have been changed since it was frozen", report.evidence_problem)
        with self.assertRaises(BrokenSealError):
            report._document_file("pdf")
        comparison, _changes = self._changes(report)
        self.assertFalse(comparison.is_seal_intact)

    def test_broken_items(self):
        """Items are compared where they leave the report, not at each look."""
        report = self._frozen()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_ageing_item SET ref = 'X' WHERE ageing_id = %s", report.id
            )
        )
        self.env.invalidate_all()
        self.assertFalse(report.evidence_problem)
        with self.assertRaises(BrokenSealError):
            report._document_file("xlsx")

    def test_nothing_changed(self):
        comparison, changes = self._changes(self._frozen())
        self.assertFalse(changes)
        self.assertTrue(comparison.is_seal_intact)
        self.assertFalse(comparison.difference)

    def test_later_entries_are_no_change(self):
        report = self._frozen()
        payment = self._entry(-100.0, "2026-02-03", partner=self.partner_a)
        (self._receivable_lines(self.invoice) | payment).reconcile()
        self.assertFalse(self._changes(report)[1])

    def test_backdated_entries_and_reconciliations(self):
        report = self._frozen()
        self._age_report(report)
        payment = self._entry(-60.0, "2026-01-20", partner=self.partner_a)
        (self._receivable_lines(self.invoice) | payment).reconcile()
        extra = self._posted((1, 25.0), taxes=self.no_tax)
        self.other.button_draft()
        comparison, changes = self._changes(report)
        self.assertEqual(
            changes,
            {
                self.invoice.name: (100.0, 40.0, "settled"),
                extra.name: (0.0, 25.0, "new"),
                self.other.name: (40.0, 0.0, "reset"),
            },
        )
        self.assertEqual(comparison.difference, -75.0)

    def _age_report(self, report):
        """Let the report have been frozen a minute before later entries."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_ageing SET frozen_on = NOW() AT TIME ZONE 'UTC'"
            " - INTERVAL '1 minute' WHERE id = %s",
            [report.id],
        )
        self.env.invalidate_all()

    def test_filters_are_sealed(self):
        """Filters are kept by their names; customers who come along are no change."""
        self.partner_b.user_id = self.outsider
        report = self._frozen(user_ids=[Command.set(self.outsider.ids)])
        self.assertEqual(report.balance, 40.0)
        self.assertIn(self.outsider.name, report.frozen_selection)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET create_date = create_date - INTERVAL '1 hour'"
            " WHERE id = %s",
            self.invoice.ids,
        )
        self.partner_a.user_id = self.outsider
        self._age_report(report)
        self.assertFalse(self._changes(report)[1])
        extra = self._posted((1, 25.0), taxes=self.no_tax)
        changes = self._changes(report)[1]
        self.assertEqual(changes, {extra.name: (0.0, 25.0, "new")})

    def test_undone_reconciliation(self):
        payment = self._entry(-60.0, "2026-01-20", partner=self.partner_a)
        (self._receivable_lines(self.invoice) | payment).reconcile()
        report = self._frozen()
        payment.remove_move_reconcile()
        _comparison, changes = self._changes(report)
        self.assertEqual(changes[self.invoice.name], (40.0, 100.0, "open"))

    def test_unfrozen_report_has_no_comparison(self):
        with self.assertRaisesRegex(UserError, "is not frozen"):
            self._report().action_compare()

    def test_spreadsheet(self):
        report = self._frozen()
        content = report._document_file("xlsx")[2]
        book = load_workbook(io.BytesIO(content))
        self.assertEqual(book.sheetnames, ["Ageing", "Proof", "Open Items"])
        rows = list(book["Ageing"].iter_rows(values_only=True))
        head, lines = rows[2], rows[3:]
        balances = [row[head.index("Balance")] for row in lines]
        self.assertEqual(sorted(balances), [40, 100])

    def test_too_many_items_for_a_spreadsheet(self):
        with patch.object(ageing_document, "MOST_LINES", 1):
            book = load_workbook(io.BytesIO(self._frozen()._xlsx()))
        self.assertEqual(book.sheetnames, ["Ageing", "Proof"])

    def test_text_is_never_a_formula(self):
        self.partner_a.name = "=1+1"
        content = self._report()._document_file("xlsx")[2]
        sheet = load_workbook(io.BytesIO(content))["Ageing"]
        self.assertIn(
            ("=1+1", "s"), {(each.value, each.data_type) for each in sheet["A"]}
        )

    def test_files_by_url(self):
        report = self._frozen()
        for user in (self.clerk, self.auditor):
            user.password = user.login
            self.authenticate(user.login, user.login)
            for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
                answer = self.url_open(f"/ageing/{report.id}/{kind}")
                self.assertEqual(answer.status_code, 200)
                self.assertTrue(answer.content.startswith(start))
        self.outsider.password = self.outsider.login
        self.authenticate(self.outsider.login, self.outsider.login)
        self.assertEqual(self.url_open(f"/ageing/{report.id}/pdf").status_code, 403)
        self.assertEqual(self.url_open("/ageing/999999999/pdf").status_code, 404)

    def test_old_reports_are_deleted(self):
        report, frozen = self._report(), self._frozen()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_ageing SET write_date = write_date - INTERVAL '3 days'"
        )
        self.env.invalidate_all()
        with patch.object(ageing, "MOST_DELETED", 1):
            self.assertEqual(self.env["clerk.ageing"].sudo()._gc_reports(), (1, True))
        self.assertFalse(report.exists())
        self.assertTrue(frozen.exists())
