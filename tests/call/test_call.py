from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallLog(CallCommon):
    """The fields and constraints of a call."""

    def test_contact_belongs_to_customer(self):
        call = self._call(partner_id=self.contact_a.id)
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertEqual(call.contact_id, self.contact_a)

    def test_customer_comes_from_the_invoices(self):
        invoice = self._posted()
        call = self._call(move_ids=[Command.set(invoice.ids)])
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertEqual(call.company_id, self.company_a)

    def test_duration_runs_and_can_be_typed(self):
        start = fields.Datetime.now() - timedelta(minutes=30)
        call = self._call(start=start, end=start + timedelta(minutes=4))
        self.assertEqual(call.duration, 4)
        call.duration = 2.5
        self.assertEqual(call.end, start + timedelta(minutes=2, seconds=30))
        self.assertEqual(call.duration, 2.5)

    def test_invalid_values_are_refused(self):
        now = fields.Datetime.now()
        for values, words in (
            ({"start": now, "end": now - timedelta(minutes=1)}, "end before it"),
            ({"start": now + timedelta(hours=1)}, "in the future"),
            ({"start": now - timedelta(days=3), "end": now}, "lasts 72 hours"),
            ({"number": "ask Ada"}, "“ask Ada” is not a phone number"),
            ({"number": "12"}, "“12” is not a phone number"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._call(**values)

    def test_limits_of_times_are_inclusive(self):
        now = fields.Datetime.now()
        longest, ahead = timedelta(hours=24), timedelta(minutes=10)
        second = timedelta(seconds=1)
        with freeze_time(now):
            self._call(start=now - longest, end=now)
            self._call(start=now + ahead)
            for values, words in (
                ({"start": now - longest - second, "end": now}, "lasts 24 hours"),
                ({"start": now + ahead + second}, "in the future"),
            ):
                with (
                    self.subTest(values=values),
                    self.assertRaisesRegex(UserError, words),
                    self.env.cr.savepoint(),
                ):
                    self._call(**values)

    def test_invoices_of_other_customers_and_companies_are_refused(self):
        of_another = self._posted(partner=self.partner_b)
        of_company_b = self._posted(company_data=self.company_b_data)
        for invoice, words in (
            (of_another, "was billed to"),
            (of_company_b, "was issued by"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._call().sudo().move_ids = invoice

    def test_billing_errors_of_other_customers_are_refused(self):
        error = self._open_error(self._posted(partner=self.partner_b))
        with self.assertRaisesRegex(ValidationError, "belongs to partner_b"):
            self._call(error_ids=[Command.set(error.ids)])

    def test_calls_that_took_place_are_not_deleted(self):
        self._call().unlink()
        with self.assertRaisesRegex(UserError, "stay in the log"):
            self._call(state="done").unlink()
