from datetime import timedelta
from html import unescape
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.controllers import statement as statement_portal
from odoo.addons.invoicing_clerk.models.statement.statement_dispute import (
    MAX_CASES_PER_DAY,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


class StatementPortalCommon(StatementCommon):
    """A customer with a login, another one, and statements that were sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._portal_user("customer_a", cls.contact_a)
        cls.stranger = cls._portal_user("customer_b", cls.partner_b)
        cls.invoice = cls._posted((1, 100.0), taxes=cls.no_tax)
        cls.other_invoice = cls._posted(
            (1, 70.0), partner=cls.partner_b, taxes=cls.no_tax
        )
        cls.last_month = fields.Date.context_today(cls.partner_a) - timedelta(days=30)
        cls.sent_run = (
            cls.env["clerk.statement.run"]
            .with_user(cls.clerk)
            .create(
                {
                    "date": cls.last_month,
                    "company_id": cls.company_a.id,
                    "with_zero": True,
                }
            )
        )
        cls.sent_run.action_compute()
        cls.statement = cls.sent_run.statement_ids.filtered(
            lambda each: each.partner_id == cls.partner_a
        )
        cls.sent_run.sudo().state = "done"

    @classmethod
    def _portal_user(cls, login, partner):
        partner.email = f"{login}@example.com"
        return new_test_user(
            cls.env, login=login, groups="base.group_portal", partner_id=partner.id
        )


@tagged("post_install", "-at_install")
class TestStatementPortalRights(StatementPortalCommon):
    """Access rights of portal users."""

    def test_own_statements_only(self):
        found = self.env["clerk.statement"].with_user(self.customer).search([])
        self.assertEqual(found, self.statement)
        self.assertEqual(self.statement.with_user(self.customer).closing_company, 100)
        with self.assertRaises(AccessError):
            self.statement.with_user(self.stranger).read(["closing_company"])

    def test_only_sent_statements(self):
        for state in ("draft", "computed", "reviewed", "cancelled"):
            self.sent_run.sudo().state = state
            with self.assertRaises(AccessError):
                self.statement.with_user(self.customer).check_access("read")
        self.sent_run.sudo().state = "done"
        for state in ("held", "suppressed"):
            self.statement.sudo().state = state
            with self.assertRaises(AccessError):
                self.statement.with_user(self.customer).check_access("read")

    def test_internal_fields_and_models(self):
        own = self.statement.with_user(self.customer)
        for name in (
            *("exception_codes", "exceptions", "run_kind", "billing_error_ids"),
            *("remark", "suppression_details", "delivery_error", "delivery_tries"),
        ):
            with self.assertRaises(AccessError):
                own.read([name])
        for model in (
            "clerk.statement.run",
            "clerk.statement.line",
            "clerk.statement.balance",
            "clerk.statement.proof",
            "clerk.billing.error",
            "clerk.billing.error.reason",
        ):
            self.assertFalse(
                self.env[model].with_user(self.customer).has_access("read")
            )

    def test_no_changes(self):
        own = self.statement.with_user(self.customer)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(own.has_access(operation))
        for step in ("action_hold", "action_send_request", "action_compare"):
            with self.assertRaises(AccessError):
                getattr(own, step)()

    def test_outsider_has_no_access(self):
        with self.assertRaises(AccessError):
            self.env["clerk.statement"].with_user(self.outsider).search([])

    def test_rows_show_changes_since(self):
        new = self._posted(
            (1, 30.0), taxes=self.no_tax, invoice_date=fields.Date.today()
        )
        self._pay(self.invoice)
        rows = self.statement.sudo()._portal_rows()
        self.assertEqual(
            [(row["move"], row["stated"], row["now"]) for row in rows],
            [(self.invoice, 100, 0), (new, 0, 30)],
        )
        self.assertEqual(self.statement._portal_totals(rows), {self.currency_a: 30})
        again = self.statement.sudo()._portal_rows()
        self.assertEqual([row["stated"] for row in again], [100, 0])

    def test_totals_by_currency(self):
        self._posted((1, 50.0), taxes=self.no_tax, currency=self.foreign_currency)
        rows = self.statement.sudo()._portal_rows()
        self.assertEqual(
            self.statement._portal_totals(rows),
            {self.currency_a: 100, self.foreign_currency: 50},
        )


@tagged("post_install", "-at_install")
class TestStatementPortal(StatementPortalCommon, HttpCase):
    """Portal pages, for customers with a login or the link."""

    def _page(self, statement=None, status=200, **query):
        statement = statement or self.statement
        answer = self.url_open(
            f"/my/statements/{statement.id}?"
            + "&".join(f"{key}={value}" for key, value in query.items()),
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status, answer.text[:500])
        return answer.text

    def _as(self, user):
        self.authenticate(user.login, user.login)

    def _report(self, moves, text="It was delivered broken", token=None, **more):
        page = self._page(**({"access_token": token} if token else {}))
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {
            "csrf_token": csrf,
            "move_id": moves.ids,
            "text": text,
            **more,
        }
        query = f"?access_token={token}" if token else ""
        path = f"/my/statements/{self.statement.id}/report{query}"
        return self.url_open(path, data=data)

    @property
    def _cases(self):
        return (
            self.env["clerk.billing.error"].sudo().search([("origin", "=", "portal")])
        )

    def test_list(self):
        self._as(self.customer)
        page = self.url_open("/my/statements").text
        self.assertIn(self.statement.name, page)
        self.assertNotIn("partner_b", page)
        self._as(self.stranger)
        self.assertNotIn(
            f">{self.statement.name}<", self.url_open("/my/statements").text
        )

    def test_list_without_statements(self):
        self._as(self.outsider)
        self.assertIn("no statements yet", self.url_open("/my/statements").text)

    def test_home_has_a_card(self):
        self._as(self.customer)
        self.assertIn("/my/statements", self.url_open("/my/home").text)

    def test_many_documents_have_pages(self):
        """Table: page -> documents on it. Totals and links are those of all pages.

        Would have caught: 9,110 documents were one page, which took a minute.
        """
        for number in range(4):
            self._posted((1, 10.0 + number), taxes=self.no_tax)
        self.startPatcher(patch.object(statement_portal, "ROWS", 2))
        rows = self.statement.sudo()._portal_rows()
        self.assertEqual(len(rows), 5)
        names = [row["name"] for row in rows]
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        for page, shown in (
            *(("1", names[:2]), ("2", names[2:4]), ("3", names[4:])),
            *(("99", names[4:]), ("0", names[:2]), ("9" * 5000, names[4:])),
            ("x", names[:2]),
        ):
            with self.subTest(page=page):
                text = self._page(access_token=token, page=page)
                found = [name for name in names if name in text]
                self.assertEqual(found, shown)
                self.assertIn("146.00", text, "what is open on all pages")
        first = self._page(access_token=token)
        link = f"{self.statement.access_url}/page/3?access_token={token}"
        self.assertIn(link, unescape(first))
        self.assertIn(names[4], self.url_open(link).text)

    def test_a_refused_report_returns_to_its_page(self):
        for number in range(2):
            self._posted((1, 10.0 + number), taxes=self.no_tax)
        self.startPatcher(patch.object(statement_portal, "ROWS", 2))
        names = [row["name"] for row in self.statement.sudo()._portal_rows()]
        self._as(self.customer)
        answer = self._report(self.invoice, text=" ", page="2")
        self.assertIn("alert-danger", answer.text)
        self.assertIn(names[2], answer.text)

    def test_page_marks_the_first_opening(self):
        self._as(self.customer)
        self.assertIn(self.invoice.name, self._page())
        opened = self.statement.opened_on
        self.assertTrue(opened)
        self.statement.sudo().opened_on = opened - timedelta(days=1)
        self._page()
        self.assertEqual(self.statement.opened_on, opened - timedelta(days=1))

    def test_clerk_does_not_count_as_opening(self):
        self._as(self.clerk)
        self._page()
        self.assertFalse(self.statement.opened_on)

    def test_other_customer_is_redirected(self):
        self._as(self.stranger)
        self._page(status=303)
        self.assertFalse(self.statement.opened_on)

    def test_token(self):
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        self.assertIn(self.invoice.name, self._page(access_token=token))
        self.assertTrue(self.statement.opened_on)

    def test_wrong_token(self):
        self.authenticate(None, None)
        self.statement.sudo()._portal_ensure_token()
        self._page(status=303)
        self._page(status=303, access_token="")
        self._page(status=303, access_token="guess")

    def test_token_of_another_customer(self):
        self.authenticate(None, None)
        self.statement.sudo()._portal_ensure_token()
        other = self.sent_run.statement_ids.filtered(
            lambda each: each.partner_id == self.partner_b
        )
        self._page(status=303, access_token=other.sudo()._portal_ensure_token())

    def test_expired_token(self):
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        self.company_a.sudo().clerk_statement_link_days = 29
        self._page(status=303, access_token=token)
        self._as(self.customer)
        self._page(access_token=token)

    def test_token_of_a_statement_that_was_called_back(self):
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        self.sent_run.sudo().state = "reviewed"
        self._page(status=303, access_token=token)

    def _take_payments(self):
        self.env["payment.provider"].sudo().create(
            {
                "name": "Cards",
                "code": "none",
                "state": "test",
                "company_id": self.company_a.id,
            }
        )
        settings = self.env["ir.config_parameter"].sudo()
        settings.set_param("account_payment.enable_portal_payment", "True")

    def test_paying_online(self):
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        self.assertNotIn("portal_pay", self._page(access_token=token))
        self._take_payments()
        page = self._page(access_token=token)
        [link] = [
            word for word in page.split('"') if "portal_pay" in word and "/my/" in word
        ]
        self.assertIn(f"/my/invoices/{self.invoice.id}?", link)
        answer = self.url_open(unescape(link))
        self.assertIn(self.invoice.name, answer.text)
        self._pay(self.invoice)
        self.assertNotIn("portal_pay", self._page(access_token=token))

    def test_clerk_cannot_pay(self):
        self._take_payments()
        self._as(self.clerk)
        self.assertNotIn("portal_pay", self._page())

    def test_deleted_statement(self):
        self._as(self.customer)
        answer = self.url_open("/my/statements/999999999", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)

    def test_stored_document(self):
        statement_sudo = self.statement.sudo()
        content = blank_pdf("As it was sent")
        statement_sudo._store_documents({statement_sudo: content})
        self._as(self.customer)
        answer = self.url_open(
            f"/my/statements/{self.statement.id}?report_type=pdf&download=true"
        )
        self.assertEqual(answer.content, content)
        self._as(self.stranger)
        self._page(status=303, report_type="pdf")

    def test_report_a_problem(self):
        self._as(self.customer)
        reason = self.env.ref("invoicing_clerk.reason_qty")
        page = self._report(self.invoice, reason_id=reason.id).text
        self.assertIn("Thank you", page)
        self.assertRecordValues(
            self._cases,
            [
                {
                    "move_ids": self.invoice.ids,
                    "partner_id": self.partner_a.id,
                    "contact_id": self.contact_a.id,
                    "reason_id": reason.id,
                    "description": "It was delivered broken",
                    "statement_id": self.statement.id,
                    "company_id": self.company_a.id,
                    "user_id": False,
                    "state": "new",
                }
            ],
        )
        self.assertEqual(self._cases.line_ids.move_id, self.invoice)
        self.assertIn(self._cases.name, page)
        self.assertEqual(self.statement.billing_error_count, 1)

    def test_with_the_link_alone(self):
        self.authenticate(None, None)
        token = self.statement.sudo()._portal_ensure_token()
        self._report(self.invoice, token=token)
        self.assertEqual(self._cases.contact_id, self.partner_a)

    def test_reason_that_is_not_in_the_portal(self):
        self._as(self.customer)
        reason = self.env.ref("invoicing_clerk.reason_short")
        self._report(self.invoice, reason_id=reason.id)
        self.assertFalse(self._cases.reason_id)

    def test_one_case_for_each_currency(self):
        foreign = self._posted(
            (1, 50.0), taxes=self.no_tax, currency=self.foreign_currency
        )
        self._as(self.customer)
        self._report(self.invoice + foreign)
        self.assertEqual(len(self._cases), 2)
        self.assertEqual(self._cases.move_ids, self.invoice + foreign)

    def test_invoice_of_somebody_else(self):
        self._as(self.customer)
        page = self._report(self.invoice + self.other_invoice).text
        self.assertIn("select documents of this statement only", page)
        self.assertFalse(self._cases)

    def test_reported_twice(self):
        self._as(self.customer)
        self._report(self.invoice)
        page = self._report(self.invoice).text
        self.assertIn("already under review", page)
        self.assertEqual(len(self._cases), 1)

    def test_entered_text_is_kept(self):
        self._as(self.customer)
        page = self._report(self.env["account.move"], text="My <b>words</b>").text
        self.assertIn("select the documents", page)
        self.assertIn("My &lt;b&gt;words&lt;/b&gt;", page)
        self.assertIn(
            "describe the problem.", self._report(self.invoice, text="  ").text
        )
        self.assertIn("2000", self._report(self.invoice, text="a" * 2001).text)
        self.assertFalse(self._cases)

    def test_limit_per_day(self):
        moves = self._posted(taxes=self.no_tax)
        self.env["clerk.billing.error"].sudo().create(
            [
                {"move_ids": moves.ids, "origin": "portal"}
                for _number in range(MAX_CASES_PER_DAY)
            ]
        )
        self._as(self.customer)
        self.assertIn("Please call us", self._report(self.invoice).text)
        self.assertEqual(len(self._cases), MAX_CASES_PER_DAY)

    def test_limit_counts_the_last_day(self):
        moves = self._posted(taxes=self.no_tax)
        cases = (
            self.env["clerk.billing.error"]
            .sudo()
            .create(
                [
                    {"move_ids": moves.ids, "origin": "portal"}
                    for _number in range(MAX_CASES_PER_DAY)
                ]
            )
        )
        now = fields.Datetime.now()
        statement = self.statement.sudo()
        for hours, is_refused in ((1, True), (23, True), (25, False)):
            with self.subTest(hours=hours):
                cases.date_opened = now - timedelta(hours=hours)
                if is_refused:
                    with self.assertRaisesRegex(UserError, "within a day"):
                        statement._check_dispute_limit()
                else:
                    statement._check_dispute_limit()

    def test_clerk_does_not_report_here(self):
        self._as(self.clerk)
        self.assertNotIn("Report a Problem", self._page())

    @mute_logger("odoo.http")
    def test_forged_form(self):
        self._as(self.customer)
        answer = self.url_open(
            f"/my/statements/{self.statement.id}/report",
            data={"move_id": self.invoice.ids, "text": "Forged"},
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._cases)

    def test_stranger_reports_nothing(self):
        self._as(self.stranger)
        own = self.sent_run.statement_ids.filtered(
            lambda each: each.partner_id == self.partner_b
        )
        page = self._page(own)
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        self.url_open(
            f"/my/statements/{self.statement.id}/report",
            data={"csrf_token": csrf, "move_id": self.invoice.ids, "text": "Ha"},
        )
        self.assertFalse(self._cases)

    def test_tour(self):
        self.start_tour(
            "/my/statements", "invoicing_clerk_statement_portal", login="customer_a"
        )
        self.assertRecordValues(
            self._cases,
            [
                {
                    "move_ids": self.invoice.ids,
                    "contact_id": self.contact_a.id,
                    "description": "Two of the chairs never came.",
                    "reason_id": self.env.ref("invoicing_clerk.reason_qty").id,
                }
            ],
        )
