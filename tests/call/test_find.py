from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.rules.call import search_text
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

# What callers say of an invoice over 5,934.00 with number and references as below.
SAID_OF_INVOICE = (
    *("5934", "5,934", "5934.00", "5.934,00", "5,934.00", "5 934,00", "5'934.00"),
    *("5\u202f934,00", "$ 5,934.00", "USD 5934", "5934,- usd", "(5,934.00)", "-5934"),
    *("٥٬٩٣٤٫٠٠", "５９３４", "5934.0", "+5934"),
    *("PO-77310", "po 77310", "77310", "PO77310", "PO/77310"),
    *("RF18 5390 0754 7034", "RF18539007547034", "RF18-5390", "0754 7034"),
    *("S00091", "s 00091"),
)
# Of its customer.
SAID_OF_CUSTOMER = (
    *("Zephyr Wind", "zephyr", "WIND zephyr", "Zephyr   Wind", "zeph"),
    *("books@zephyr.example.com", "books@zephyr", "BOOKS@ZEPHYR.EXAMPLE.COM"),
    *("+32 2 555 77 77", "02 555 77 77", "02/555.77.77"),
    *("BE0477472701", "BE 0477.472.701", "0477472701", "0477.472.701"),
    *("C-1007", "c-1007"),
)
# Text that is no search, or finds nothing, and breaks nothing.
HOSTILE = (
    *(False, "", " ", "%", "_", "%%%", "\\", "\\\\%", "'", '"; DROP TABLE x; --', "()"),
    *("x" * 5000, "1" * 5000, "\0", "\ud800", "\u202e", "<b>x</b>", "NaN", "1e999"),
    *("9" * 30, "a@", "@", "+", "0", "0,00", "{}", "%s", "%(x)s", "🦊", "a\nb", "\\%_"),
)


