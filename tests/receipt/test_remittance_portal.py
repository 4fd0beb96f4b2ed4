from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from werkzeug.datastructures import MultiDict

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.receipt.remittance_portal import (
    MAX_REPORTS_PER_DAY,
)
from odoo.addons.invoicing_clerk.rules.limits import Limit
from odoo.addons.invoicing_clerk.tests.statement.test_statement_portal import (
    StatementPortalCommon,
)

from .common import ReceiptCommon

PAGE = "/my/open-items"


class RemittancePortalCommon(ReceiptCommon):
    """A customer with a login, another one, and their invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._portal_user("customer_a", cls.contact_a)
        cls.stranger = cls._portal_user("customer_b", cls.partner_b)
        cls.today = fields.Date.context_today(cls.partner_a)
        cls.invoice, cls.second = cls._invoice(100.0), cls._invoice(60.0)
        cls.foreign = cls._invoice(50.0, partner=cls.partner_b)

    @classmethod
    def _portal_user(cls, login, partner):
        partner.email = f"{login}@example.com"
        return new_test_user(
            cls.env, login=login, groups="base.group_portal", partner_id=partner.id
        )

    @classmethod
    def _items(cls, *moves):
        items = cls.env["account.move.line"]
        for move in moves:
            items |= move.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
        return items

    def _form(self, *lines, **values):
        """Return what a browser sends; each line is (item or move, amount, …)."""
        form = {"reference": "TRANSFER 7", "date": self.today.isoformat(), **values}
        ids = []
        for record, amount, *more in lines:
            item = record if record._name == "account.move.line" else None
            key = (item or self._items(record)).id
            ids.append(str(key))
            names = ("amount", "deduction", "reason")
            for name, value in zip(names, (amount, *more), strict=False):
                form[f"{name}_{key}"] = str(value)
        return {**form, "item_id": ids}

    @property
    def _advices(self):
        return self.env["clerk.remittance"].sudo().search([("source", "=", "portal")])


@tagged("post_install", "-at_install")
class TestRemittancePortal(RemittancePortalCommon):
    """Reports of payments are checked, and become advices."""

    def _report(self, *lines, user=None, **values):
        form = MultiDict(self._form(*lines, **values))
        user = user or self.customer
        advices = self.env["clerk.remittance"].with_user(user).sudo()
        return advices._report_payment(user.commercial_partner_id, form)

    def _refused(self, sentence, *lines, **values):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self._report(*lines, **values)
        self.assertFalse(self._advices)

    def test_becomes_an_advice(self):
        advice = self._report(
            (self.invoice, "90.00", "10.00", "one box was wet"),
            (self.second, "60"),
            total="150.00",
        )
        self.assertRecordValues(
            advice,
            [
                {
                    "name": "TRANSFER 7",
                    "partner_id": self.partner_a.id,
                    "company_id": self.company_a.id,
                    "currency_id": self.currency_a.id,
                    "date": self.today,
                    "total": 150.0,
                    "difference": 0.0,
                    "source": "portal",
                    "state": "draft",
                    "create_uid": self.customer.id,
                }
            ],
        )
        self.assertRecordValues(
            advice.line_ids,
            [
                {
                    "number": self.invoice.name,
                    "amount": 90.0,
                    "deduction": 10.0,
                    "reason": "one box was wet",
                    "item_id": self._items(self.invoice).id,
                },
                {
                    "number": self.second.name,
                    "amount": 60.0,
                    "deduction": 0.0,
                    "reason": "",
                    "item_id": self._items(self.second).id,
                },
            ],
        )

    def test_decides_what_the_payment_is_applied_to(self):
        """A payment of the same amount as another invoice is applied as reported."""
        self._invoice(150.0)
        advice = self._report(
            (self.invoice, "90", "10", "wet"), (self.second, "60"), total="150"
        )
        payment = self._payment(150.0)
        self.assertNotEqual(self._propose(payment).reason, "advice", "not confirmed")
        advice.with_user(self.clerk).action_confirm()
        match = self._propose(payment)
        self.assertEqual((match.reason, match.remittance_id), ("advice", advice))
        match.action_apply()
        self.assertEqual(self._open(self.invoice, self.second), [10.0, 0.0])
        self.assertEqual(advice.state, "applied")
        self.assertEqual(match.billing_error_ids.move_ids, self.invoice)

    def test_a_selected_instalment_is_kept(self):
        invoice = self._invoice(
            100.0,
            invoice_payment_term_id=self.env["account.payment.term"]
            .create(
                {
                    "name": "In two parts",
                    "line_ids": [
                        fields.Command.create({"value_amount": 50, "nb_days": days})
                        for days in (0, 30)
                    ],
                }
            )
            .id,
            invoice_date_due=False,
        )
        second = self._items(invoice).sorted("date_maturity")[1]
        advice = self._report((second, "20"), total="20")
        advice.with_user(self.clerk).action_confirm()
        self.assertEqual(advice.line_ids.item_id, second)

    def test_credit_notes(self):
        credit = self._invoice(30.0, move_type="out_refund")
        advice = self._report((self.invoice, "100"), (credit, "-30"), total="70")
        advice.with_user(self.clerk).action_confirm()
        self._propose(self._payment(70.0)).action_apply()
        self.assertEqual(self._open(self.invoice, credit), [0.0, 0.0])

    def test_bad_amounts(self):
        """Table: amount, deduction, reason -> the sentence."""
        for line, sentence in (
            (("-5",), "enter the amount"),
            (("0",), "enter the amount"),
            (("",), "enter the amount"),
            (("100.01",), "only .*100.00 is open"),
            (("90", "10.01", "wet"), "only .*100.00 is open"),
            (("90", "-1", "wet"), "cannot be negative"),
            (("90", "10"), "reason for the deduction"),
            (("90", "10", "   "), "reason for the deduction"),
            (("90", "10", "x" * 201), "at most 200"),
            (("NaN",), "not a valid amount"),
            (("Infinity",), "not a valid amount"),
            (("1e400",), "not a valid amount"),
            (("1e9999999",), "not a valid amount"),
            (("99.999",), "2 decimal places"),
            (("1e-400",), "2 decimal places"),
            (("90 EUR",), "not a valid amount"),
            (("9" * 41,), "at most 40"),
        ):
            with self.subTest(line=line):
                self._refused(sentence, (self.invoice, *line), total="90")

    def test_bad_totals(self):
        for total, sentence in (
            ("", "enter the total"),
            ("0", "enter the total"),
            ("-100", "enter the total"),
            ("nan", "not a valid amount"),
            ("1e400", "not a valid amount"),
            ("99.99", "0.01 is the difference"),
            ("160", "60.00 is the difference"),
        ):
            with self.subTest(total=total):
                self._refused(sentence, (self.invoice, "100"), total=total)

    def test_bad_texts_and_dates(self):
        days = {
            "tomorrow's tomorrow": self.today + timedelta(days=2),
            "too long ago": self.today - timedelta(days=367),
        }
        for values, sentence in (
            ({"reference": " "}, "enter the reference"),
            ({"reference": "x" * 65}, "at most 64"),
            ({"date": ""}, "enter the date"),
            ({"date": "2026-02-30"}, "not a valid date"),
            *(({"date": str(day)}, "enter the date") for day in days.values()),
        ):
            with self.subTest(values=values):
                self._refused(sentence, (self.invoice, "100"), total="100", **values)

    def test_selection(self):
        self._refused("select the items", total="100")
        self._refused(
            "at most 100", *[(self.invoice, "1") for _row in range(101)], total="101"
        )

    def test_items_of_others_look_like_none(self):
        """Nothing is learned about the items of other customers."""
        other = self._items(self.foreign).id
        for key in (other, 2**31 - 1, 2**70, "9" * 5000, "x", "-1", "²"):
            with self.subTest(key=key):
                values = {"item_id": [str(key)], f"amount_{key}": "50", "total": "50"}
                with self.assertRaises(UserError) as caught:
                    form = MultiDict({**self._form(), **values})
                    advices = self.env["clerk.remittance"].with_user(self.customer)
                    advices.sudo()._report_payment(self.partner_a, form)
                self.assertIn("no longer open", str(caught.exception))
                self.assertNotIn(self.foreign.name, str(caught.exception))

    def test_paid_meanwhile(self):
        self._pay(self.invoice)
        self._refused("no longer open", (self.invoice, "100"), total="100")
        self._pay(self.second, 50.0)
        self._refused("only .*10.00 is open", (self.second, "60"), total="60")
        self.assertEqual(self._report((self.second, "10"), total="10").total, 10.0)

    def test_one_currency_and_one_company(self):
        in_euro = self._invoice(100.0, currency=self.foreign_currency)
        elsewhere = self._invoice(100.0, company_data=self.company_b_data)
        self.customer.company_ids |= self.company_b
        for other in (in_euro, elsewhere):
            self._refused(
                "one by one", (self.invoice, "100"), (other, "100"), total="200"
            )
        euro = self._report((in_euro, "100"), total="100")
        self.assertEqual(euro.currency_id, self.foreign_currency)
        other = self._report((elsewhere, "100"), total="100")
        self.assertEqual(other.company_id, self.company_b)
        self.assertFalse(other.with_user(self.clerk).has_access("read"))
        self.assertTrue(other.with_user(self.clerk_b).has_access("read"))

    def test_submitted_twice(self):
        line = (self.invoice, "100")
        advice = self._report(line, total="100")
        self.assertEqual(self._report(line, total="100"), advice)
        for changed in ({"reference": "OTHER"}, {"total": "90"}):
            with self.assertRaisesRegex(UserError, "already reported"):
                self._report(line, **{"total": "100", **changed})
        with self.assertRaisesRegex(UserError, "already reported"):
            self._report(line, (self.second, "60"), total="160")
        self.assertEqual(self._advices, advice)

    @mute_logger("odoo.sql_db")
    def test_submitted_twice_at_the_same_time(self):
        """The database keeps what the other transaction could not see."""
        line = (self.invoice, "100")
        advice = self._report(line, total="100")
        of_portal = type(advice)
        with (
            patch.object(of_portal, "_reported", lambda _self, _items: {}),
            self.assertRaisesRegex(UserError, "being processed"),
            self.env.cr.savepoint(),
        ):
            self._report(line, total="100")
        self.assertEqual(self._advices, advice)

    def test_limit_per_day(self):
        for number in range(MAX_REPORTS_PER_DAY):
            self._report((self.invoice, "100"), total="100", reference=f"T{number}")
            self._advices.filtered(lambda each: each.state == "draft").action_cancel()
        with self.assertRaisesRegex(UserError, "Please call us"):
            self._report((self.invoice, "100"), total="100")
        other = self._report((self.foreign, "50"), total="50", user=self.stranger)
        self.assertEqual(other.partner_id, self.partner_b)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.assertTrue(self._report((self.invoice, "100"), total="100"))

    def test_no_rights_to_the_models(self):
        advice = self._report((self.invoice, "100"), total="100")
        for model in ("clerk.remittance", "clerk.remittance.line"):
            for user in (self.customer, self.stranger):
                self.assertFalse(self.env[model].with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            advice.with_user(self.customer).action_cancel()

    def test_on_the_worklist(self):
        advice = self._report((self.invoice, "100"), total="100")
        worklist = self.env.ref("invoicing_clerk.worklist_remittance_reported").sudo()
        worklist._refresh()
        items = worklist.item_ids.filtered(lambda item: item.state == "open")
        self.assertIn(advice.id, items.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestRemittancePortalPage(RemittancePortalCommon, HttpCase):
    """The page, for customers with a login."""

    def _as(self, user):
        self.authenticate(user and user.login, user and user.login)

    def _page(self, path=PAGE, status=200):
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, status, answer.text[:500])
        return answer.text

    def _send(self, *lines, path=f"{PAGE}/report", **values):
        page = self._page()
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        group = f"{self.company_a.id}-{self.currency_a.id}"
        data = {"csrf_token": csrf, "group": group, **self._form(*lines, **values)}
        return self.url_open(path, data=data, allow_redirects=False)

    def test_shows_own_items_only(self):
        self._as(self.customer)
        page = self._page()
        self.assertIn(self.invoice.name, page)
        self.assertIn('value="100.00"', page)
        item = self._items(self.foreign)
        self.assertNotIn(f'value="{item.id}"', page)
        self.assertNotIn(self.partner_b.name, page)
        self.assertIn(PAGE, self._page("/my/home"))

    def test_two_companies_and_currencies_have_forms_of_their_own(self):
        self._invoice(70.0, currency=self.foreign_currency)
        self._invoice(80.0, company_data=self.company_b_data)
        self.customer.company_ids |= self.company_b
        self._as(self.customer)
        page = self._page()
        self.assertEqual(page.count(f'action="{PAGE}/report"'), 3)
        self.assertIn(self.company_b.name, page)

    def test_companies_of_the_login_only(self):
        elsewhere = self._invoice(80.0, company_data=self.company_b_data)
        self._as(self.customer)
        self.assertNotIn(self.company_b.name, self._page())
        answer = self._send((elsewhere, "80"), total="80")
        self.assertIn("no longer open", answer.text)
        self.assertFalse(self._advices)

    def test_report_and_withdraw(self):
        self._as(self.customer)
        answer = self._send((self.invoice, "100"), total="100")
        self.assertEqual(answer.status_code, 303)
        advice = self._advices
        self.assertEqual((advice.total, advice.state), (100.0, "draft"))
        page = self._page()
        self.assertIn("Reported as paid on", page)
        self.assertNotIn(f'value="{self._items(self.invoice).id}"', page)
        self._send(path=f"{PAGE}/{advice.id}/withdraw")
        self.assertEqual(advice.state, "cancelled")
        self.assertNotIn("Reported as paid on", self._page())

    def test_confirmed_can_be_withdrawn_and_applied_cannot(self):
        self._as(self.customer)
        self._send((self.invoice, "100"), total="100")
        advice = self._advices
        advice.with_user(self.clerk).action_confirm()
        payment = self._payment(100.0)
        match = self._propose(payment)
        self.assertEqual(match.remittance_id, advice)
        self._send(path=f"{PAGE}/{advice.id}/withdraw")
        self.assertEqual(advice.state, "cancelled")
        self._send((self.invoice, "100"), total="100", reference="AGAIN")
        again = self._advices - advice
        again.with_user(self.clerk).action_confirm()
        self._propose(payment).action_apply()
        answer = self._send(path=f"{PAGE}/{again.id}/withdraw")
        self.assertIn("this action is not available", answer.text)
        self.assertEqual(again.state, "applied")
        self.assertIn("Applied", self._page())

    def test_what_was_entered_is_kept(self):
        self._as(self.customer)
        page = self._send(
            (self.invoice, "90", "5", "<b>wet</b>"), total="100", reference="T 9"
        ).text
        self.assertIn("10.00 is the difference", page)
        for entered in ('value="90"', 'value="5"', "&lt;b&gt;wet", 'value="T 9"'):
            self.assertIn(entered, page)
        self.assertIn("checked", page)
        self.assertFalse(self._advices)

    def test_reports_of_others(self):
        self._as(self.customer)
        self._send((self.invoice, "100"), total="100")
        advice = self._advices
        self._as(self.stranger)
        self.assertNotIn("TRANSFER 7", self._page())
        for key in (advice.id, 999999999):
            with mute_logger("odoo.http"):
                answer = self._send(path=f"{PAGE}/{key}/withdraw")
            self.assertEqual(answer.status_code, 404)
        answer = self._send((self.invoice, "100"), total="100")
        self.assertIn("no longer open", answer.text)
        self.assertEqual((advice.state, self._advices), ("draft", advice))

    def test_public_logs_in(self):
        self._as(None)
        for path in (PAGE, f"{PAGE}/page/2"):
            answer = self.url_open(path, allow_redirects=False)
            self.assertIn("/web/login", answer.headers["Location"])
        for path in (f"{PAGE}/report", f"{PAGE}/1/withdraw"):
            answer = self.url_open(path, data=self._form(), allow_redirects=False)
            self.assertNotEqual(answer.status_code, 200)
        self.assertFalse(self._advices)

    def test_users_of_the_company_have_no_page(self):
        for user in (self.clerk, self.supervisor, self.outsider):
            self._as(user)
            self.assertIn("/my", self.url_open(PAGE).url)
            self._page(status=303)
            data = self._form((self.invoice, "100"), total="100")
            answer = self.url_open(f"{PAGE}/report", data=data)
            self.assertEqual(answer.status_code, 403)
        self.assertFalse(self._advices)

    @mute_logger("odoo.http")
    def test_only_post_with_a_token_changes(self):
        self._as(self.customer)
        data = self._form((self.invoice, "100"), total="100")
        answer = self.url_open(f"{PAGE}/report", data=data)
        self.assertEqual(answer.status_code, 400, "no token")
        self.assertIn(self.url_open(f"{PAGE}/report").status_code, (404, 405))
        self.assertFalse(self._advices)
        self._send((self.invoice, "100"), total="100")
        path = f"{PAGE}/{self._advices.id}/withdraw"
        self.assertIn(self.url_open(path).status_code, (404, 405))
        self.assertEqual(self._advices.state, "draft")

    def test_pages(self):
        for number in range(3):
            self._invoice(10.0 + number)
        self._as(self.customer)
        with patch.dict(
            "odoo.addons.invoicing_clerk.rules.limits.LIMITS",
            {"report_lines": Limit(2, "row")},
        ):
            found = [
                self._page(f"{PAGE}/page/{page}").count('name="item_id"')
                for page in (1, 2, 3)
            ]
        self.assertEqual(found, [2, 2, 1])
        for page in ("x", "9" * 5000):
            self.assertIn(self.invoice.name, self._page(f"{PAGE}?page={page}"))

    def test_no_open_items(self):
        self._pay(self.foreign)
        self._as(self.stranger)
        page = self._page()
        self.assertIn("There are no open items.", page)
        self.assertNotIn('name="total"', page)


@tagged("post_install", "-at_install")
class TestReportedOnStatement(StatementPortalCommon, HttpCase):
    """The page of a statement leads to the report, and shows what was reported."""

    def _page(self, user, query=""):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(f"/my/statements/{self.statement.id}{query}").text

    def test_button_for_customers_with_a_login(self):
        token = self.statement.sudo()._portal_ensure_token()
        link = f'href="{PAGE}"'
        self.assertIn(link, self._page(self.customer))
        for user in (None, self.clerk):
            page = self._page(user, f"?access_token={token}")
            self.assertIn(self.invoice.name, page)
            self.assertNotIn(link, page)

    def test_reported_items_are_marked(self):
        self.assertNotIn("Reported as paid on", self._page(self.customer))
        item = self.invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        form = MultiDict(
            {
                "item_id": str(item.id),
                f"amount_{item.id}": "100",
                "total": "100",
                "date": fields.Date.today().isoformat(),
                "reference": "TRANSFER 7",
            }
        )
        advices = self.env["clerk.remittance"].with_user(self.customer).sudo()
        advices._report_payment(self.partner_a, form)
        self.assertIn("Reported as paid on", self._page(self.customer))
        self._pay(self.invoice)
        self.assertNotIn("Reported as paid on", self._page(self.customer))
