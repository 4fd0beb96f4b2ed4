from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementRequest(StatementCommon):
    """Statements on request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0), taxes=cls.env["account.tax"])

    def _request(self, record=None, user=None):
        record = (record or self.partner_a).with_user(user or self.clerk)
        action = record.action_new_statement()
        return record.env[action["res_model"]].browse(action["res_id"])

    def test_from_the_customer(self):
        statement = self._request(self.contact_a)
        self.assertRecordValues(
            statement,
            [
                {
                    "partner_id": self.partner_a.id,
                    "date": fields.Date.context_today(self.partner_a),
                    "closing_company": 100,
                    "state": "ready",
                    "requested_by_id": self.contact_a.id,
                }
            ],
        )
        self.assertEqual(statement.run_id.kind, "request")
        self.assertEqual(statement.create_uid, self.clerk)

    def test_from_the_invoice(self):
        statement = self._request(self.invoice)
        self.assertEqual(statement.partner_id, self.partner_a)
        self.assertEqual(statement.company_id, self.company_a)

    def test_from_a_call_names_the_caller(self):
        customer = self.partner_a.with_context(statement_requested_by=self.contact_a.id)
        self.assertEqual(self._request(customer).requested_by_id, self.contact_a)

    def test_only_contacts_of_the_customer_are_named(self):
        """It would have caught a stranger who was sent in the context."""
        for forged in (self.partner_b.id, 2**30, "x", [self.contact_a.id], True):
            with self.subTest(forged=forged):
                customer = self.partner_a.with_context(statement_requested_by=forged)
                requester = self._request(customer).requested_by_id
                self.assertEqual(requester, self.partner_a)

    def test_exclusions_do_not_apply(self):
        self.partner_a.write(
            {
                "statement_stop_reason": "In court",
                "statement_minimum": 500,
                "statement_frequency": "request",
            }
        )
        self.assertEqual(self._request().state, "ready")
        self.assertEqual(self._request(self.partner_b).closing_company, 0)
        self.assertEqual(self._request(self.partner_b).state, "ready")

    def test_second_request_before_sending_updates_the_statement(self):
        run = self._request().run_id
        self._posted((1, 70.0), taxes=self.env["account.tax"])
        again = self._request()
        self.assertEqual(again.run_id, run)
        self.assertEqual(again.closing_company, 170)
        run.sudo().state = "done"
        self.assertNotEqual(self._request().run_id, run)

    def test_sent_in_one_click(self):
        statement = self._request()
        statement.action_send_request()
        self.assertEqual(statement.run_id.state, "sending")
        self.assertEqual(statement.delivery_state, "pending")
        with self.assertRaisesRegex(UserError, "is not available"):
            statement.action_send_request()

    def test_statement_of_a_batch_is_not_sent_alone(self):
        statement = self._statement(self._run())
        with self.assertRaisesRegex(UserError, "belongs to a run"):
            statement.action_send_request()

    def test_refused_to_auditor_and_outsider(self):
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self._request(user=user)

    def test_each_company_its_own(self):
        self._posted(
            (1, 30.0), company_data=self.company_b_data, taxes=self.env["account.tax"]
        )
        self.assertEqual(self._request(user=self.clerk_b).closing_company, 30)
        self.assertEqual(self._request(user=self.clerk).closing_company, 100)

    def test_count_and_last_date(self):
        run = self._run()
        customer = self.partner_a.with_user(self.auditor)
        self.assertFalse(customer.statement_count)
        run.sudo().state = "done"
        self._run("2026-02-28").sudo().state = "done"
        customer.invalidate_recordset()
        self.assertRecordValues(
            customer + self.contact_a.with_user(self.auditor),
            2
            * [
                {
                    "statement_count": 2,
                    "last_statement_date": fields.Date.to_date("2026-02-28"),
                }
            ],
        )
        action = customer.action_view_statements()
        self.assertEqual(
            customer.env["clerk.statement"].search(action["domain"]).partner_id,
            self.partner_a,
        )


@tagged("post_install", "-at_install")
class TestStatementMerge(StatementCommon):
    """Customers with statements who are merged, archived or deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create(
            {"name": "Partner A again", "email": cls.partner_a.email}
        )
        cls._posted((1, 100.0), taxes=cls.env["account.tax"])
        cls._posted((1, 70.0), partner=cls.double, taxes=cls.env["account.tax"])

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.partner_a + self.double).ids, self.partner_a)
        self.assertFalse(self.double.exists())

    def test_both_statements_that_went_out_are_kept(self):
        run = self._run()
        run.sudo().state = "done"
        both = run.statement_ids.filtered(
            lambda each: each.partner_id in self.partner_a + self.double
        )
        self._merge()
        self.assertEqual(both.exists(), both)
        self.assertEqual(both.partner_id, self.partner_a)
        self.assertEqual(set(both.mapped("merged_from")), {False, "Partner A again"})
        self.assertEqual(sum(both.line_ids.mapped("open_amount")), 170)

    def test_run_under_review_is_computed_again(self):
        run = self._run()
        self._merge()
        self.assertEqual(run.state, "draft")
        self.assertIn("Partner A again", run.error)
        run.action_compute()
        self.assertFalse(run.error)
        self.assertEqual(self._statement(run).closing_company, 170)

    def test_what_is_being_sent_goes_to_the_customer_once(self):
        run = self._run()
        run.action_review()
        run.action_send()
        double = self._statement(run, self.double)
        self._merge()
        self.assertEqual(double.delivery_state, "failed")
        self.assertIn("merged with partner_a", double.delivery_error)
        kept = run.statement_ids.filtered(
            lambda each: each.partner_id == self.partner_a and not each.merged_from
        )
        self.assertEqual(kept.delivery_state, "pending")

    def test_run_of_one_of_them_follows(self):
        run = self._run(include="chosen", partner_ids=[Command.set(self.double.ids)])
        self._merge()
        self.assertEqual(run.state, "computed")
        self.assertEqual(run.partner_ids, self.partner_a)
        self.assertEqual(self._statement(run).closing_company, 70)

    def test_stop_of_the_past_is_no_obstacle(self):
        self.double.statement_stop_reason = "Moving"
        self.double.statement_stop_until = fields.Date.context_today(self.double)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET statement_stop_until = '2026-01-01' WHERE id = %s",
            [self.double.id],
        )
        self.env.invalidate_all()
        self._merge()
        self.assertFalse(self.partner_a.is_statement_stopped)

    def test_archived_customer_stays_on_the_run(self):
        run = self._run()
        self.partner_a.active = False
        self.assertTrue(self._statement(run))
        run.action_compute()
        self.assertEqual(self._statement(run).closing_company, 100)

    def test_deleting_says_what_to_do(self):
        partner = self.env["res.partner"].create({"name": "Nothing owed"})
        self._run(include="chosen", partner_ids=[Command.set(partner.ids)])
        with self.assertRaisesRegex(UserError, "Archive the contact"):
            partner.with_user(self.clerk).unlink()
