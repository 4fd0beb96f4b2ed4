import base64
from datetime import date
from hashlib import sha256

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from . import bank_files as files
from .bank_files import detail, entry, notice, sheet, statement, workbook
from .test_receipt_batch import ReceiptCommon

HEAD = ("Date", "Drawer", "Check No.", "Amount")
ROWS = (
    ("2026-03-02", "Acme", "1047", "100.00"),
    ("2026-03-03", "Beta", "1048", "50.50"),
)
# A sheet whose titles say nothing.
OWN_HEAD = ("Day", "From", "Value", "Extra")


class ReceiptImportCommon(ReceiptCommon):
    """Files as a clerk imports them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dialogs = cls.env["clerk.receipt.import"].with_user(cls.clerk)

    def _dialog(self, content, name="receipts.csv", user=None, **values):
        dialogs = self.dialogs.with_user(user or self.clerk)
        return dialogs.create(
            {"content": base64.b64encode(content), "file_name": name, **values}
        )

    def _import(self, content, **values):
        action = self._dialog(content, **values).action_import()
        return self._batches().browse(action["res_id"])

    def _batches(self, user=None):
        return self.env["clerk.receipt.batch"].with_user(user or self.clerk)

    def _assert_nothing_changed(self, content, message, **values):
        """Expect a sentence in the dialog, and the same when it is confirmed."""
        before = self._batches().search_count([])
        dialog = self._dialog(content, **values)
        self.assertRegex(dialog.problem or "", message)
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            dialog.action_import()
        self.assertEqual(self._batches().search_count([]), before)


@tagged("post_install", "-at_install")
class TestReceiptImport(ReceiptImportCommon):
    """Batches are filled from sheets and from statements of the bank."""

    # Sheets

    def test_a_sheet_with_a_total_is_balanced_and_posted(self):
        batch = self._import(sheet(HEAD, *ROWS, ("Total", "", "", "150.50")))
        self.assertEqual(batch.receipt_ids.mapped("number"), ["1047", "1048"])
        self.assertEqual(batch.receipt_ids.mapped("payer"), ["Acme", "Beta"])
        self.assertEqual((batch.control_count, batch.control_amount), (2, 150.5))
        self.assertTrue(batch.is_balanced)
        self.assertEqual(batch.date, date(2026, 3, 3))
        batch.action_post()
        payments = batch.receipt_ids.payment_id
        self.assertEqual(payments.mapped("date"), [date(2026, 3, 2), date(2026, 3, 3)])
        self.assertEqual(payments.mapped("amount"), [100.0, 50.5])

    def test_without_a_total_the_clerk_enters_it(self):
        content = sheet(HEAD, *ROWS)
        dialog = self._dialog(content, control_count=2, control_amount=160.0)
        self.assertFalse(dialog.states_totals)
        self.assertIn("Receipts: 2, in total $\xa0150.50", dialog.summary)
        batch = self._batches().browse(dialog.action_import()["res_id"])
        self.assertEqual(
            batch.difference_note, "amount: $\xa09.50 less than $\xa0160.00"
        )

    def test_control_totals_of_the_tape_are_kept(self):
        batch = self._batch(control_count=3, control_amount=200.0)
        dialog = self._dialog(
            sheet(HEAD, *ROWS, ("Total", "", "", "150.50")), batch_id=batch.id
        )
        self.assertEqual(dialog.journal_id, batch.journal_id)
        dialog.action_import()
        self.assertEqual((batch.control_count, batch.control_amount), (3, 200.0))
        self.assertFalse(batch.is_balanced)

    def test_columns_are_remembered(self):
        content = sheet(OWN_HEAD, ("02/03/2026", "Acme", "1.500", "INV 1"))
        dialog = self._dialog(content)
        self.assertRegex(dialog.problem, "Select the column that has the amounts")
        meanings = ["date", "payer", "amount", "text"]
        for column, meaning in zip(dialog.column_ids, meanings, strict=True):
            column.meaning = meaning
        self.assertRegex(dialog.problem, "1.500” can be read in two ways")
        dialog.decimal_mark = ","
        self.assertRegex(dialog.problem, "Select the order of dates")
        dialog.date_order = "day"
        dialog.is_credited = True
        dialog.action_import()
        again = sheet(OWN_HEAD, ("02/04/2026", "Beta", "2.500", "INV 2"))
        batch = self._import(again)
        self.assertEqual(batch.receipt_ids.amount, 2500.0)
        self.assertEqual(batch.date, date(2026, 4, 2))
        self.assertEqual(batch.receipt_ids.text, "INV 2")
        self.assertTrue(batch.is_credited)
        layout = self.env["clerk.receipt.layout"].with_user(self.auditor).search([])
        self.assertEqual(layout.titles, "Day · From · Value · Extra")
        cash = self.company_data["default_journal_cash"]
        other = self._dialog(again, journal_id=cash.id)
        self.assertRegex(other.problem, "Select the column", "by journal")

    def test_the_dialog_in_a_browser(self):
        """Files are shown as soon as they are selected, and columns can be changed."""
        with Form(self.dialogs) as form:
            form.content = base64.b64encode(sheet(OWN_HEAD, *ROWS[:1])).decode()
            self.assertEqual(form.source, "sheet")
            self.assertEqual(len(form.column_ids), 4)
            for number, meaning in ((1, "payer"), (3, "amount")):
                with form.column_ids.edit(number) as column:
                    column.meaning = meaning
            self.assertIn("in total $\xa0100.00", form.summary)
        dialog = form.record
        self.assertEqual(
            dialog.column_ids.mapped("meaning"), [False, "payer", False, "amount"]
        )
        self.assertEqual(dialog.column_ids[1].sample, "Acme")

    def test_a_workbook(self):
        content = workbook(list(HEAD), [date(2026, 3, 2), "Acme", 1047, 1234.5])
        batch = self._import(content, name="receipts.xlsx")
        receipt = batch.receipt_ids
        self.assertEqual((receipt.amount, receipt.number), (1234.5, "1047"))
        self.assertEqual(receipt.date, date(2026, 3, 2))
        self.assertEqual(batch.file_id.raw, content)

    def test_a_date_of_its_own(self):
        batch = self._import(sheet(("Payer", "Amount"), ("Acme", "5.00")))
        receipt = batch.receipt_ids
        batch.date = "2026-03-05"
        self.assertEqual(receipt.date, date(2026, 3, 5))
        receipt.booked_on = "2026-02-28"
        self.assertEqual(receipt.date, date(2026, 2, 28))
        batch.write({"control_count": 1, "control_amount": 5.0})
        self.company_a.sudo().hard_lock_date = "2026-02-28"
        with self.assertRaisesRegex(UserError, "The date 02/28/2026 is locked"):
            batch.action_post()

    # Statements

    def test_a_statement(self):
        content = statement(
            entry(
                "100.00",
                detail(
                    "100.00",
                    parties=files.PARTY + files.ACCOUNT,
                    agents=files.BANK,
                    after=files.STRUCTURED,
                    end_to_end="E2E-7",
                ),
            ),
            entry("20.00", sign="DBIT"),
        )
        batch = self._import(content, name="camt.xml")
        receipt = batch.receipt_ids
        self.assertEqual(
            (receipt.payer, receipt.payer_account, receipt.end_to_end),
            ("Acme Ltd", "DE89370400440532013000", "E2E-7"),
        )
        self.assertFalse(receipt.number, "transfers have no check number")
        self.assertEqual((batch.control_count, batch.control_amount), (1, 100.0))
        self.assertEqual((batch.source, batch.file_message), ("camt", "MSG-1"))
        self.assertEqual(batch.file_note, "debits (1)")
        self.assertTrue(batch.is_balanced and batch.is_credited)
        batch.action_post()
        self.assertIn("RF18539007547034", receipt.payment_id.memo)
        self.assertIn("E2E-7", receipt.payment_id.memo)

    def test_the_account_says_who_has_paid(self):
        self.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": self.partner_b.id}
        )
        content = statement(entry("7.00", detail("7.00", parties=files.ACCOUNT)))
        batch = self._import(content)
        batch.action_post()
        items = batch.payment_ids.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        match = self.env["clerk.receipt.match"].with_user(self.clerk)._propose(items)
        self.assertEqual(match.partner_id, self.partner_b)
        self.assertEqual(match.evidence, "account")

    def test_the_journal_is_that_of_the_account(self):
        other = self.bank.copy()
        other.bank_account_id = self.env["res.partner.bank"].create(
            {"acc_number": files.IBAN, "partner_id": self.company_a.partner_id.id}
        )
        self.assertEqual(self._dialog(statement(entry("5"))).journal_id, other)
        self._assert_nothing_changed(
            statement(entry("5"), account="BE68539007547034"),
            "the account BE68539007547034, but Bank .copy. has",
            journal_id=other.id,
        )

    def test_every_shape(self):
        for number, (name, content) in enumerate(files.SHAPES.items()):
            with self.subTest(shape=name):
                for encoding in ("utf-8", "utf-16-le"):
                    content = content.replace(
                        "MSG-1".encode(encoding), f"MSG{number:02}".encode(encoding)
                    )
                batch = self._import(content)
                self.assertTrue(batch.is_balanced)
                self.assertEqual(batch.receipt_ids.mapped("amount"), [100.0, 50.5])

    # Once

    def test_a_file_is_imported_once(self):
        content = statement(entry("5"))
        batch = self._import(content)
        self.assertEqual(batch.file_hash, sha256(content).hexdigest())
        self._assert_nothing_changed(content, f"already imported into {batch.name}")
        self._assert_nothing_changed(
            content + b"\n", f"Statement MSG-1 was already imported into {batch.name}"
        )
        batch.action_cancel()
        again = self._import(content)
        with self.assertRaisesRegex(UserError, f"already imported into {again.name}"):
            batch.action_reset()
        of_b = self._dialog(content, user=self.clerk_b).action_import()
        self.assertTrue(of_b["res_id"], "companies have files of their own")

    def test_two_at_once(self):
        """The database refuses what two people import at the same moment."""
        first = self._import(sheet(HEAD, *ROWS))
        second = self._batch()
        with self.assertRaisesRegex(Exception, "file_once"), self.env.cr.savepoint():
            second.sudo()._inside().file_hash = first.file_hash
            self.env.flush_all()

    def test_the_file_is_evidence(self):
        batch = self._import(sheet(HEAD, *ROWS))
        self.assertFalse(batch.evidence_problem)
        for change in (
            lambda: batch.file_id.write({"raw": b"forged"}),
            lambda: batch.file_id.unlink(),
            lambda: batch.unlink(),
            lambda: batch.write({"file_id": False}),
            lambda: batch.write({"source": "typed"}),
            lambda: batch.receipt_ids.write({"end_to_end": "X"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                change()
        self.assertEqual(batch.with_user(self.auditor).file_id.raw, sheet(HEAD, *ROWS))

    # Bad input

    def test_files_that_are_refused(self):
        laughs = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d>&b;</d>'
        eur = ("2026-03-02", "Acme", "1047", "EUR 5.00")
        for content, message in (
            (b" \n", "The file is empty"),
            (b"%PDF-1.7", "is a PDF"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "old spreadsheet"),
            (b":20:STARTUMS\r\n:25:123", "MT940"),
            (b"\x89PNG\r\n\x1a\n\0\0", "neither a spreadsheet nor text"),
            (b"PK\x03\x04broken", "not a readable spreadsheet"),
            (workbook(["x"] * 300), "columns"),
            (b"\xef\xbb\xbfDate;Amount\n\xff;5\n", "not in the encoding"),
            ("Däte;Amount;Ä".encode()[:-1], "inside a character"),
            (sheet(HEAD), "no incoming payments"),
            (sheet(("Drawer", "Paid"), ("A", "0.00")), r"Row 2: the amount is \$.0.00"),
            (sheet(("Drawer", "Paid"), ("A", "(5)")), r"Row 2: the amount is \$.-5.00"),
            (sheet(("Drawer", "Paid"), ("A", "1.234")), "Row 2: “1.234” can be read"),
            (sheet(("Drawer", "Paid"), ("A", "1.2345")), "1.2345 has more decimals"),
            (sheet(HEAD, *ROWS, ROWS[0]), "1047 of Acme is in the file twice: Row 2"),
            (sheet(HEAD, *ROWS, ("Total", "", "", "151")), r"difference is \$.0.50"),
            (sheet(HEAD, ROWS[0], ("2026-03-02", "Be")), "Row 3 ends before"),
            (sheet(HEAD, *[("", "A", "", "5")] * 1001), "1001 receipts; a batch can"),
            (sheet(("Payer", "Amount"), ("A", "QQQ 5")), "There is no currency “QQQ”"),
            (sheet(HEAD, (*ROWS[0][:3], "ZMW 5")), "ZMW is not active"),
            (sheet(HEAD, eur, (*eur[:2], "9", "USD 5")), "receipts in EUR, USD"),
            (laughs.encode(), "declares a document type"),
            (statement(entry("5"))[:-40], "damaged or cut off"),
            (b"<html/>", "begins with “html”"),
            (statement(kind=("BkToCstmrAcctRpt", "Rpt")), "camt.052"),
            (statement(entry("5", detail("2"), ref="N7")), "amount of the entry.*3.00"),
            (notice(entry("5"), totals=files.summary(2)), "number of entries does not"),
        ):  # fmt: skip
            with self.subTest(message=message):
                self._assert_nothing_changed(content, message)

    def test_a_currency_without_a_rate(self):
        self.foreign_currency.rate_ids.filtered("company_id").unlink()
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.foreign_currency.id)]
        ).unlink()
        dialog = self._dialog(sheet(("Payer", "Amount"), ("A", "EUR 5")))
        with self.assertRaisesRegex(UserError, "There is no rate of EUR on"):
            dialog.action_import()

    def test_a_check_that_was_entered_before(self):
        self._batch(("1047", 100.0, {"payer": "Acme", "partner_id": False}))
        dialog = self._dialog(sheet(HEAD, *ROWS))
        with self.assertRaisesRegex(UserError, "Check 1047 of Acme was already"):
            dialog.action_import()

    def test_a_batch_that_is_not_empty_or_no_draft(self):
        batch = self._batch(("1", 5.0))
        with self.assertRaisesRegex(UserError, "already has receipts"):
            batch.action_import_file()
        content = sheet(HEAD, *ROWS)
        dialog = self._dialog(content, batch_id=batch.id)
        with self.assertRaisesRegex(UserError, "already has receipts"):
            dialog.action_import()
        batch.action_post()
        with self.assertRaisesRegex(UserError, "only drafts can be changed"):
            dialog.action_import()

    def test_a_batch_of_another_currency(self):
        batch = self._batch()
        self._assert_nothing_changed(
            sheet(("Payer", "Amount"), ("A", "EUR 5.00")),
            "receipts in EUR, but the batch is in USD",
            batch_id=batch.id,
        )
        new = self._import(sheet(("Payer", "Amount"), ("A", "EUR 5.00")))
        self.assertEqual(new.currency_id, self.foreign_currency)
        symbol = self._import(sheet(("Payer", "Amount"), ("B", "6.00 €")))
        self.assertEqual(symbol.currency_id, self.foreign_currency)

    # Rights

    def test_rights(self):
        action = self._batches().action_import_file()
        self.assertEqual(action["res_model"], "clerk.receipt.import")
        self._dialog(sheet(HEAD, *ROWS), user=self.supervisor).action_import()
        content = sheet(HEAD, *ROWS[:1])
        dialog = self._dialog(content)
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._dialog(content, user=user)
                with self.assertRaises(AccessError):
                    dialog.with_user(user).action_import()
                with self.assertRaises(AccessError):
                    self._batches(user).action_import_file()
        with self.assertRaises(AccessError):
            dialog.with_user(self.colleague).action_import()

    def test_two_companies(self):
        batch = self._batch()
        for values in ({"batch_id": batch.id}, {"journal_id": self.bank.id}):
            with self.assertRaisesRegex(UserError, "that you have access to"):
                self._dialog(sheet(HEAD, *ROWS), user=self.clerk_b, **values)
        action = self._dialog(sheet(HEAD, *ROWS), user=self.clerk_b).action_import()
        other = self._batches(self.clerk_b).browse(action["res_id"])
        self.assertEqual(other.company_id, self.company_b)
        with self.assertRaises(AccessError):
            other.with_user(self.clerk).file_id.read(["raw"])
        layouts = self.env["clerk.receipt.layout"]
        self.assertFalse(layouts.with_user(self.clerk).search([]))

    def test_layouts_are_kept_by_imports_only(self):
        self._import(sheet(HEAD, *ROWS))
        layout = self.env["clerk.receipt.layout"].with_user(self.clerk).search([])
        for user in (self.clerk, self.supervisor, self.auditor):
            with self.assertRaises(AccessError):
                layout.with_user(user).write({"columns": {"amount": [0]}})
            with self.assertRaises(AccessError):
                layout.with_user(user).create({"titles": "X"})

    def test_supervisors_change_and_forget_layouts(self):
        self._import(sheet(HEAD, *ROWS))
        layout = self.env["clerk.receipt.layout"].with_user(self.clerk).search([])
        for part in ("Date A", "Payer B", "Check or Reference No. C", "Amount D"):
            self.assertIn(part, layout.column_text)
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                layout.with_user(user).is_credited = True
            with self.assertRaises(AccessError):
                layout.with_user(user).unlink()
        supervised = layout.with_user(self.supervisor)
        with Form(supervised) as form:
            form.is_credited = True
            form.decimal_mark = ","
        next_one = sheet(HEAD, ("2026-03-09", "Acme", "1050", "1.500"))
        dialog = self._dialog(next_one)
        self.assertTrue(dialog.is_credited)
        self.assertIn("1,500.00", dialog.summary)
        supervised.unlink()
        again = self._dialog(next_one)
        self.assertFalse(again.is_credited or again.decimal_mark)
        self.assertRegex(again.problem, "1.500” can be read in two ways")

    def test_queries_do_not_grow_with_the_rows(self):
        counts = []
        for rows in (2, 2, 20):
            content = sheet(
                ("Payer", "Amount"),
                *((f"P{len(counts)}{n}", "5.00") for n in range(rows)),
            )
            dialog = self._dialog(content)
            counts.append(self._count_queries(dialog.action_import))
        self._assert_no_more_queries(*counts[1:], margin=2)
