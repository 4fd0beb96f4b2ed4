import re
from pathlib import Path

from odoo.fields import Domain
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

# Where reconciliations are read without asking for posted entries, and why.
READERS = {
    "models/forecast/payment_pattern_sql.py": "finds recent ones, then counts posted",
    "models/mixin/matching.py": "decides which count",
    "models/reminder/reminder_run_payments.py": "of posted bank entries only",
    "models/statement/account_partial_reconcile.py": "an index",
    "models/statement/statement_source.py": "later ones; adds those that do not count",
    "models/statement/statement_run_figures.py": "flushes",
    "models/statement/statement_contradiction.py": "of posted items only",
    "models/mixin/account_move_line.py": "flushes; names unposted entries",
    "models/billing_error/billing_error_report.py": "columns to flush",
    "models/promise/promise_create.py": "the id of the latest one",
    "models/promise/promise_touched.py": "which were written since a moment",
    "models/promise/account_partial_reconcile.py": "an index",
    "models/audit/test/audit_test_balance.py": "tests the residual amounts of Odoo",
    "models/audit/test/audit_test_source.py": "exchange difference entries",
    "models/audit/confirmation/audit_confirmation_work.py": "checks access",
    "models/audit/pack/audit_pack_evidence_ledger.py": "of posted items only",
    "models/correction/correction_allocation.py": "of posted items only",
    "models/receivable/receivable_match.py": "checks access",
    "models/receivable/receivable_touched.py": "which were written since a moment",
    "models/mixin/traces.py": "which were written since a moment",
    "models/receivable/applied_payment.py": "what Odoo reconciled, to undo it",
    "wizards/receivable/match.py": "what Odoo reconciled, to undo it",
    "models/correction/remedy/rebill.py": "moves reconciliations, with drafts",
    "models/mixin/reversal.py": "what Odoo reconciled, to undo it",
    "models/mixin/settle.py": "reconciles a part",
    "models/voucher/voucher_void.py": "what Odoo reconciled, to undo it",
    "models/receipt/receipt_match_apply.py": "what Odoo reconciled, to undo it",
    "models/setup/digest.py": "columns to flush",
    "models/correction/remedy/reallocate.py": "posted only, by `_check_source`",
}
# Where what Odoo takes for open is read, and why.
RESIDUALS = {
    "models/mixin/account_move.py": "adds what does not count",
    "models/mixin/account_move_line.py": "adds what does not count",
    "models/statement/statement_source.py": "adds what does not count",
    "models/promise/promise_ledger.py": "adds what does not count",
    "models/billing_check/billing_check_master_data.py": "as Odoo's credit limit",
    "models/billing_check/billing_check_payment.py": "open items, then counts posted",
    "models/forecast/payment_forecast.py": "columns to flush",
    "models/forecast/payment_pattern_sql.py": "leaves out what does not count",
    "models/receivable/open_items.py": "adds what does not count",
    "models/key_figure/key_figure_balance.py": "adds what does not count",
    "models/receivable/receivable_refresh.py": "adds what does not count",
    "models/billing_error/billing_error_report_query.py": "adds what does not count",
    "models/billing_error/billing_error_report.py": "columns to flush",
    "models/audit/test/audit_test_balance.py": "tests the residual amounts of Odoo",
    "models/audit/engagement/audit_population.py": "a field that auditors see in Odoo",
    "models/call/account_move.py": "an index",
    "models/call/find_search.py": "compares what callers say with Odoo's amounts",
    "models/receivable/account_move_line.py": "adds what does not count",
    "models/receivable/receivable_match.py": "what Odoo can reconcile",
    "wizards/receivable/match.py": "what Odoo can reconcile",
    "models/mixin/reversal.py": "what Odoo can reconcile",
    "models/receipt/bounce_present.py": "what Odoo can reconcile",
    "models/receipt/receipt_match_apply.py": "what Odoo can reconcile",
    "models/mixin/settle.py": "what Odoo can reconcile",
    "models/voucher/account_move.py": "what Odoo can reconcile",
    "models/voucher/voucher_line.py": "what Odoo can reconcile",
    "models/voucher/voucher_pay.py": "what Odoo can reconcile",
    "models/receipt/receipt_match_book.py": "leaves out what does not count",
    "models/receipt/receipt_match_discount.py": "what Odoo can reconcile",
    "models/receipt/receipt_match_propose.py": "what Odoo can reconcile",
    "models/receipt/remittance_item.py": "what Odoo can reconcile",
    "models/receipt/remittance_match.py": "what Odoo can reconcile",
    "models/receipt/deposit_confirm.py": "what Odoo can reconcile",
    "models/worklist/worklist_start.py": "a stored field, for the amount of items",
    "models/worklist/worklist_filter.py": "proposes a field of the model",
    "models/correction/account_move_approved.py": "names fields that Odoo computes",
    "models/correction/correction_allocation.py": "what Odoo can reconcile",
    "models/correction/correction_summary.py": "what Odoo can reconcile",
    "models/correction/remedy/write_off.py": "what Odoo can reconcile",
    "models/correction/remedy/reallocate.py": "what Odoo can reconcile",
    "models/correction/remedy/rebill.py": "what Odoo can reconcile",
    "data/worklist_invoice_data.xml": "a stored field, for the amount of items",
}


