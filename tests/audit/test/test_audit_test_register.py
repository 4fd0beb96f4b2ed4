from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditTestAccess(AuditTestCommon):
    """Access rights of all users who have them are listed, and of nobody else."""

    def _log_in(self, user, moment):
        log = self.env["res.users.log"].with_user(user).sudo().create({})
        self._tamper(log, create_date=moment)

    def test_access_rights(self):
        self._log_in(self.clerk, "2020-01-01 10:00:00")
        self._log_in(self.supervisor, "2099-01-01 10:00:00")
        run = self._run("ACCESS")
        rows = {each.user_id: each for each in run.exception_ids}
        self.assertEqual(rows[self.clerk].reason, "rights_unused")
        self.assertEqual(rows[self.clerk].facts["rights"], ["post", "bank"])
        self.assertEqual(rows[self.supervisor].reason, "rights_all")
        self.assertEqual(
            rows[self.supervisor].facts["rights"], ["post", "approve", "bank"]
        )
        self.assertEqual(rows[self.colleague].reason, "rights")
        self.assertIn("never", rows[self.colleague].explanation)
        for user in (self.auditor, self.outsider, self.clerk_b):
            self.assertNotIn(user, rows)
        self.assertEqual(len(rows), len(run.exception_ids))

    def test_another_login_stays_cleared(self):
        today = fields.Datetime.now()
        self._log_in(self.clerk, today - timedelta(days=2))
        run = self._run("ACCESS")
        cleared = run.exception_ids.filtered(lambda row: row.user_id == self.clerk)
        cleared.with_user(self.auditor)._clear("Leaves at the end of the month")
        self._log_in(self.clerk, today)
        run.action_run_again()
        row = run.search([("previous_id", "=", run.id)]).exception_ids.filtered(
            lambda row: row.user_id == self.clerk
        )
        self.assertEqual((row.state, row.is_new), ("cleared", False))
        self.assertEqual(row.facts["date_login"], str(today.date()))

    def test_login_dates_are_in_the_time_zone_of_the_company(self):
        self.company_a.partner_id.tz = "Asia/Tokyo"
        self._log_in(self.clerk, "2020-01-01 22:00:00")
        run = self._run("ACCESS")
        row = run.exception_ids.filtered(lambda row: row.user_id == self.clerk)
        self.assertEqual(row.facts["date_login"], "2020-01-02")

    def test_only_users_of_the_company(self):
        auditor = self._new_user(
            "auditor_b", "invoicing_clerk.group_auditor", company=self.company_b
        )
        audit = (
            self.env["clerk.audit"]
            .sudo()
            .create(
                {
                    "name": "Company B",
                    "company_id": self.company_b.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-06-30",
                    "lead_id": auditor.id,
                    "auditor_ids": auditor.ids,
                }
            )
        )
        run = self._run("ACCESS", user=auditor, audit=audit)
        self.assertIn(self.clerk_b, run.exception_ids.user_id)
        self.assertNotIn(self.clerk, run.exception_ids.user_id)

    def test_clerks_do_not_see_it(self):
        run = self._run("ACCESS")
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).read(["exception_count"])
        with self.assertRaises(AccessError):
            run.exception_ids[0].with_user(self.clerk).read(["facts"])
        self.assertTrue(run.with_user(self.supervisor).exception_ids[0].explanation)


