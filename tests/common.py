import io
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser, release_test_lock
from odoo.tools import SQL
from odoo.tools.pdf import PdfWriter

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .prepared import COMPANY_B, new_user, take_company, take_user
from .queries import QueryCounting


def blank_pdf(title="Blank"):
    """Return a PDF of one page; another title makes another file."""
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({"/Title": title})
    with io.BytesIO() as content:
        writer.write(content)
        return content.getvalue()


class ClerkCommon(QueryCounting, AccountTestInvoicingCommon):
    """The people, companies and invoices that the tests of this addon share.

    ``cls.env`` belongs to an accountant who holds no role of ours: do what a test is
    about as one of ``clerk``, ``supervisor``, ``auditor`` or ``outsider``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a = cls.company_data["company"]
        cls.company_b_data = cls.setup_other_company(name=COMPANY_B)
        cls.company_b = cls.company_b_data["company"]
        cls.currency_a = cls.company_data["currency"]
        # Two foreign units buy one of ours since 2017 (see core's test rates).
        cls.foreign_currency = cls.setup_other_currency("EUR")
        cls.partner_a.email = "accounts@partner-a.example.com"
        cls.contact_a = cls.env["res.partner"].create(
            {
                "name": "Ada of Partner A",
                "parent_id": cls.partner_a.id,
                "email": "ada@partner-a.example.com",
            }
        )
        cls.clerk = cls._new_user("clerk_a", "invoicing_clerk.group_clerk")
        cls.colleague = cls._new_user("clerk_a2", "invoicing_clerk.group_clerk")
        cls.supervisor = cls._new_user(
            "supervisor_a", "invoicing_clerk.group_supervisor"
        )
        cls.auditor = cls._new_user("auditor_a", "invoicing_clerk.group_auditor")
        cls.outsider = cls._new_user("outsider_a", "base.group_user")
        cls.clerk_b = cls._new_user(
            "clerk_b", "invoicing_clerk.group_clerk", company=cls.company_b
        )

    @classmethod
    def _new_user(cls, login, group, company=None):
        company = company or cls.company_a
        user = take_user(cls.env, login, company)
        return user or new_user(cls.env, login, group, company)

    @classmethod
    def _create_company(cls, **values):
        company = take_company(cls.env, values["name"]) if len(values) == 1 else None
        return company or super()._create_company(**values)

    @classmethod
    def _posted(
        cls,
        *lines,
        move_type="out_invoice",
        partner=None,
        currency=None,
        company_data=None,
        taxes=None,
        **values,
    ):
        """Post an invoice; each line is (quantity, price_unit[, discount]).

        Without ``taxes`` the lines bear the company's sales tax; pass an empty
        recordset for none.
        """
        company_data = company_data or cls.company_data
        if taxes is None:
            taxes = company_data["default_tax_sale"]
        move = (
            cls.env["account.move"]
            .with_company(company_data["company"])
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or cls.partner_a).id,
                    "invoice_date": "2026-01-15",
                    "currency_id": (currency or company_data["currency"]).id,
                    "invoice_line_ids": [
                        Command.create(cls._line_values(taxes, company_data, *line))
                        for line in lines or [(1, 100.0)]
                    ],
                    **values,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def _line_values(cls, taxes, company_data, quantity, price_unit, discount=0.0):
        return {
            "name": f"{quantity:g} at {price_unit:g}",
            "quantity": quantity,
            "price_unit": price_unit,
            "discount": discount,
            "tax_ids": [Command.set(taxes.ids)],
            "account_id": company_data["default_account_revenue"].id,
        }

    @classmethod
    def _redate(cls, move, date):
        """Let an invoice have been posted on another day, with a number of then."""
        move.button_draft()
        move.write({"name": False, "invoice_date": date, "date": date})
        move.action_post()

    @classmethod
    def _pay(cls, moves, amount=None, **values):
        """Register a payment of the invoices (all of their residual by default)."""
        if amount is not None:
            values["amount"] = amount
        return cls._register_payment(moves, **values)

    @classmethod
    def _open_error(cls, moves, *claims, user=None, **values):
        """Open a billing error as a clerk; each claim is what to write on the next
        claim line, e.g. ``{"claimed_quantity": 0}``."""
        error = (
            cls.env["clerk.billing.error"]
            .with_user(user or cls.clerk)
            .create({"move_ids": [Command.set(moves.ids)], **values})
        )
        error.action_load_lines()
        for line, claim in zip(error.line_ids, claims, strict=False):
            line.write(claim)
        return error

    @contextmanager
    def _in_background(self):
        """Let a job commit on a cursor of its own, and print documents.

        Core lets wkhtmltopdf load its styles from the test's server by releasing the
        test's lock once. The job's cursor takes the lock a second time, so that it is
        released here once more; without that each document waits for a time limit.
        """
        is_served = isinstance(self, HttpCase)
        with release_test_lock() if is_served else self.enter_registry_test_mode():
            yield
        self.env.invalidate_all()

    @contextmanager
    def _job_env(self, **context):
        """Yield the environment of a scheduled job."""
        with self._in_background(), self.registry.cursor() as cr:
            yield self.env(cr=cr, user=SUPERUSER_ID, context=context)

    def _tamper(self, attachment, content):
        """Change the content of a file in the database, which Odoo would refuse."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s"
                " WHERE id = %s",
                content,
                attachment.id,
            )
        )
        self.env.invalidate_all()

    @classmethod
    def _age_ledger(cls):
        """Let everything in the ledger have been made an hour ago.

        A test is one transaction, in which all records are made at the same time.
        """
        cls.env.flush_all()
        for table in ("account_move", "account_partial_reconcile"):
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = create_date - INTERVAL '1 hour'",
                    SQL.identifier(table),
                )
            )
        cls.env.invalidate_all()


WAIT_FOR = """(async () => {
    for (let times = 0; times < 600; times++) {
        if (%s) {
            return console.log("test successful");
        }
        await new Promise((done) => setTimeout(done, 100));
    }
    console.error("Enter did nothing");
})()"""
ENTER = {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}


class TourCase(HttpCase):
    """A tour, with more time than core allows, for machines under load."""

    test_cursor_lock_timeout = 120

    def type_and_enter(self, url, text, focused, wanted, **kwargs):
        """Type and press Enter as soon as a field has the focus, with real keys.

        Those of tours do not submit a form, and need no focus.

        :param focused: a selector of the field, without which the test fails
        :param wanted: an expression that becomes true when Enter has worked
        """
        wait_ready = ChromeBrowser._wait_ready

        def type_when_ready(browser, *args, **kwargs):
            is_ready = wait_ready(browser, *args, **kwargs)
            send = browser._websocket_request
            send("Input.insertText", params={"text": text})
            for kind in ("keyDown", "keyUp"):
                send("Input.dispatchKeyEvent", params={"type": kind, **ENTER})
            return is_ready

        with patch.object(ChromeBrowser, "_wait_ready", type_when_ready):
            self.browser_js(
                url,
                WAIT_FOR % wanted,
                ready=f"!!document.activeElement.closest({focused!r})",
                timeout=180,
                **kwargs,
            )

    def start_tour(self, url_path, tour_name, timeout=180, **kwargs):
        return super().start_tour(url_path, tour_name, timeout=timeout, **kwargs)
