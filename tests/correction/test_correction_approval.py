from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionApproval(CorrectionCommon):
    """Approval with the shipped limits: a clerk credits up to 500 alone."""

    @classmethod
    def _allow_clerks_anything(cls):
        """Here limits are the subject."""

    def _large(self, **values):
        move = self._posted((10, 200.0))
        correction = self._correction(move, **values)
        correction.line_ids.quantity = 4
        return correction

    def _as(self, user, correction):
        return correction.with_user(user)

    def test_below_the_limit_a_clerk_applies_alone(self):
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 4
        self.assertFalse(correction.approval_required)
        correction.action_apply()
        self.assertEqual(correction.state, "applied")

    def test_above_the_limit_it_waits_and_somebody_else_approves(self):
        correction = self._large()
        self.assertEqual(correction.stake, 1380)
        self.assertTrue(correction.approval_required)
        self.assertIn("1,380.00", correction.approval_reason)
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()
        correction.action_request_approval()
        self.assertEqual(correction.state, "waiting")
        self.assertEqual(correction.error_id.state, "proposed")
        self.assertIn(self.supervisor, correction.activity_ids.user_id)
        self._as(self.supervisor, correction).action_approve()
        self.assertRecordValues(
            correction,
            [
                {
                    "state": "approved",
                    "proposed_by_id": self.clerk.id,
                    "approved_by_id": self.supervisor.id,
                }
            ],
        )
        self.assertIn("1,380.00", correction.proposed_preview_html)
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_untaxed, 1200)

    def test_approve_and_apply_is_one_step(self):
        correction = self._large()
        correction.action_request_approval()
        approving = self._as(self.supervisor, correction)
        action = approving.action_approve_and_apply()
        self.assertRecordValues(
            correction,
            [
                {
                    "state": "applied",
                    "approved_by_id": self.supervisor.id,
                    "applied_by_id": self.supervisor.id,
                }
            ],
        )
        self.assertEqual(action["res_id"], correction.document_ids.id)
        messages = " ".join(correction.message_ids.mapped("body"))
        self.assertIn("Approved and applied.", messages)

    def test_nobody_approves_and_applies_their_own_or_another_state(self):
        draft = self._large()
        with self.assertRaises(UserError):
            self._as(self.supervisor, draft).action_approve_and_apply()
        draft.action_request_approval()
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(user, draft).action_approve_and_apply()
        self.assertEqual(draft.state, "waiting")

    def test_approving_offers_the_next_one(self):
        worklist = self.env.ref("invoicing_clerk.worklist_correction_approval").sudo()
        first, second = self._large(), self._large()
        (first | second).action_request_approval()
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        items = self.env["clerk.work.item"]
        domain = [("worklist_id", "=", worklist.id), ("res_model", "=", first._name)]
        self.assertFalse(items.with_user(self.clerk).search(domain))
        self.assertGreaterEqual(len(items.with_user(self.supervisor).search(domain)), 2)
        for correction, step in ((first, "approve"), (second, "approve_and_apply")):
            approving = self._as(self.supervisor, correction)
            then = getattr(approving, f"action_{step}")()["params"]["next"]
            opened = approving.with_context(**then["context"])
            bar = opened.web_read({"work_bar": {}, "work_bar_actions": {}})[0]
            self.assertIn("Finished", bar["work_bar"], step)
            self.assertEqual(bar["work_bar_actions"], ["next"], step)

    def test_approver_sees_the_reason_and_the_words_of_the_customer(self):
        correction = self._large()
        reason = self.env.ref("invoicing_clerk.reason_price")
        correction.error_id.write({"reason_id": reason.id, "description": "Too dear."})
        seen = self._as(self.supervisor, correction)
        self.assertEqual(seen.error_reason_id, reason)
        self.assertEqual(seen.customer_words, "Too dear.")
        arch = seen.get_view(view_type="form")["arch"]
        for name in ("error_reason_id", "customer_words", "action_approve_and_apply"):
            self.assertIn(f'name="{name}"', arch)

    def test_debits_and_credits_do_not_offset_each_other(self):
        move = self._posted((10, 200.0), (1, 1000.0))
        correction = self._correction(move)
        correction.line_ids[0].quantity = 5
        correction.line_ids[1].price_unit = 2000
        self.assertEqual(correction.preview["documents"][0]["total"], 0)
        self.assertEqual(correction.stake, 1150)

    def test_nobody_approves_their_own(self):
        correction = self._large(user=self.supervisor)
        self.env["clerk.approval.limit"].sudo().create(
            {"user_id": self.supervisor.id, "amount": 0}
        )
        correction.invalidate_recordset()
        correction.action_request_approval()
        self.assertFalse(correction.may_approve)
        with self.assertRaisesRegex(AccessError, "somebody else must approve"):
            correction.action_approve()

    def test_clerks_and_auditors_do_not_approve(self):
        correction = self._large()
        correction.action_request_approval()
        for user in (self.clerk, self.colleague, self.auditor):
            with self.assertRaises(AccessError):
                self._as(user, correction).action_approve()
        with self.assertRaises(AccessError):
            self._as(self.colleague, correction).action_refuse("no")

    def test_above_the_limit_of_the_approver(self):
        move = self._posted((10, 20000.0))
        correction = self._correction(move)
        correction.line_ids.quantity = 4
        correction.action_request_approval()
        with self.assertRaisesRegex(AccessError, "above your own limit"):
            self._as(self.supervisor, correction).action_approve()

    def test_only_supervisors_who_may_approve_are_asked(self):
        able = self._new_user("supervisor_able", "invoicing_clerk.group_supervisor")
        self.env["clerk.approval.limit"].sudo().create(
            {"user_id": self.supervisor.id, "amount": 1}
        )
        correction = self._large()
        correction.action_request_approval()
        asked = correction.activity_ids.user_id
        self.assertIn(able, asked)
        self.assertNotIn(self.supervisor, asked)

    def test_state_is_not_written_from_outside(self):
        correction = self._large()
        for forged in (
            {"state": "approved"},
            {"approved_by_id": self.supervisor.id},
            {"proposed_fingerprint": "x"},
        ):
            with self.assertRaisesRegex(AccessError, "buttons of the correction"):
                correction.write(forged)
            with self.assertRaises(AccessError):
                correction.with_context(clerk_inside=True).write(forged)
        with self.assertRaises(AccessError):
            correction.create(
                {
                    "error_id": correction.error_id.id,
                    "move_id": correction.move_id.id,
                    "state": "approved",
                }
            )

    def test_defaults_of_a_context_forge_nothing(self):
        correction = self._large()
        forged = correction.with_context(
            default_state="approved",
            default_approved_by_id=self.supervisor.id,
            default_proposed_fingerprint="x",
            default_correction_role="rebill",
        ).create({"error_id": correction.error_id.id, "move_id": correction.move_id.id})
        self.assertEqual(forged.state, "draft")
        self.assertFalse(forged.approved_by_id or forged.proposed_fingerprint)
        case = correction.error_id.with_context(default_state="resolved").create(
            {"move_ids": [Command.set(correction.move_id.ids)]}
        )
        self.assertEqual(case.state, "new")

    def test_lines_stay_with_their_correction(self):
        correction, other = self._large(), self._large()
        correction.action_request_approval()
        self._as(self.supervisor, correction).action_approve()
        with self.assertRaisesRegex(AccessError, "cannot be moved to another"):
            other.line_ids.correction_id = correction

    def test_links_of_documents_are_guarded(self):
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 8
        correction.action_apply()
        note = correction.document_ids.with_user(self.clerk)
        for forged in (
            {"correction_role": "rebill"},
            {"corrected_move_id": False},
            {"correction_id": False},
            {"has_open_billing_error": True},
        ):
            with self.assertRaisesRegex(AccessError, "buttons of the correction"):
                note.write(forged)
        with self.assertRaises(AccessError):
            note.invoice_line_ids.corrected_line_id = False
        copied = note.with_context(default_correction_role="rebill").create(
            {"move_type": "out_refund", "partner_id": self.partner_a.id}
        )
        self.assertFalse(copied.correction_role)

    def test_editors_do_not_approve(self):
        correction = self._large()
        self._as(self.supervisor, correction).line_ids.quantity = 3
        correction.action_request_approval()
        with self.assertRaisesRegex(AccessError, "somebody else must"):
            self._as(self.supervisor, correction).action_approve()

    def test_an_author_remains_one_until_somebody_approves(self):
        """Would have caught: only the last editor was kept from approving."""
        correction = self._large()
        supervised = self._as(self.supervisor, correction)
        supervised.line_ids.quantity = 3
        for quantity in (5, 4):
            correction.line_ids.quantity = quantity
        self.assertEqual(correction.author_ids, self.clerk | self.supervisor)
        correction.action_request_approval()
        with self.assertRaisesRegex(AccessError, "somebody else must"):
            supervised.action_approve()
        self.assertNotIn(self.supervisor, correction.activity_ids.user_id)

    def test_after_an_approval_its_authors_may_approve_a_change_of_another(self):
        correction = self._large()
        correction.action_request_approval()
        self._as(self.supervisor, correction).action_approve()
        self._as(self.supervisor, correction).line_ids.quantity = 3
        self.assertEqual(correction.author_ids, self.supervisor)
        correction.action_request_approval()
        with self.assertRaisesRegex(AccessError, "somebody else must"):
            self._as(self.supervisor, correction).action_approve()
        second = self._new_user("second", "invoicing_clerk.group_supervisor")
        self._as(second, correction).action_approve()
        self._as(second, correction).action_edit_again()
        self.assertEqual(correction.author_ids, second)

    def test_what_a_decision_reads_is_not_written(self):
        """Would have caught: a customer, company or billed amount of one's own."""
        correction = self._large()
        other = self._posted((1, 1.0), partner=self.partner_b)
        line = correction.line_ids
        for record, forged in (
            (correction, {"partner_id": self.partner_b.id}),
            (correction, {"company_id": self.company_b.id}),
            (correction, {"move_id": other.id}),
            (correction, {"error_id": self._case(other).id}),
            (correction, {"author_ids": [Command.clear()]}),
            (line, {"billed_quantity": 4}),
            (line, {"billed_price_unit": 1}),
            (line, {"billed_discount": 99}),
            (line, {"billed_tax_ids": [Command.clear()]}),
            (line, {"sequence": 1}),
            (line, {"move_line_id": other.invoice_line_ids.id}),
        ):
            with self.subTest(forged=forged):
                with self.assertRaises(AccessError):
                    record.write(forged)
                [name] = forged
                if record == line:
                    along = {"line_ids": [Command.update(line.id, forged)]}
                    with self.assertRaises(AccessError):
                        correction.write(along)
                self.assertNotEqual(record[name], forged[name])
        self.assertEqual(correction.stake, 1380)

    def test_supervisors_cannot_set_their_own_limit(self):
        limits = self.env["clerk.approval.limit"].with_user(self.supervisor)
        with self.assertRaisesRegex(AccessError, "your own limit"):
            limits.create({"user_id": self.supervisor.id, "unlimited": True})

    def test_small_amounts_are_added_up(self):
        move = self._posted((10, 100.0))
        for quantity in (6, 4):
            correction = self._correction(move)
            correction.line_ids.quantity = quantity
            if quantity == 6:
                correction.action_apply()
        self.assertEqual(correction.stake, 460 + 230)
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()

    def test_a_swap_of_taxes_is_at_stake(self):
        move = self._posted((100, 100.0))
        correction = self._correction(move)
        correction.line_ids.tax_ids = move.invoice_line_ids.tax_ids.copy(
            {"name": "Another"}
        )
        self.assertEqual(correction.preview["documents"][0]["total"], 0)
        self.assertEqual(correction.stake, 1500)

    def test_what_was_proposed_stays_on_record(self):
        correction = self._large()
        correction.action_request_approval()
        correction.action_cancel()
        with self.assertRaisesRegex(UserError, "is kept on record"):
            correction.unlink()

    def test_a_closed_case_is_not_approved(self):
        correction = self._large()
        correction.action_request_approval()
        correction.error_id._take_step("investigate")
        correction.error_id._take_step("cancel")
        with self.assertRaisesRegex(UserError, "Reopen it"):
            self._as(self.supervisor, correction).action_approve()

    def test_any_change_voids_the_approval(self):
        correction = self._large()
        correction.action_request_approval()
        self._as(self.supervisor, correction).action_approve()
        correction.line_ids.quantity = 3
        self.assertEqual(correction.state, "draft")
        self.assertFalse(correction.approved_by_id)
        self.assertIn("is void", "".join(correction.message_ids.mapped("body")))

    def test_a_change_of_the_ledger_asks_again(self):
        correction = self._large()
        correction.action_request_approval()
        self._as(self.supervisor, correction).action_approve()
        other = self._correction(correction.move_id)
        other.line_ids.quantity = 9
        other.action_apply()
        with self.assertRaisesRegex(UserError, "has changed since"):
            correction.action_apply()
        self.assertEqual(correction.state, "approved")

    def test_refusal_needs_a_reason_and_goes_back(self):
        correction = self._large()
        correction.action_request_approval()
        supervised = self._as(self.supervisor, correction)
        with self.assertRaisesRegex(UserError, "Enter why"):
            supervised.action_refuse(" ")
        wizard = supervised.env["clerk.correction.refusal"].create(
            {"correction_id": correction.id, "reason": "Ask for the contract"}
        )
        wizard.action_refuse()
        self.assertEqual(correction.state, "refused")
        self.assertEqual(correction.refusal_reason, "Ask for the contract")
        self.assertIn(self.clerk, correction.activity_ids.user_id)
        correction.action_edit_again()
        correction.line_ids.quantity = 9
        correction.action_apply()
        self.assertEqual(correction.state, "applied")

    def test_limit_of_a_person_precedes_that_of_a_group(self):
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"user_id": self.clerk.id, "unlimited": True}
        )
        correction = self._large()
        self.assertFalse(correction.approval_required)

    def test_applied_stays_as_it_is(self):
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 4
        correction.action_apply()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            correction.line_ids.quantity = 5
        with self.assertRaisesRegex(UserError, "this action is not available"):
            correction.action_cancel()
        with self.assertRaisesRegex(UserError, "is kept on record"):
            correction.unlink()


