from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)

LESS_DISCOUNT = "Goodwill only adds to a discount."


class GoodwillCredit:
    """Remedy of another module: give a discount on a bill that was right.

    The methods are what its class with ``_inherit = "clerk.correction"`` would hold.
    """

    def _unfit_goodwill(self):
        if self.move_id.move_type != "out_invoice":
            return "Goodwill is given on invoices only."
        return self._unfit_correct_lines()

    def _preview_goodwill(self):
        self._check_goodwill()
        return [
            {**document, "note": "as a gesture of goodwill"}
            for document in self._preview_correct_lines()
        ]

    def _apply_goodwill(self):
        self._check_goodwill()
        return self._apply_correct_lines()

    def _check_goodwill(self):
        for billed, corrected in (line._terms() for line in self.line_ids):
            if corrected.discount < billed.discount:
                raise UserError(LESS_DISCOUNT)


@tagged("post_install", "-at_install")
class TestRemedy(CorrectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goodwill = (
            cls.env["clerk.remedy"]
            .sudo()
            .create(
                {
                    "code": "goodwill",
                    "name": "Goodwill Credit",
                    "edits_date": True,
                    "edits_lines": True,
                    "amends": "lines",
                    "is_mailed": True,
                }
            )
        )
        cls.corrections = cls.env.registry["clerk.correction"]
        for name, method in vars(GoodwillCredit).items():
            if callable(method):
                cls.startClassPatcher(
                    patch.object(cls.corrections, name, method, create=True)
                )

    def _goodwill(self, move, discount=25, **values):
        correction = self._correction(move, "goodwill", **values)
        correction.line_ids.discount = discount
        return correction

    def test_another_module_adds_a_remedy_by_a_record_and_a_file(self):
        reason = self.env.ref("invoicing_clerk.reason_short").sudo()
        reason.default_remedy_id = self.goodwill
        move = self._posted((10, 20.0))
        case = self._case(move, reason_id=reason.id)
        case.action_propose_correction()
        correction = case.correction_ids
        self.assertEqual(correction.remedy_id, self.goodwill)
        with Form(correction) as form, form.line_ids.edit(0) as line:
            line.discount = 25
        self.assertIn("as a gesture of goodwill", correction.preview_html)
        self.assertEqual(correction.preview["totals"]["corrected"], 172.5)
        correction.action_apply()
        self.assertRecordValues(
            correction.document_ids,
            [{"correction_role": "credit", "amount_total": 57.5}],
        )
        self.assertEqual(case.state, "resolved")
        again = self._correction(move, case=self._case(move))
        self.assertEqual(again.line_ids.billed_discount, 25, "it is in force")

    def test_limits_read_the_remedy(self):
        self.env["clerk.approval.limit"].sudo().create(
            [
                {
                    "group_id": self.env.ref(f"invoicing_clerk.group_{role}").id,
                    "remedy_id": self.goodwill.id,
                    "amount": amount,
                }
                for role, amount in (("clerk", 50), ("supervisor", 60))
            ]
        )
        correction = self._goodwill(self._posted((10, 20.0)))
        self.assertIn("Goodwill Credit", correction.approval_reason)
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()
        correction.action_request_approval()
        correction.with_user(self.supervisor).action_approve()
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_total, 57.5)

    def test_a_change_of_the_bill_makes_it_stale(self):
        move = self._posted((10, 20.0))
        correction = self._goodwill(move)
        self._corrected(move, lines={0: {"quantity": 8}})
        correction.invalidate_recordset()
        self.assertTrue(correction.is_stale)
        with self.assertRaisesRegex(UserError, "Reload the lines"):
            correction.action_apply()

    def test_its_own_rules_hold(self):
        correction = self._goodwill(self._posted((10, 20.0, 30)))
        self.assertIn("only adds", correction.preview["obstacle"])
        refund = self._posted((10, 20.0), move_type="out_refund")
        correction = self._goodwill(refund)
        self.assertIn("on invoices only", correction.unfit_reason)
        self.assertIn("Goodwill Credit", correction.unfit_html)

    def test_without_its_module_a_remedy_is_refused(self):
        lost = self.goodwill.copy({"code": "lost", "name": "Lost Remedy"})
        correction = self._correction(self._posted((10, 20.0)), "lost")
        self.assertIn("Lost Remedy is not available", correction.unfit_reason)
        self.assertIn("Lost Remedy is not available", correction.preview["obstacle"])
        for step in correction.action_apply, correction.action_request_approval:
            with self.assertRaisesRegex(UserError, "is not installed"):
                step()
        self.assertTrue(lost)

    def test_views_follow_the_remedy(self):
        correction = self._correction(self._posted((10, 20.0)), "reissue")
        with Form(correction) as form:
            self.assertTrue(form._get_modifier("line_ids", "invisible"))
            form.remedy_id = self.goodwill
            self.assertFalse(form._get_modifier("line_ids", "invisible"))
            self.assertTrue(form._get_modifier("reference", "invisible"))

    def test_archived_remedies_are_not_proposed_but_stay_in_force(self):
        move = self._posted((10, 20.0))
        self._goodwill(move).action_apply()
        reason = self.env.ref("invoicing_clerk.reason_short").sudo()
        reason.default_remedy_id = self.goodwill
        self.goodwill.active = False
        case = self._case(move, reason_id=reason.id)
        case.action_propose_correction()
        self.assertEqual(case.correction_ids.remedy_id.code, "correct_lines")
        self.assertEqual(case.correction_ids.line_ids.billed_discount, 25)

    def test_supervisors_name_and_order_remedies_and_nothing_else(self):
        remedy = self.goodwill.with_user(self.supervisor)
        remedy.write({"name": "Goodwill", "sequence": 5, "active": False})
        for forged in ({"code": "rebill"}, {"amends": "nothing"}):
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                remedy.write(forged)
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                self.goodwill.with_user(user).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            remedy.unlink()
        with self.assertRaises(AccessError):
            self.goodwill.with_user(self.outsider).read(["name"])
