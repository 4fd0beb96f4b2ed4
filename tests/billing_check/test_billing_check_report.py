from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


@tagged("post_install", "-at_install")
class TestBillingCheckReport(Corpus):
    """The board of checks: outcome and money of findings by month."""

    def _rows(self, moves, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["clerk.billing.check.report"].with_user(user or self.clerk)
        return rows.search([("move_id", "in", moves.ids)], order="id")

    def _findings(self, moves):
        self.checks.browse()._run_all(self.company_a)
        findings = self.env["clerk.billing.finding"].with_user(self.clerk)
        return findings.search([("move_id", "in", moves.ids)], order="id")

    def _totals(self, moves):
        rows = self.env["clerk.billing.check.report"].with_user(self.clerk)
        [row] = rows._read_group(
            [("move_id", "in", moves.ids)],
            ["found_on:month"],
            [
                *("found:sum", "confirmed:sum", "accepted:sum", "precision:avg"),
                *("refunded:sum", "recovered:sum"),
            ],
        )
        return row[1:]

    def test_outcome_by_month(self):
        moves = self.env["account.move"].union(
            *(self.wrong_terms(1) for _each in range(5))
        )
        findings = self._findings(moves)
        self.assertEqual(self._totals(moves), (5, 0, 0, 0, 0, 0))
        findings[0].action_open_billing_error()
        findings[1:4]._accept("Agreed")
        self.env.flush_all()
        self.assertEqual(self._totals(moves), (5, 1, 3, 0.25, 0, 0))
        findings[0].billing_error_id._take_step("cancel")
        self.env.flush_all()
        self.assertEqual(self._totals(moves), (5, 0, 4, 0, 0, 0))

    def test_money_of_notes_counts_once(self):
        """Two findings of one document are one billing error, and one credit note."""
        product = self._product()
        move = self._invoice(
            self._line(product, taxes=self.other_tax),
            partner=self._customer(property_payment_term_id=self._term(30).id),
            invoice_payment_term_id=self._term(60).id,
        )
        findings = self._findings(move)
        self.assertEqual(len(findings), 2)
        findings.action_open_billing_error()
        self._reverse(move)
        rows = self._rows(move)
        self.assertEqual(rows.mapped("refunded"), [move.amount_total, 0])
        self.assertEqual(sum(rows.mapped("recovered")), 0)

    def test_money_of_debit_notes_is_recovered(self):
        move = self.wrong_terms(1)
        self._findings(move).action_open_billing_error()
        wizard = self.env["account.debit.note"].create(
            {"move_ids": [(6, 0, move.ids)], "copy_lines": True}
        )
        note = self.env["account.move"].browse(wizard.create_debit()["res_id"])
        note.action_post()
        [row] = self._rows(move)
        self.assertEqual((row.recovered, row.refunded), (note.amount_total, 0))

    def test_rights(self):
        move = self.wrong_terms(1)
        self._findings(move)
        for user in (self.clerk, self.supervisor, self.auditor):
            [row] = self._rows(move, user)
            action = row.action_open_finding()
            self.assertEqual(action["res_model"], "clerk.billing.finding")
        self.assertFalse(self._rows(move, self.clerk_b))
        with self.assertRaises(AccessError):
            self._rows(move, self.outsider)