@tagged("post_install", "-at_install")
class TestAuditTestMaster(AuditTestCommon):
    """Changes of master data are listed with old and new values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit = cls._audit(date_from="2026-01-01", date_to="2099-12-31")
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Master"})
        cls._told()

    @classmethod
    def _told(cls):
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def _changes(self):
        self._told()
        run = self._run("MASTER")
        return [
            (each.reason, each.facts.get("old"), each.facts["new"])
            for each in run.exception_ids.sorted("id")
            if each.partner_id == self.customer
        ]

    def _change(self, **values):
        customer = self.customer.with_user(self.clerk).with_context(**self.env.context)
        customer.write(values)
        self._told()

    def test_nothing_else(self):
        self._change(comment="Likes tea", phone="+1 555 0100")
        self.assertEqual(self._changes(), [])

    def test_changes_of_other_periods(self):
        self._change(vat="US12345671")
        account = self.env["res.partner.bank"].create(
            {"acc_number": "111", "partner_id": self.customer.id}
        )
        self._told()
        for moment in ("2025-12-31 23:00:00", "2100-01-01 01:00:00"):
            self._tamper(self.customer.message_ids, date=moment)
            self._entered(account, moment)
            self.assertEqual(self._changes(), [])
            self.audit = self._audit(date_to="2099-12-31")

    def test_tax_number_terms_and_limit(self):
        terms = self.env["account.payment.term"].create({"name": "45 days"})
        self._change(vat="US12345671")
        self._change(property_payment_term_id=terms.id)
        self._change(credit_limit=500)
        self.assertEqual(
            self._changes(),
            [
                ("changed", "", "45 days"),
                ("changed", "0", "500"),
                ("changed", "", "US12345671"),
            ],
        )
        changed = (
            self.env["clerk.audit.exception"]
            .sudo()
            .search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(changed.user_id, self.clerk)

    def test_bank_accounts(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "111", "partner_id": self.customer.id}
        )
        self._told()
        account.acc_number = "222"
        self.assertEqual(
            self._changes(),
            [("changed", "111", "222"), ("bank_new", None, "222")],
        )
        changed = self.audit.run_ids.exception_ids.filtered(
            lambda each: each.partner_id == self.customer and each.reason == "changed"
        )
        # Stored by field name, so that runs in other languages find the same.
        self.assertEqual(changed.facts["field"], "res.partner.bank,acc_number")
        self.assertIn("Account Number", changed.explanation)


@tagged("post_install", "-at_install")
class TestAuditTestCorrect(AuditTestCommon):
    """Corrections are listed with the users who proposed and approved them."""

    def _corrected(self, amount):
        invoice = self._invoice(amount)
        error = self._open_error(invoice, {"claimed_quantity": 0})
        error.action_propose_correction()
        return error.correction_ids

    def test_none(self):
        self._skipped("CORRECT", "contain nothing to test")

    def test_corrections(self):
        self.env["clerk.approval.limit"].sudo().search([]).unlink()
        clerks = self.env.ref("invoicing_clerk.group_clerk")
        supervisors = self.env.ref("invoicing_clerk.group_supervisor")
        self.env["clerk.approval.limit"].sudo().create(
            [
                {"group_id": clerks.id, "amount": 50},
                {"group_id": supervisors.id, "unlimited": True},
            ]
        )
        small, large = self._corrected(40), self._corrected(90)
        (small | large).date = "2026-05-05"
        small.action_apply()
        large.action_request_approval()
        large.with_user(self.supervisor).action_approve()
        large.action_apply()
        self._corrected(30)
        run = self._run("CORRECT")
        self.assertEqual(
            sorted(each.reason for each in run.exception_ids),
            ["corrected", "corrected_within"],
        )
        by_kind = {each.reason: each for each in run.exception_ids}
        self.assertIn(self.supervisor.name, by_kind["corrected"].explanation)
        self.assertEqual(by_kind["corrected"].move_id, large.move_id)
        self.assertEqual(
            self._figures(run),
            {
                "corrections": 2,
                "self_approved": 0,
                "correction_waiting": 0,
                "correction_refused": 0,
            },
        )

    def test_corrections_not_applied(self):
        self.env["clerk.approval.limit"].sudo().search([]).unlink()
        waiting, refused = self._corrected(40), self._corrected(90)
        (waiting | refused).date = "2026-05-05"
        waiting.action_request_approval()
        refused.action_request_approval()
        refused.with_user(self.supervisor).action_refuse("Billed as agreed")
        run = self._run("CORRECT")
        rows = {row.move_id: (row.reason, row.explanation) for row in run.exception_ids}
        self.assertEqual(rows[waiting.move_id][0], "correction_waiting")
        self.assertEqual(rows[refused.move_id][0], "correction_refused")
        self.assertIn("refused: Billed as agreed", rows[refused.move_id][1])
        self.assertEqual(self._figures(run)["corrections"], 0)

    def test_approved_by_the_proposer(self):
        """The model forbids it, so it must have been written by SQL."""
        correction = self._corrected(40)
        correction.date = "2026-05-05"
        correction.action_apply()
        self._tamper(
            correction, approved_by_id=self.clerk.id, proposed_by_id=self.clerk.id
        )
        run = self._run("CORRECT")
        self.assertEqual(run.exception_ids.reason, "self_approved")
