from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementPreference(StatementCommon):
    """Statement preferences of customers."""

    def setUp(self):
        super().setUp()
        self.today = fields.Date.context_today(self.partner_a)

    def test_contact_shows_preferences_of_the_customer(self):
        customer = self.partner_a.with_user(self.clerk)
        customer.write({"statement_delivery": "post", "statement_minimum": 12.5})
        self.assertEqual(self.contact_a.statement_delivery, "post")
        new = customer.create({"name": "Bea", "parent_id": customer.id})
        self.assertRecordValues(
            new, [{"statement_delivery": "post", "statement_minimum": 12.5}]
        )

    def test_change_on_a_contact_goes_to_the_customer(self):
        self.contact_a.with_user(self.clerk).statement_frequency = "quarterly"
        self.assertEqual(self.partner_a.statement_frequency, "quarterly")

    def test_date_without_reason_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "enter the reason why"):
            self.partner_a.statement_stop_until = self.today

    def test_stop_that_has_passed_is_refused(self):
        yesterday = self.today - timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "is in the past"):
            self.partner_a.write(
                {"statement_stop_reason": "In court", "statement_stop_until": yesterday}
            )

    def test_stop_ends_by_itself_and_keeps_no_contact_from_being_made(self):
        self.partner_a.write(
            {"statement_stop_reason": "In court", "statement_stop_until": self.today}
        )
        stopped = [("is_statement_stopped", "=", True)]
        self.assertTrue(self.partner_a.is_statement_stopped)
        self.assertIn(self.partner_a, self.partner_a.search(stopped))
        self.env.cr.execute(
            "UPDATE res_partner SET statement_stop_until = statement_stop_until - 1"
            " WHERE id = %s",
            [self.partner_a.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.partner_a.is_statement_stopped)
        self.assertNotIn(self.partner_a, self.partner_a.search(stopped))
        contact = self.env["res.partner"].create(
            {"name": "Cid", "parent_id": self.partner_a.id}
        )
        self.assertTrue(contact.statement_stop_reason)

    def test_removing_the_reason_removes_the_date(self):
        self.partner_a.write(
            {"statement_stop_reason": "In court", "statement_stop_until": self.today}
        )
        with Form(self.partner_a.with_user(self.clerk)) as form:
            form.statement_stop_reason = False
        self.assertFalse(self.partner_a.statement_stop_until)

    def test_minimum_below_zero_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.partner_a.statement_minimum = -1

    def test_minimum_is_of_one_company(self):
        self.partner_a.with_company(self.company_a).statement_minimum = 50
        self.assertFalse(self.partner_a.with_company(self.company_b).statement_minimum)
        self._posted((1, 40.0), taxes=self.env["account.tax"])
        self.assertEqual(self._statement(self._run()).suppression, "minimum")
        self._posted(
            (1, 40.0), company_data=self.company_b_data, taxes=self.env["account.tax"]
        )
        run = self._run(user=self.clerk_b, company_id=self.company_b.id)
        self.assertEqual(self._statement(run).state, "ready")

    def test_import(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        columns = [
            ".id",
            "statement_type",
            "statement_frequency",
            "statement_delivery",
            "statement_minimum",
            "statement_stop_reason",
            "statement_stop_until",
            "statement_contact_ids/.id",
        ]
        until = fields.Date.to_string(self.today + timedelta(days=30))
        row = [
            str(self.partner_a.id),
            "Balance Forward",
            "Every Quarter",
            "Printed",
            "25.50",
            "Moving house",
            until,
            str(self.contact_a.id),
        ]
        result = partners.load(columns, [row])
        self.assertFalse(result["messages"])
        self.assertRecordValues(
            self.partner_a,
            [
                {
                    "statement_type": "forward",
                    "statement_frequency": "quarterly",
                    "statement_delivery": "print",
                    "statement_minimum": 25.5,
                    "statement_stop_reason": "Moving house",
                    "statement_stop_until": fields.Date.to_date(until),
                    "statement_contact_ids": self.contact_a.ids,
                }
            ],
        )
        row[5:7] = "", until
        [message] = partners.load(columns, [row])["messages"]
        self.assertIn("enter the reason why", message["message"])

    def test_several_at_once(self):
        both = (self.partner_a + self.partner_b).with_user(self.supervisor)
        both.write({"statement_delivery": "portal"})
        self.assertEqual(set(both.mapped("statement_delivery")), {"portal"})

    def test_auditor_changes_nothing(self):
        with self.assertRaises(AccessError):
            self.partner_a.with_user(self.auditor).statement_delivery = "print"

    def test_recipients(self):
        self.assertEqual(self.partner_a._statement_contact(), self.partner_a)
        invoices = self.env["res.partner"].create(
            {"name": "Books", "parent_id": self.partner_a.id, "type": "invoice"}
        )
        self.assertEqual(self.partner_a._statement_contact(), invoices)
        self.partner_a.statement_contact_ids = [Command.set(self.contact_a.ids)]
        self.assertEqual(self.partner_a._statement_contact(), self.contact_a)

    def test_query_count_for_many_customers(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "email": f"{n}@example.com"} for n in range(40)]
        )
        few = self._count_queries(self._reach, partners[:4])
        many = self._count_queries(self._reach, partners)
        self._assert_no_more_queries(few, many, margin=2)

    def _reach(self, partners):
        contacts = partners._statement_contacts()
        self.assertTrue(
            all(
                partner._is_statement_reachable(contacts[partner], "email")
                for partner in partners
            )
        )
