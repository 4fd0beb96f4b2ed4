from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionStake(CorrectionCommon):
    """Many small corrections are one large one, with the shipped limit of 500."""

    @classmethod
    def _allow_clerks_anything(cls):
        """Here limits are the subject."""

    def _small(self, user=None, remedy="correct_lines", move=None, **values):
        """Return a draft with 345.00 at stake."""
        move = move or self._posted((3, 100.0), **values)
        correction = self._correction(move, remedy, user=user)
        if remedy == "correct_lines":
            correction.line_ids.quantity = 0
        return correction

    def _refused(self, correction):
        correction.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()

    def _applied(self, **values):
        correction = self._small(**values)
        correction.action_apply()
        return correction

    def test_splits_of_all_kinds_add_up(self):
        """Would have caught: the stake of one document and remedy only was added."""
        first = self._applied()
        self.assertEqual(first.stake, 345)
        for values in (
            {},
            {"remedy": "credit_full"},
            {"remedy": "rebill"},
            {"partner": self.contact_a},
            {"currency": self.foreign_currency},
        ):
            with self.subTest(values=values):
                split = self._small(**values)
                self.assertEqual(split.stake, 345 + split.own_stake)
                self.assertGreater(split.own_stake, 155)
                self.assertIn(first.name, split.approval_reason)
                self._refused(split)
                split.action_cancel()

    def test_branches_add_up(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.env.cr.precommit.run()
        for user in (self.clerk, self.env.user):
            user.sudo().company_ids = [Command.link(branch.id)]
        of_branch = {"company_data": {**self.company_data, "company": branch}}
        for first, second in (({}, of_branch), (of_branch, {})):
            with self.subTest(second=second), self.env.cr.savepoint() as savepoint:
                applied = self._applied(**first)
                split = self._small(**second)
                self.assertNotEqual(split.company_id, applied.company_id)
                self.assertEqual(split.stake, 690)
                self._refused(split)
                savepoint.rollback()

    def test_open_ones_count_before_they_are_applied(self):
        open_one, split = self._small(), self._small()
        self._refused(split)
        supervised = open_one.with_user(self.supervisor)
        for step in (
            open_one.action_request_approval,
            lambda: supervised.action_refuse("Which contract?"),
        ):
            step()
            self._refused(split)
        open_one.action_cancel()
        split.invalidate_recordset()
        split.action_apply()

    def test_a_draft_above_the_limit_blocks_no_small_one(self):
        large = self._correction(self._posted((10, 200.0)))
        large.line_ids.quantity = 0
        self.assertEqual(self._applied().stake, 345)

    def test_others_do_not_add_up(self):
        self._applied()
        for values in ({"user": self.colleague}, {"partner": self.partner_b}):
            with self.subTest(values=values):
                other = self._small(**values)
                self.assertEqual(other.stake, 345)
                self.assertFalse(other.stake_note)
                other.action_apply()

    def test_whoever_applies_the_draft_of_another_answers_for_it(self):
        self._applied()
        other = self._small(user=self.colleague)
        self._refused(other.with_user(self.clerk))

    def test_days_are_a_setting_of_the_company(self):
        first = self._applied()
        first.sudo().applied_on = fields.Datetime.now() - timedelta(days=29)
        draft = self._small()
        self._refused(draft)
        self.company_a.sudo().clerk_stake_days = 28
        draft.invalidate_recordset()
        self.assertEqual(draft.stake, 345)
        draft.action_apply()

    def test_what_another_person_approved_does_not_count_against_the_proposer(self):
        large = self._correction(self._posted((10, 200.0)))
        large.line_ids.quantity = 0
        large.action_request_approval()
        large.with_user(self.supervisor).action_approve()
        self.assertEqual(self._applied().stake, 345)

    def test_approvers_cannot_be_split_around_either(self):
        """Would have caught: 2 × 23,000 approved by somebody with a limit of 25,000."""
        first, second = (self._correction(self._posted((1, 20000.0))) for _ in range(2))
        for correction in first + second:
            correction.line_ids.quantity = 0
        first.action_request_approval()
        second.action_cancel()
        first.invalidate_recordset()
        first.with_user(self.supervisor).action_approve()
        first.action_apply()
        third = self._correction(self._posted((1, 20000.0)))
        third.line_ids.quantity = 0
        third.action_request_approval()
        with self.assertRaisesRegex(AccessError, "above your own limit"):
            third.with_user(self.supervisor).action_approve()
        another = self._new_user("another", "invoicing_clerk.group_supervisor")
        third.with_user(another).action_approve()

    def test_approvers_cannot_be_split_by_proposers(self):
        """Would have caught: 2 × 23,000 of two clerks, approved by one supervisor."""
        first, second = (
            self._correction(self._posted((1, 20000.0)), user=user)
            for user in (self.clerk, self.colleague)
        )
        # A recordset of both would have the rights of the first one only.
        for correction in (first, second):
            correction.line_ids.quantity = 0
            correction.action_request_approval()
        first.with_user(self.supervisor).action_approve()
        supervised = second.with_user(self.supervisor)
        supervised.invalidate_recordset()
        self.assertEqual(supervised.stake, 46000)
        for step in (
            lambda: supervised.action_approve(),
            lambda: (first.action_apply(), supervised.action_approve()),
            lambda: supervised.action_approve_and_apply(),
        ):
            supervised.invalidate_recordset()
            with self.assertRaisesRegex(AccessError, "above your own limit"):
                step()
        another = self._new_user("another", "invoicing_clerk.group_supervisor")
        second.action_edit_again()
        second.action_request_approval()
        self.assertEqual(second._approvers(), another)
        second.with_user(another).action_approve()
        other = self._correction(
            self._posted((1, 20000.0), partner=self.partner_b), user=self.colleague
        )
        other.line_ids.quantity = 0
        other.action_request_approval()
        other.with_user(self.supervisor).action_approve()

    def test_stakes_of_a_list_are_one_search(self):
        drafts = self._small() + self._small()
        few = self._queries(drafts)
        for _each in range(6):
            drafts += self._small()
        self._assert_no_more_queries(few, self._queries(drafts))

    def _queries(self, corrections):
        def compute_own():
            corrections.mapped("own_stake")
            self.env.flush_all()
            corrections.invalidate_recordset(["stake"])

        return self._count_queries(corrections.mapped, "stake", first=compute_own)