@tagged("post_install", "-at_install")
class TestCorrectionRights(CorrectionCommon):
    MODELS = (
        "clerk.correction",
        "clerk.correction.line",
        "clerk.correction.allocation",
        "clerk.approval.limit",
    )

    def test_access_by_role(self):
        rights = {
            "clerk": ("read", "write", "create", "unlink"),
            "supervisor": ("read", "write", "create", "unlink"),
            "auditor": ("read",),
            "outsider": (),
        }
        for role, allowed in rights.items():
            for name in self.MODELS:
                model = self.env[name].with_user(getattr(self, role))
                expected = set(allowed)
                if role == "clerk" and name == "clerk.approval.limit":
                    expected = {"read"}
                granted = {
                    right
                    for right in ("read", "write", "create", "unlink")
                    if model.has_access(right)
                }
                self.assertEqual(granted, expected, (role, name))

    def test_auditor_reads_and_takes_no_steps(self):
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 4
        seen = correction.with_user(self.auditor)
        self.assertEqual(seen.preview["documents"][0]["total"], -138)
        for press in (
            seen.action_apply,
            seen.action_request_approval,
            seen.action_approve,
            seen.action_cancel,
            seen.action_edit_again,
        ):
            with self.assertRaises(AccessError):
                press()

    def test_outsider_sees_nothing(self):
        correction = self._correction(self._posted((10, 20.0)))
        with self.assertRaises(AccessError):
            correction.with_user(self.outsider).read(["name"])

    def test_other_company_sees_and_corrects_nothing(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        with self.assertRaises(AccessError):
            correction.with_user(self.clerk_b).read(["name"])
        self.assertFalse(
            self.env["clerk.correction.line"].with_user(self.clerk_b).search([])
        )
        invoice_b = self._posted((1, 5.0), company_data=self.company_b_data)
        case_b = self._case(invoice_b, self.clerk_b)
        with self.assertRaises(UserError):
            case_b.env["clerk.correction"].create(
                {"error_id": case_b.id, "move_id": move.id}
            )

    def test_limits_of_a_company_count_only_there(self):
        self.clerk.company_ids += self.company_b
        self.env["clerk.approval.limit"].sudo().create(
            {"company_id": self.company_b.id, "user_id": self.clerk.id, "amount": 0}
        )
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 4
        self.assertFalse(correction.approval_required)
