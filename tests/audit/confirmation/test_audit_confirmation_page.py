import base64
import json

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.rules import limits
from odoo.addons.invoicing_clerk.rules.limits import LIMITS, Limit
from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.common import TourCase


class ConfirmationPortalCommon(ConfirmationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(2)
        cls.portal_user = new_test_user(
            cls.env,
            login="customer_1",
            groups="base.group_portal",
            partner_id=cls.customers[0].id,
        )

    def setUp(self):
        super().setUp()
        self.run = self._asked(self.customers)
        self.confirmation = self._confirmation(self.run, self.customers[0])
        self.other = self._confirmation(self.run, self.customers[1])
        self.token = self.confirmation.sudo().access_token


@tagged("post_install", "-at_install")
class TestConfirmationPortal(ConfirmationPortalCommon, HttpCase):
    """The page for customers, outsiders and users of the company."""

    def _open(self, confirmation=None, token=None, **kwargs):
        confirmation = confirmation or self.confirmation
        path = f"/my/confirmations/{confirmation.id}"
        return self.url_open(
            f"{path}?access_token={token}" if token else path,
            allow_redirects=False,
            **kwargs,
        )

    def _fill_in(self, files=None, confirmation=None, **typed):
        confirmation = confirmation or self.confirmation
        page = self._open(token=self.token).text
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/my/confirmations/{confirmation.id}/answer?access_token={self.token}",
            data={"csrf_token": csrf, **typed},
            files=files,
        )

    def _sign(self, name="Ada", signature=None, confirmation=None):
        confirmation = confirmation or self.confirmation
        answer = self.url_open(
            f"/my/confirmations/{confirmation.id}/sign?access_token={self.token}",
            data=json.dumps(
                {
                    "params": {
                        "name": name,
                        "signature": self.signature if signature is None else signature,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertIn("result", answer, answer)
        return answer["result"]

    @property
    def _balance(self):
        return f"balance_{self.currency_a.id}"

    def test_access(self):
        self.authenticate(None, None)
        self.assertIn("101.00", self._open(token=self.token).text)
        for token in (None, "guess", self.other.sudo().access_token):
            answer = self._open(token=token)
            self.assertEqual(answer.status_code, 303, token)
        self.authenticate("customer_1", "customer_1")
        self.assertIn(self.confirmation.name, self._open().text)
        self.assertIn("101.00", self._open(token=self.token).text)
        self.assertEqual(self._open(self.other).status_code, 303)
        for user in (self.clerk, self.supervisor, self.auditor):
            self.authenticate(user.login, user.login)
            self.assertEqual(self._open(token=self.token).status_code, 303)

    def test_a_login_without_the_link_cannot_reply(self):
        """The company gives logins to customers: a clerk gave one to an own address,
        and signed in the customer's place."""
        self.authenticate("customer_1", "customer_1")
        page = self._open().text
        self.assertIn("open the link in the email", page)
        self.assertNotIn('name="agrees"', page)
        place = f"/my/confirmations/{self.confirmation.id}"
        csrf = page.split('csrf_token: "')[1].split('"')[0]
        call = json.dumps({"params": {"name": "Eve", "signature": self.signature}})
        for answer in (
            self.url_open(f"{place}/answer", data={"csrf_token": csrf}),
            self.url_open(
                f"{place}/sign",
                data=call,
                headers={"Content-Type": "application/json"},
            ),
        ):
            self.assertEqual(answer.status_code, 403, answer.text[:200])
        self.assertFalse(self.confirmation.sudo().proposal)
        self.assertIn('name="agrees"', self._open(token=self.token).text)

    def test_list_of_the_customer(self):
        self.authenticate("customer_1", "customer_1")
        page = self.url_open("/my/confirmations").text
        self.assertIn(self.confirmation.name, page)
        self.assertNotIn(self.other.name, page)
        self.assertIn("/my/confirmations", self.url_open("/my/home").text)
        self.authenticate("auditor_a", "auditor_a")
        page = self.url_open("/my/confirmations").text
        self.assertNotIn(self.confirmation.name, page)

    def test_not_before_the_release(self):
        confirmation = self._ask(self.partner_a).confirmation_ids
        token = confirmation.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        self.assertEqual(self._open(confirmation, token).status_code, 303)

    def test_agrees(self):
        self.authenticate(None, None)
        page = self._fill_in(agrees="yes").text
        self.assertIn("The balance agrees with our records", page)
        self.assertEqual(self.confirmation.state, "sent")
        self.assertIn("redirect_url", self._sign())
        self.assertRecordValues(
            self.confirmation,
            [{"state": "agreed", "signed_by": "Ada", "answer_ip": "127.0.0.1"}],
        )
        page = self._open(token=self.token).text
        self.assertIn("Thank you for your reply, signed by", page)
        self.assertNotIn("<form", page.split("o_portal_confirmation")[1])
        self.assertIn("replied to this request", self._sign()["error"])

    def test_different_balance_with_items_and_a_document(self):
        self.authenticate(None, None)
        item = self.confirmation.item_ids
        page = self._fill_in(
            agrees="no",
            **{self._balance: "90.00"},
            number_0=item.name,
            amount_0="90.00",
            date_0="2026-01-15",
            note="One <b>chair</b> is missing",
            files={"document": ("list.png", self.png, "application/x-sh")},
        ).text
        self.assertIn("90.00", page)
        self.assertIn("list.png", page)
        self.assertIn("One &lt;b&gt;chair&lt;/b&gt;", page)
        self._sign()
        self.assertEqual(
            (self.confirmation.state, self.confirmation.difference_company),
            ("differs", -11),
        )
        self.assertEqual(self.confirmation.answer_document_id.mimetype, "image/png")
        self.assertRecordValues(
            self.confirmation.difference_ids,
            [{"item_id": item.id, "our_amount": 101, "customer_amount": 90}],
        )

    def test_edited_before_signature(self):
        self.authenticate(None, None)
        self._fill_in(
            agrees="no",
            **{self._balance: "90"},
            files={"document": ("a.png", self.png, "image/png")},
        )
        first = self.confirmation.sudo().proposal_document_id
        page = self.url_open(
            f"/my/confirmations/{self.confirmation.id}?access_token={self.token}&change=1"
        ).text
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        self.url_open(
            f"/my/confirmations/{self.confirmation.id}/answer"
            f"?access_token={self.token}",
            data={"csrf_token": csrf, "agrees": "yes"},
        )
        self.assertFalse(first.exists())
        self._sign()
        self.assertEqual(self.confirmation.state, "agreed")
        self.assertFalse(self.confirmation.answer_document_id)

    def test_blank_form(self):
        confirmation = self._asked(self.customers[0], type="blank").confirmation_ids
        self.confirmation, self.token = confirmation, confirmation.sudo().access_token
        self.authenticate(None, None)
        page = self._open(token=self.token).text
        self.assertNotIn("101.00", page.split("o_portal_confirmation")[1])
        # There is nothing that could be agreed with.
        page = self._fill_in(agrees="yes", **{self._balance: ""}).text
        self.assertIn("Please enter the balance", page)
        self._fill_in(**{self._balance: "101.00"})
        self._sign()
        self.assertEqual(confirmation.state, "agreed")

    def test_invalid_input(self):
        self.authenticate(None, None)
        for typed, words in (
            ({self._balance: ""}, "Please enter the balance"),
            ({self._balance: "abc"}, "is not a valid amount"),
            ({self._balance: "1.234"}, "2 decimal places"),
            ({self._balance: "1e99"}, "is not a valid amount"),
            ({self._balance: "NaN"}, "is not a valid amount"),
            ({self._balance: "101.00"}, "choose “The balance agrees with our records”"),
            ({self._balance: "1", "number_0": "X"}, "Item 1 needs both"),
            ({self._balance: "1", "amount_2": "5"}, "Item 3 needs both"),
            (
                {
                    self._balance: "1",
                    "number_0": "X",
                    "amount_0": "1",
                    "date_0": "31.1.",
                },
                "is not a valid date",
            ),
            ({self._balance: "1", "note": "a" * 2001}, "at most 2000 are"),
        ):
            page = self._fill_in(agrees="no", **typed).text
            self.assertIn(words, page)
            self.assertFalse(self.confirmation.sudo().proposal, words)

    def test_invalid_documents(self):
        self.authenticate(None, None)
        self.patch(limits, "LIMITS", {**LIMITS, "document": Limit(2000, "byte")})
        for content, words in (
            (b"MZ program", "one of these types: PDF, PNG, JPEG, XLSX"),
            (b"<html><script>alert(1)</script></html>", "one of these types: PDF"),
            (b"%PDF-1.4" + b"x" * 2000, "is larger than"),
        ):
            page = self._fill_in(
                agrees="yes", files={"document": ("a.pdf", content, "application/pdf")}
            ).text
            self.assertIn(words, page)
        self.assertFalse(self.confirmation.sudo().proposal)

    def test_token_of_another_customer_is_refused(self):
        self.authenticate(None, None)
        self._fill_in(confirmation=self.other, agrees="yes")
        self.assertFalse(self.other.sudo().proposal)
        answer = self.url_open(
            f"/my/confirmations/{self.other.id}/sign?access_token={self.token}",
            data=json.dumps({"params": {"name": "Ada", "signature": self.signature}}),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.other.state, "sent")

    def test_invalid_signature(self):
        self.authenticate(None, None)
        self._fill_in(agrees="yes")
        self.assertIn("signature", self._sign(signature="")["error"])
        self.assertIn("error", self._sign(signature="%%%"))
        no_picture = base64.b64encode(b"echo").decode()
        self.assertIn("error", self._sign(signature=no_picture))
        self.assertIn("name", self._sign(name=" ")["error"])
        self.assertEqual(self.confirmation.state, "sent")

    def test_closed_engagement(self):
        self.authenticate(None, None)
        self._fill_in(agrees="yes")
        self.audit.action_close()
        self.assertIn("audit is closed", self._sign()["error"])
        self.assertIn("audit is closed", self._open(token=self.token).text)
        self.assertEqual(self.confirmation.state, "sent")

    def test_deleted_request(self):
        answer = self.url_open(
            "/my/confirmations/999999999?access_token=x", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)


@tagged("post_install", "-at_install")
class TestConfirmationTour(ConfirmationPortalCommon, TourCase):
    """A customer confirms a balance on the portal, in a browser."""

    def test_customer_confirms(self):
        self.start_tour(
            f"/my/confirmations/{self.confirmation.id}?access_token={self.token}",
            "invoicing_clerk_confirmation_agrees",
        )
        self.assertEqual(
            (self.confirmation.state, self.confirmation.signed_by), ("agreed", "Ada")
        )
        self.assertTrue(self.confirmation.signature)

    def test_customer_reports_a_different_balance(self):
        self.start_tour(
            f"/my/confirmations/{self.confirmation.id}?access_token={self.token}",
            "invoicing_clerk_confirmation_differs",
            login="customer_1",
        )
        self.assertEqual(
            (self.confirmation.state, self.confirmation.difference_company),
            ("differs", -11),
        )

    def test_auditor_resolves_differences(self):
        self._answer(
            self.confirmation,
            self._content((self.confirmation.item_ids.name, 90), USD="90"),
        )
        self.start_tour(
            "/odoo/confirmation-runs",
            "invoicing_clerk_confirmation_auditor",
            login="auditor_a",
        )
        self.assertEqual(self.confirmation.state, "resolved")
        self.assertEqual(self.confirmation.misstated_company, -11)
