from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.worklist.common import TODAY, ShippedCommon


@tagged("post_install", "-at_install")
class TestShippedWorklists(ShippedCommon):
    """The shipped lists can be refreshed, and explain what they are for."""

    def test_every_list_can_be_refreshed(self):
        shipped = self.worklists.with_context(active_test=False).search([])
        self.assertGreater(len(shipped), 12)
        for worklist in shipped:
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            self.assertTrue(worklist.empty_text and worklist.instructions)
            self.assertTrue(worklist.rule_ids, worklist.name)

    def test_no_two_lists_are_alike(self):
        """Corrections to approve were on two lists, each with its own items."""
        shipped = self.worklists.with_context(active_test=False).search([])
        self.assertEqual(len(set(shipped.mapped("name"))), len(shipped))
        contents = {(each.model, each.domain) for each in shipped}
        self.assertEqual(len(contents), len(shipped))

    def test_supervisors_may_change_every_list(self):
        shipped = self.worklists.with_context(active_test=False).search([])
        for worklist in shipped.with_user(self.supervisor):
            worklist.domain = worklist.domain + " "
            trial = worklist.action_test()
            self.assertFalse(self.env[trial["res_model"]].browse(trial["res_id"]).error)

    # Invoices

    def test_drafts(self):
        posted = self._posted((1, 100.0))
        draft = posted.copy({"invoice_date": False})
        self._assert_contains(
            "draft",
            {
                "without a date": draft,
                "of today": draft.copy({"invoice_date": TODAY}),
                "a credit note": self._posted(move_type="out_refund").copy(),
            },
            {
                "posted": posted,
                "of tomorrow": draft.copy({"invoice_date": "2026-03-11"}),
                "posted by itself": draft.copy({"auto_post": "at_date"}),
                "without customer": draft.copy({"partner_id": False}),
                "without amount": self._empty(),
                "a bill": self._posted(move_type="in_invoice").copy(),
            },
        )

    def _empty(self):
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.partner_a.id}
        )

    def test_unsent_since_the_start_date(self):
        """Would have caught: 10,000 invoices of before the installation on the desk."""
        start, other = "2026-03-01", self.company_b
        old, new = self._posted((1, 10.0)), self._posted((1, 10.0))
        for invoice, date in ((old, "2026-02-28"), (new, start)):
            self._redate(invoice, date)
        moves = self.env["account.move"].browse((old + new).ids)
        for company, before in ((other, moves.browse()), (self.company_a, old)):
            with self.subTest(company=company.name):
                company.sudo().clerk_work_start = start
                moves.invalidate_recordset(["precedes_worklists"])
                self.assertEqual(moves.filtered("precedes_worklists"), before)
                for value in (True, False):
                    found = moves.search(
                        [("precedes_worklists", "=", value), ("id", "in", moves.ids)]
                    )
                    self.assertEqual(found, before if value else moves - before)
        self._assert_contains(
            "unsent", {"of the start date": new}, {"before the start date": old}
        )

    def test_unsent(self):
        unsent, sent, paid, sending = (self._posted((1, 10.0)) for _each in range(4))
        sent.is_move_sent = True
        self._pay(paid)
        sending.sending_data = {"sending_methods": ["email"]}
        self._assert_contains(
            "unsent",
            {
                "never sent": unsent,
                "a credit note": self._posted(move_type="out_refund"),
            },
            {
                "sent": sent,
                "paid": paid,
                "being sent": sending,
                "a draft": unsent.copy(),
                "a bill": self._posted(move_type="in_invoice"),
            },
        )

    def test_sending_failed(self):
        moves = {
            status: self._mailed(status)
            for status in ("bounce", "exception", "sent", "ready")
        }
        self._assert_contains(
            "sending_failed",
            {key: moves[key] for key in ("bounce", "exception")},
            {
                **{key: moves[key] for key in ("sent", "ready")},
                "never sent": self._posted((1, 10.0)),
            },
        )

    def _mailed(self, status):
        move = self._posted((1, 10.0))
        message = self.env["mail.message"].create(
            {"model": move._name, "res_id": move.id, "message_type": "email"}
        )
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.partner_a.id,
                "notification_type": "email",
                "notification_status": status,
            }
        )
        return move

    def test_bills_and_receipts(self):
        types = ("in_invoice", "in_refund", "in_receipt", "out_receipt")
        drafts = {kind: self._posted(move_type=kind).copy() for kind in types}
        self._assert_contains(
            "bills",
            drafts,
            {
                "posted": self._posted(move_type="in_invoice"),
                "an invoice": self._posted((1, 1.0)).copy(),
            },
        )

    # Billing errors

    def test_billing_errors_move_from_list_to_list(self):
        error = self._open_error(self._posted((2, 50.0)), {"claimed_quantity": 1})
        self.assertEqual(self._lists_of(error), {"error_new"})
        error.action_investigate()
        self.assertEqual(self._lists_of(error), {"error_ours"})
        with freeze_time(error.deadline + timedelta(days=1)):
            self.assertEqual(self._lists_of(error), {"error_late"})
            error._take_step("cancel")
            self.assertEqual(self._lists_of(error), set())

    def _lists_of(self, error):
        names = ("error_new", "error_ours", "error_late")
        return {name for name in names if self._contained(name, error)}

    def test_approvals_are_for_supervisors(self):
        worklist = self._list("correction_approval")
        worklist.active = True
        lists = self.env["clerk.worklist"]
        for user, seen in (
            (self.clerk, False),
            (self.supervisor, True),
            (self.auditor, True),
        ):
            found = lists.with_user(user).search([("id", "=", worklist.id)])
            self.assertEqual(bool(found), seen, user.login)


@tagged("post_install", "-at_install")
class TestShippedCorrectionLists(ShippedCommon, CorrectionCommon):
    """The lists of corrections, from approval to the customer."""

    @classmethod
    def _allow_clerks_anything(cls):
        """Limits are as shipped."""

    def _corrected(self, move, remedy, **values):
        return super()._corrected(move, remedy, user=self.supervisor, **values).sudo()

    def test_resend(self):
        invoice = self._posted((1, 100.0))
        invoice.is_move_sent = True
        credited = self._posted((1, 100.0))
        credited.is_move_sent = True
        credit = self._corrected(credited, "credit_full").document_ids
        self._corrected(invoice, "reissue", reference="PO 4711")
        self._assert_contains(
            "resend",
            {"a credit note": credit, "a reissued invoice": invoice},
            {"the credited invoice": credited, "never sent": self._posted((1, 1.0))},
        )
        self._assert_contains("unsent", {}, {"listed there": credit, "here": invoice})
        (credit + invoice).is_move_sent = True
        self._assert_contains("resend", {}, {"sent": credit, "sent again": invoice})

    def test_resend_waits_for_a_mail_that_is_queued(self):
        invoice = self._posted((1, 100.0))
        correction = self._corrected(invoice, "credit_full", send_to_customer=True)
        credit = correction.document_ids
        self._assert_contains("resend", {}, {"being sent": credit})
        correction._inside().sending_state = "failed"
        self._assert_contains("resend", {"not sent": credit}, {})
        self.assertIn("email failed +25", self._reasons("resend", credit))

    def test_approvals(self):
        waiting, draft = (
            self._correction(self._posted((1, 9000.0)), remedy="credit_full")
            for _each in range(2)
        )
        waiting.action_request_approval()
        self._assert_contains(
            "correction_approval", {"waiting": waiting}, {"a draft": draft}
        )
