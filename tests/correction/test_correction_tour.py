from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, TourCase


@tagged("post_install", "-at_install")
class TestCorrectionTour(ClerkCommon, TourCase):
    """From a customer's complaint to the credit note, in a browser, by two people."""

    def test_two_lines_corrected_above_the_limit(self):
        move = self._posted((6, 200.0), (4, 75.0))
        self.clerk.password, self.supervisor.password = "clerk_a", "supervisor_a"
        invoice = f"/odoo/customer-invoices/{move.id}"
        self.start_tour(invoice, "invoicing_clerk_correction_propose", login="clerk_a")
        correction = move.with_user(self.clerk).correction_ids
        self.assertRecordValues(
            correction,
            [{"state": "waiting", "proposed_by_id": self.clerk.id, "stake": 690}],
        )
        self.assertFalse(correction.document_ids)
        self.start_tour(
            "/odoo/action-invoicing_clerk.clerk_correction_action_to_approve",
            "invoicing_clerk_correction_approve",
            login="supervisor_a",
        )
        self.start_tour(invoice, "invoicing_clerk_correction_trio", login="clerk_a")
        self.assertRecordValues(
            correction,
            [{"state": "applied", "approved_by_id": self.supervisor.id}],
        )
        self.assertRecordValues(
            correction.document_ids,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "reversed_entry_id": move.id,
                    "amount_untaxed": 600,
                    "amount_total": 690,
                    "payment_state": "paid",
                }
            ],
        )
        self.assertEqual(move.amount_residual, 1035)
        family = move + correction.document_ids.with_env(self.env)
        receivable = family.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(sum(receivable.mapped("balance")), 1035)

    def test_forgotten_line_is_billed_by_a_debit_note(self):
        """Four clicks from the case to the debit note."""
        clerks = self.env.ref("invoicing_clerk.group_clerk")
        self.env["clerk.approval.limit"].sudo().create(
            {"group_id": clerks.id, "unlimited": True}
        )
        move = self._posted((6, 200.0))
        self.clerk.password = "clerk_a"
        case = self._open_error(move)
        self.start_tour(
            f"/odoo/billing-errors/{case.id}",
            "invoicing_clerk_correction_add",
            login="clerk_a",
        )
        self.assertRecordValues(
            case.correction_ids.document_ids,
            [
                {
                    "correction_role": "debit",
                    "debit_origin_id": move.id,
                    "amount_total": 46,
                    "state": "posted",
                }
            ],
        )