@tagged("at_install", "-post_install")
class TestMatchingReaders(BaseCase):
    """Every file that reads reconciliations or residual amounts is known.

    It would have caught the eleven queries in which a payment that was reset to draft
    still settled its invoice.
    """

    def _files(self, pattern):
        addon = Path(file_path("invoicing_clerk"))
        return {
            path.relative_to(addon).as_posix()
            for folder in ("models", "wizards", "controllers", "report", "data")
            for path in (addon / folder).rglob("*.*")
            if path.suffix in (".py", ".xml")
            and path.name != "__init__.py"
            and re.search(pattern, path.read_text())
        }

    def test_reconciliations(self):
        names = (
            r"account_partial_reconcile|account\.partial\.reconcile|matched_(de|cre)"
        )
        self.assertEqual(self._files(names), set(READERS))

    def test_residual_amounts(self):
        names = r"""amount_residual|["'.]reconciled\b|reconciled["']"""
        self.assertEqual(self._files(names), set(RESIDUALS))


@tagged("post_install", "-at_install")
class TestMatching(PromiseCommon):
    """A reconciliation counts while both entries are posted, for every reader."""

    def setUp(self):
        super().setUp()
        self.invoice = self._untaxed(invoice_date=self._day(-20))
        self.promise = self._old_promise(self.invoice)
        self.payment = self._paid_on(self.invoice, -9)
        self.items = self._instalments(self.invoice)

    def _receivable(self):
        rows = self.env["clerk.receivable"].sudo()
        rows._before_refresh()
        return rows.search(
            [("partner_id", "=", self.partner_a.id), ("balance", "!=", 0)]
        )

    def _seen(self):
        """Return the open amount of the invoice for each of the readers."""
        self.env.invalidate_all()
        self._judge(self.promise)
        call = self.env["clerk.call"].with_user(self.clerk)
        call = call.create({"partner_id": self.partner_a.id})
        unsettled = self.env["account.move.line"].search(
            Domain("is_unsettled", "=", True) & Domain("id", "in", self.items.ids)
        )
        unpaid = self.env["account.move"].search(
            Domain("is_unpaid", "=", True) & Domain("id", "in", self.invoice.ids)
        )
        owing = self.partner_a._owing_customers(self.company_a)
        return {
            "promise": self.promise.amount_due - self.promise.amount_received,
            "unkept": 100.0 * self.promise._is_unkept(),
            "receivable": sum(self._receivable().mapped("balance")),
            "items of the balance": sum(
                self._receivable().line_ids.mapped("unsettled_company")
            ),
            "pad": sum(row["total"] for row in call._balances(call._read_items()[0])),
            "items of the pad": sum(call.line_ids.mapped("unsettled")),
            "search of items": sum(unsettled.mapped("unsettled")),
            "search of documents": sum(unpaid.mapped("unsettled")),
            "signed": sum(unpaid.mapped("unsettled_signed")),
            "caller": 100.0 * len(owing),
            "overdue": sum(
                self.env["clerk.promise"]
                ._overdue_items(self.partner_a)
                .mapped("unsettled")
            ),
        }

    def test_payment_reset_and_posted_again(self):
        paid, unpaid = self._seen(), {}
        self.assertEqual(set(paid.values()), {0.0}, paid)
        self.payment.action_draft()
        self.assertEqual(self.items.amount_residual, 0, "Odoo keeps the matching")
        unpaid = self._seen()
        self.assertEqual(set(unpaid.values()), {100.0}, unpaid)
        self.assertEqual(self.promise.state, "broken")
        self.payment.action_post()
        self.assertEqual(self._seen(), paid)
        self.assertEqual(self.promise.state, "kept")

    def test_invoice_reset(self):
        """The payment is unapplied then."""
        self.invoice.button_draft()
        self.env.invalidate_all()
        [row] = self._receivable()
        self.assertEqual((row.balance, row.unapplied), (-100.0, 100.0))
        self.assertEqual(row.line_ids.move_id, self.payment.move_id)

    def test_billing_error(self):
        error = self._open_error(self.invoice, {"claimed_quantity": 0})
        self.env.invalidate_all()
        report = self.env["clerk.billing.error.report"].with_user(self.clerk)
        found = report.search([("id", "=", error.id)])
        self.assertEqual(found.amount_residual, 0)
        self.payment.action_draft()
        self.env.invalidate_all()
        self.assertEqual(found.amount_residual, 100)
        self.assertEqual(found.amount_reconciled, 0)

    def test_correction_names_the_draft(self):
        self.payment.action_draft()
        corrections = self.env["clerk.correction"].with_user(self.supervisor)
        text = corrections._settled_by_drafts(self.invoice)
        self.assertIn(self.payment.move_id.name, text)
        remedy = self.env.ref("invoicing_clerk.remedy_write_off")
        correction = corrections.new(
            {"move_id": self.invoice.id, "remedy_id": remedy.id}
        )
        self.assertEqual(correction._unfit_write_off(), text)

    def test_queries_do_not_grow(self):
        moves = self.invoice
        for _number in range(3):
            move = self._untaxed()
            self._pay(move).action_draft()
            moves += move
        self.env.invalidate_all()
        moves.line_ids.mapped("amount_residual")
        with self.assertQueryCount(3):
            moves.line_ids.mapped("unsettled")