@tagged("post_install", "-at_install")
class TestFind(CallCommon):
    """Whatever a caller says leads to documents, payments, customers and cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zephyr = cls.env["res.partner"].create(
            {
                "name": "Zephyr Wind",
                "email": "books@zephyr.example.com",
                "phone": "02 555 77 77",
                "vat": "BE0477472701",
                "ref": "C-1007",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.invoice = cls._posted(
            (1, 5934.0),
            partner=cls.zephyr,
            taxes=cls.env["account.tax"],
            ref="PO-77310",
            payment_reference="RF18 5390 0754 7034",
            invoice_origin="S00091",
        )

    def _find(self, text, user=None):
        page = self.env["clerk.find"].with_user(user or self.clerk)
        page = page.create({"text": text})
        return page, page.action_find()

    def _found(self, text, user=None):
        page, _action = self._find(text, user)
        return [self.env[hit.res_model].browse(hit.res_id) for hit in page.hit_ids]

    def test_what_callers_say_of_an_invoice(self):
        number = self.invoice.name
        *_prefix, year, last = number.split("/")
        for text in (
            *SAID_OF_INVOICE,
            *(
                number,
                number.lower(),
                number.replace("/", ""),
                number.replace("/", " "),
            ),
            *(f"{year}/{last}", f"inv {int(last)}", last, f"{year} {int(last)}"),
        ):
            with self.subTest(text=text):
                self.assertIn(self.invoice, self._found(text))

    def test_what_callers_say_of_a_customer(self):
        for text in SAID_OF_CUSTOMER:
            with self.subTest(text=text):
                self.assertEqual(self._found(text), [self.zephyr])

    def test_a_whole_name_comes_before_parts_of_names(self):
        """In any case; with those that have its words only if nobody has the name."""
        longer, cotton, _other = self.env["res.partner"].create(
            [
                {"name": "Zephyr Wind Power"},
                {"name": "100% Cotton"},
                {"name": "100 Cotton"},
            ]
        )
        self.assertEqual(self._search("ZEPHYR wind"), [self.zephyr])
        self.assertEqual(self._search("100% cotton"), [cotton])
        self.zephyr.name = "Zephyr"
        self.assertEqual(self._search("ZEPHYR wind"), [longer])

    def test_any_text_is_data(self):
        """Would have caught patterns that end in a backslash, which PostgreSQL
        refuses, and amounts that no number of Python holds."""
        for text in HOSTILE:
            with self.subTest(text=text):
                found = self._search(text)
                if not search_text.parse(text or "").words:
                    self.assertFalse(found)

    def _search(self, text):
        hits = self.env["clerk.find"].with_user(self.clerk)._search_text(text)
        return [hit.record for hit in hits]

    def test_payments_and_bank_transactions(self):
        payment = self._pay(self.invoice, 934.25)
        payment.memo = "CHECK 300188"
        transaction = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "payment_ref": "Wire from ZEPHYR 88-12",
                "partner_name": "ZPHR Holding",
                "amount": 77.40,
            }
        )
        for text, record in (
            ("934,25", payment),
            ("300188", payment),
            ("check 300188", payment),
            (payment.name, payment),
            ("77.40", transaction),
            ("zephyr 88-12", transaction),
            ("zphr", transaction),
        ):
            with self.subTest(text=text):
                self.assertIn(record, self._found(text))
        self.assertIn(self.invoice, self._found("4,999.75"), "by what is open of it")

    def test_cases_and_promises_of_a_document(self):
        promise = (
            self.env["clerk.promise"]
            .with_user(self.clerk)
            .create(
                {
                    "move_ids": self.invoice.ids,
                    "date": fields.Date.today() + timedelta(30),
                }
            )
        )
        error = self._open_error(self.invoice, {"claimed_quantity": 0})
        found = self._found(self.invoice.name)
        self.assertIn(error, found)
        self.assertIn(promise, found)
        self.assertEqual(self._found(error.name)[0], error)
        self.assertIn(promise, self._found("5934"))

    def test_what_is_shown(self):
        self._pay(self.invoice, 934.0)
        page, _action = self._find("PO-77310")
        self.assertRecordValues(
            page.hit_ids,
            [
                {
                    "kind": "invoice",
                    "name": self.invoice.name,
                    "customer": "Zephyr Wind",
                    "detail": "PO-77310 · S00091",
                    "amount": 5934.0,
                    "open_amount": 5000.0,
                    "currency_id": self.currency_a.id,
                    "is_exact": True,
                }
            ],
        )
        self.assertTrue(page.hit_ids.state)

    def test_paid_invoices_and_credit_notes_are_found(self):
        self._pay(self.invoice)
        refund = self._posted(
            (1, 5934.0),
            partner=self.zephyr,
            taxes=self.env["account.tax"],
            move_type="out_refund",
        )
        page, action = self._find("5,934.00")
        self.assertFalse(action)
        shown = {
            hit.res_id: hit.amount for hit in page.hit_ids if hit.kind != "payment"
        }
        self.assertEqual(shown, {self.invoice.id: 5934.0, refund.id: -5934.0})

    def test_cents_may_be_left_out(self):
        other = self._posted(
            (1, 812.37), partner=self.zephyr, taxes=self.env["account.tax"]
        )
        self.assertIn(other, self._found("812"))
        self.assertNotIn(other, self._found("812.00"))
        self.assertNotIn(other, self._found("813"))

    def test_foreign_currency(self):
        foreign = self._posted(
            (1, 1234.5),
            currency=self.foreign_currency,
            partner=self.zephyr,
            taxes=self.env["account.tax"],
        )
        page, action = self._find("EUR 1.234,50")
        self.assertEqual(action["res_id"], foreign.id)
        self.assertEqual(page.hit_ids.currency_id, self.foreign_currency)

    def test_the_only_result_opens(self):
        for text in ("5,934.00", "PO-77310", self.invoice.name):
            with self.subTest(text=text):
                _page, action = self._find(text)
                self.assertEqual(action["res_model"], "account.move")
                self.assertEqual(action["res_id"], self.invoice.id)
        payment = self._pay(self.invoice, 10.0)
        payment.memo = self.invoice.name
        page, action = self._find(self.invoice.name)
        self.assertEqual(action["res_id"], self.invoice.id, "the one with this number")
        self.assertEqual(len(page.hit_ids), 2)
        self.assertFalse(self._find("nothing of the kind")[1])

    def test_a_customer_opens_its_balance(self):
        _page, action = self._find("Zephyr Wind")
        self.assertEqual(action["res_model"], "res.partner")
        self.env["clerk.receivable"].sudo()._update_from_ledger()
        page, action = self._find("Zephyr Wind")
        self.assertEqual(action["res_model"], "clerk.receivable")
        self.assertEqual(page.hit_ids.open_amount, 5934.0)

    def test_one_click_to_pad_dispute_and_copy(self):
        page, _action = self._find("PO-77310")
        hit = page.hit_ids
        call = self.env["clerk.call"].browse(hit.action_new_call()["res_id"])
        self.assertEqual((call.partner_id, call.move_ids), (self.zephyr, self.invoice))
        dispute = hit.action_dispute()
        self.assertEqual(dispute["context"]["default_move_ids"], self.invoice.ids)
        self.assertEqual(hit.action_copy()["res_model"], "account.move.send.wizard")
        payment = self._pay(self.invoice, 934.25)
        page, _action = self._find("934.25")
        hit = page.hit_ids.filtered(lambda each: each.res_id == payment.id)
        call = self.env["clerk.call"].browse(hit.action_new_call()["res_id"])
        self.assertEqual(call.partner_id, self.zephyr)
        with self.assertRaises(UserError):
            hit.action_dispute()

    # Rights

    def test_other_companies(self):
        there = self._posted(
            (1, 5934.0),
            company_data=self.company_b_data,
            taxes=self.env["account.tax"],
        )
        self.assertNotIn(there, self._found("5934"))
        self.assertEqual(self._found("5934", self.clerk_b), [there])
        self.clerk.company_ids |= self.company_b
        both = self.env["clerk.find"].with_user(self.clerk)
        both = both.with_context(
            allowed_company_ids=(self.company_a + self.company_b).ids
        )
        found = [hit.record for hit in both._search_text("5934")]
        self.assertEqual(set(found), {self.invoice, there})

    def test_record_rules_apply(self):
        group = self.env.ref("invoicing_clerk.group_auditor").id
        for model, record in (
            ("account.move", self.invoice),
            ("res.partner", self.zephyr),
        ):
            self.env["ir.rule"].create(
                {
                    "name": "Not this one",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "domain_force": [("id", "!=", record.id)],
                    "groups": [Command.set([group])],
                }
            )
            # A rule of a group widens the others: remove what they allow.
            self.env["ir.rule"].search(
                [
                    ("model_id.model", "=", model),
                    ("groups", "!=", False),
                    ("name", "!=", "Not this one"),
                ]
            ).active = False
        for text in ("5934", "PO-77310", "Zephyr Wind", "C-1007"):
            with self.subTest(text=text):
                self.assertFalse(self._found(text, self.auditor))

    def test_roles(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertEqual(self._found("PO-77310", user), [self.invoice])
        with self.assertRaises(AccessError):
            self._find("PO-77310", self.outsider)
        page, _action = self._find("PO-77310", self.auditor)
        with self.assertRaises(AccessError):
            page.hit_ids.action_new_call()
        with self.assertRaises(AccessError):
            page.hit_ids.action_dispute()

    def test_results_are_of_who_searched(self):
        page, _action = self._find("PO-77310")
        hit = page.hit_ids
        for record in (page, hit):
            with self.assertRaises(AccessError):
                record.with_user(self.colleague).read(["id"])
        with self.assertRaises(AccessError):
            hit.res_id = self.zephyr.id
        with self.assertRaises(AccessError):
            page.hit_ids = [Command.create({"kind": "invoice", "res_id": 1})]

    def test_deleted_in_the_meantime(self):
        draft = self._posted((1, 71.11), partner=self.zephyr)
        draft.button_draft()
        page, _action = self._find(str(draft.amount_total))
        draft.unlink()
        with self.assertRaisesRegex(UserError, "deleted"):
            page.hit_ids.action_open()

    # Cost

    def test_queries_do_not_grow_with_results(self):
        self._open_error(self.invoice, {"claimed_quantity": 0})
        self._pay(self.invoice, 5.0).memo = "PO-77310"
        few = self._count_queries(self._find, "PO-77310", times=2)
        for _index in range(9):
            move = self._posted((1, 10.0), partner=self.zephyr, ref="PO-77310")
            self._open_error(move, {"claimed_quantity": 0})
            self._pay(move, 5.0).memo = "PO-77310"
        many = self._count_queries(self._find, "PO-77310", times=2)
        self._assert_no_more_queries(few, many)
        self.assertLess(few, 60)

    def test_more_than_the_limit(self):
        self.env["res.partner"].create([{"name": f"Zephyr {n}"} for n in range(30)])
        page, _action = self._find("zephyr")
        self.assertEqual(len(page.hit_ids), 20)
        self.assertTrue(page.is_limited)
        page, _action = self._find("Zephyr 7")
        self.assertEqual(page.hit_ids[0].name, "Zephyr 7")

    def test_indexes_serve_the_search(self):
        self.env.flush_all()
        # Tables of tests are too small for any index.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        find = self.env["clerk.find"]
        said = search_text.parse("zephyr 5,934.00 BE0477472701")
        amount = search_text.parse("5,934.00")
        number = search_text.parse("BE0477472701")
        for model, domain, index in (
            ("account.move", find._like(["name"], said.patterns), "name"),
            ("account.move", find._like(["ref"], said.patterns), "ref"),
            ("account.move", find._like(["invoice_origin"], said.patterns), "origin"),
            ("account.payment", find._like(["memo"], said.patterns), "clerk_numbers"),
            (
                "account.bank.statement.line",
                find._has_amount("amount", amount),
                "clerk_amount",
            ),
            ("res.partner", find._customer_domains(said)[1], "clerk_name"),
            ("res.partner", find._has_name("Zephyr Wind"), "clerk_whole_name"),
            # Odoo has an index of its own, which may be as good.
            ("res.partner", find._has_vat(number.vat), "(clerk_vat|vat_index)"),
        ):
            with self.subTest(model=model, index=index):
                query = self.env[model].sudo()._search(domain)
                query.order = None
                self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
                plan = "\n".join(row for (row,) in self.env.cr.fetchall())
                self.assertRegex(plan, rf"Index (Only )?Scan[^\n]*{index}")
