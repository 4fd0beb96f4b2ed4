from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestApprovalLimit(ClerkCommon):
    """Whoever a limit applies to does not set it, in no way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user("second", "invoicing_clerk.group_supervisor")
        cls.administrator = cls._new_user("administrator", "base.group_system")
        cls.limits = cls.env["clerk.approval.limit"]

    def _shared(self):
        """Return values of limits that apply to a supervisor and to others."""
        groups = ("invoicing_clerk.group_supervisor", "invoicing_clerk.group_clerk")
        inherited = ("account.group_account_invoice", "base.group_user")
        return [
            {"group_id": self.env.ref(name).id} for name in (*groups, *inherited)
        ] + [{}, {"remedy_id": self.env.ref("invoicing_clerk.remedy_rebill").id}]

    def _of(self, user, **values):
        return self.limits.sudo().create({"user_id": user.id, "amount": 5, **values})

    def test_a_supervisor_creates_no_limit_that_applies_to_them(self):
        """Would have caught: a row for a group, or for nobody, lifted the own limit."""
        limits = self.limits.with_user(self.supervisor)
        company = {"company_id": self.company_a.id}
        forms = ({"unlimited": True}, {"amount": 10**9}, {"amount": 0})
        for values, form in product(self._shared(), forms):
            with self.subTest(values=values, form=form):
                with self.assertRaisesRegex(AccessError, "applies to you as well"):
                    limits.create({**values, **company, **form})
                with self.assertRaisesRegex(AccessError, "for all companies"):
                    limits.create({**values, "company_id": False, **form})

    def test_a_supervisor_changes_no_limit_that_applies_to_them(self):
        """Would have caught: the personal row of another was deleted or moved away."""
        own = self._of(self.supervisor)
        shipped = self.env.ref("invoicing_clerk.approval_limit_supervisor")
        everybody = self.limits.sudo().create({"amount": 1})
        changes = (
            {"amount": 9999},
            {"unlimited": True},
            {"active": False},
            {"user_id": self.clerk.id, "group_id": False},
            {"remedy_id": self.env.ref("invoicing_clerk.remedy_rebill").id},
            {"company_id": self.company_b.id},
        )
        for limit, change in product((own, shipped, everybody), changes):
            with (
                self.subTest(limit=limit, change=change),
                self.assertRaises(AccessError),
            ):
                limit.with_user(self.supervisor).write(change)
        for limit in (own, shipped, everybody):
            seen = limit.with_user(self.supervisor)
            forced = seen.with_context(_force_unlink=True)
            for remove in (seen.unlink, forced.unlink, seen.action_archive):
                with self.assertRaises(AccessError):
                    remove()

    def test_a_limit_of_another_does_not_become_the_own(self):
        limit = self._of(self.clerk).with_user(self.supervisor)
        clerks = self.env.ref("invoicing_clerk.group_clerk")
        for forged in (
            {"user_id": self.supervisor.id},
            {"user_id": False},
            {"user_id": False, "group_id": clerks.id},
            {"company_id": False},
        ):
            with self.assertRaises(AccessError):
                limit.write(forged)
        with self.assertRaises(AccessError):
            limit.copy({"user_id": self.supervisor.id})
        loaded = limit.load(["user_id/.id", "unlimited"], [[self.supervisor.id, "1"]])
        self.assertFalse(loaded["ids"])

    def test_limits_of_all_companies_belong_to_administrators(self):
        """Would have caught: a row without company was changed from any company."""
        shared = self._of(self.clerk, company_id=False)
        for user in (self.supervisor, self.second):
            with self.assertRaisesRegex(AccessError, "for all companies"):
                shared.with_user(user).amount = 9
        shared.with_user(self.administrator).amount = 7
        for limit in self.limits.sudo().search([("company_id", "=", False)]):
            limit.with_user(self.administrator).amount = 6
        with self.assertRaises(AccessError):
            self._of(self.clerk_b, company_id=self.company_b.id).with_user(
                self.supervisor
            ).amount = 9

    def test_not_even_administrators_set_their_own(self):
        with self.assertRaisesRegex(AccessError, "your own limit"):
            self.limits.with_user(self.administrator).create(
                {"user_id": self.administrator.id, "unlimited": True}
            )

    def test_another_supervisor_sets_it_and_each_change_is_logged(self):
        """Would have caught: changes of limits left no trace."""
        limits = self.limits.with_user(self.second)
        limit = limits.with_context(tracking_disable=False, mail_notrack=False).create(
            {"user_id": self.supervisor.id, "amount": 5}
        )
        self._flush_tracking()
        remedy = self.env.ref("invoicing_clerk.remedy_rebill")
        changes = {"amount": 7, "unlimited": True, "remedy_id": remedy.id}
        for name, value in {**changes, "active": False}.items():
            limit.write({name: value})
            self._flush_tracking()
            tracked = limit.message_ids.sudo().tracking_value_ids.field_id
            self.assertIn(name, tracked.mapped("name"))
        self.assertEqual(limit.message_ids[0].author_id, self.second.partner_id)

    def _flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_limits_are_archived_instead_of_deleted(self):
        limit = self._of(self.clerk)
        for user in (self.supervisor, self.administrator):
            with self.assertRaisesRegex(UserError, "archive the limit"):
                limit.with_user(user).unlink()
        allows = self.limits._governing
        remedy = self.env.ref("invoicing_clerk.remedy_correct_lines")
        self.assertEqual(allows(self.clerk, self.company_a, remedy), limit)
        limit.with_user(self.supervisor).action_archive()
        self.assertNotEqual(allows(self.clerk, self.company_a, remedy), limit)
