from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import bank_files as files
from .bank_files import balance, detail, entry, notice, statement
from .test_receipt_import import ReceiptImportCommon

# A credit as the bank announces it, as the bank states it, and what becomes of the
# second: it is the same, it may be, or it is another one.
CREDITS = {
    "bank reference": ({"bank_ref": "N1"}, {"bank_ref": "N1"}, "same"),
    "other bank reference": ({"bank_ref": "N1"}, {"bank_ref": "N2"}, "other"),
    "end-to-end": ({"end_to_end": "E1"}, {"end_to_end": "E1"}, "same"),
    "other end-to-end": ({"end_to_end": "E1"}, {"end_to_end": "E2"}, "other"),
    "one has a bank reference": (
        {"bank_ref": "N1", "end_to_end": "E1"},
        {"end_to_end": "E1"},
        "same",
    ),
    "end-to-end with other bank references": (
        {"bank_ref": "N1", "end_to_end": "E1"},
        {"bank_ref": "N2", "end_to_end": "E1"},
        "possible",
    ),
    "no reference": ({}, {}, "possible"),
    "a reference is missing": ({"bank_ref": "N1"}, {}, "possible"),
    "no reference, other payer": ({}, {"payer": "Beta"}, "other"),
    "not provided": (
        {"bank_ref": "NONREF", "end_to_end": "NOTPROVIDED"},
        {"bank_ref": "NONREF"},
        "possible",
    ),
    "other amount": (
        {"end_to_end": "E1"},
        {"end_to_end": "E1", "amount": "6"},
        "other",
    ),
    "other value date": (
        {"bank_ref": "N1"},
        {"bank_ref": "N1", "value": "<Dt>2026-03-04</Dt>"},
        "other",
    ),
    "value date and booking date": (
        {
            "bank_ref": "N1",
            "value": "<Dt>2026-03-02</Dt>",
            "date": "<Dt>2026-03-01</Dt>",
        },
        {"bank_ref": "N1"},
        "same",
    ),
}


def credit(amount="5", payer="Acme", end_to_end="NOTPROVIDED", **more):
    return entry(amount, detail(amount, payer, end_to_end=end_to_end), **more)


@tagged("post_install", "-at_install")
class TestReceiptCredit(ReceiptImportCommon):
    """Credits that are announced in one file and stated in another."""

    def _announced(self, *entries, message="NOTE"):
        return self._import(notice(*entries, message=message))

    def test_the_same_credit_in_two_files(self):
        for number, (name, (first, second, kind)) in enumerate(CREDITS.items()):
            with self.subTest(name):
                with self.env.cr.savepoint() as savepoint:
                    before = self._announced(credit(**first), message=f"N{number}")
                    self._check(before, statement(credit(**second)), kind)
                    savepoint.rollback()
                self.env.invalidate_all()

    def _check(self, before, content, kind):
        if kind == "same":
            sentence = "All credits of the file are already entered"
            self._assert_nothing_changed(content, f"{sentence}, in {before.name}")
            return
        dialog = self._dialog(content)
        shown = dialog.twin_note
        batch = self._batches().browse(dialog.action_import()["res_id"])
        self.assertEqual(len(batch.receipt_ids), 1)
        text = f"$\xa05.00 on 03/02/2026, as in {before.name}"
        wanted = text if kind == "possible" else False
        self.assertEqual((shown, batch.twin_note), (wanted, wanted))

    def test_the_others_of_the_file_are_entered(self):
        before = self._announced(credit("100.00", bank_ref="N1"))
        content = statement(
            credit("100.00", bank_ref="N1"),
            credit("50.50", bank_ref="N2"),
            entry("20.00", sign="DBIT"),
            totals=balance("OPBD", "10.00") + balance("CLBD", "140.50"),
        )
        dialog = self._dialog(content)
        excluded = f"Excluded: debits (1), already entered in {before.name} (1)."
        self.assertEqual(
            dialog.summary, f"Receipts: 1, in total $\xa050.50. {excluded}"
        )
        batch = self._batches().browse(dialog.action_import()["res_id"])
        self.assertEqual(batch.receipt_ids.bank_reference, "N2")
        self.assertEqual((batch.control_count, batch.control_amount), (1, 50.5))
        self.assertTrue(batch.is_balanced)
        self.assertIn(f"already entered in {before.name} (1)", batch.file_note)

    def test_its_totals_are_compared_all_the_same(self):
        self._announced(credit("100.00", bank_ref="N1"))
        entries = credit("100.00", bank_ref="N1"), credit("50.50", bank_ref="N2")
        for totals, message in (
            (files.summary(2, "150.00"), "total of the entries does not"),
            (files.summary(1, "50.50"), "number of entries does not"),
            (
                balance("OPBD", "0.00") + balance("CLBD", "50.50"),
                "closing balance does not",
            ),
        ):
            with self.subTest(message):
                self._assert_nothing_changed(
                    statement(*entries, totals=totals), message
                )

    def test_the_same_amount_twice_in_one_file(self):
        """Both stay, and both are found again."""
        twins = [credit(end_to_end="E1")] * 2
        first = self._announced(twins[0])
        second = self._import(statement(*twins))
        self.assertEqual(second.receipt_ids.mapped("amount"), [5.0])
        third = statement(*twins, credit("7"), message="MSG-3")
        batch = self._import(third)
        self.assertEqual(batch.receipt_ids.mapped("amount"), [7.0])
        self.assertEqual(
            batch.file_note,
            ", ".join(
                f"already entered in {each.name} (1)" for each in (first, second)
            ),
        )
        without = self._announced(*[credit("9")] * 2, message="NOTE-2")
        self.assertEqual(without.receipt_ids.mapped("amount"), [9.0, 9.0])
        self.assertFalse(without.twin_note)

    def test_an_entry_with_and_without_its_details(self):
        parts = [detail(each, end_to_end=f"E{each}") for each in ("3", "2")]
        whole = entry("5", bank_ref="N1")
        detailed = entry("5", *parts, bank_ref="N1")
        for first, second in ((whole, detailed), (detailed, whole)):
            with self.env.cr.savepoint() as savepoint:
                before = self._announced(first)
                self._check(before, statement(second), "same")
                savepoint.rollback()
            self.env.invalidate_all()
        before = self._announced(detailed)
        before.receipt_ids[0].unlink()
        batch = self._import(statement(detailed))
        self.assertEqual(batch.receipt_ids.mapped("amount"), [3.0], "one was missing")

    def test_other_accounts_and_companies(self):
        before = self._announced(credit(bank_ref="N1"))
        other = self._import(
            statement(credit(bank_ref="N1")), journal_id=self.bank.copy().id
        )
        self.assertEqual(other.receipt_ids.amount, before.receipt_ids.amount)
        dialog = self._dialog(statement(credit(bank_ref="N1")), user=self.clerk_b)
        self.assertTrue(dialog.action_import()["res_id"])

    def test_a_cancelled_batch(self):
        before = self._announced(credit(bank_ref="N1"))
        before.action_cancel()
        again = self._import(statement(credit(bank_ref="N1")))
        with self.assertRaisesRegex(UserError, f"were entered in {again.name} mean"):
            before.action_reset()
        again.action_cancel()
        before.action_reset()
        self.assertEqual(before.state, "draft")

    def test_two_at_once(self):
        """The database refuses what two people import at the same moment."""
        first = self._announced(credit(bank_ref="N1"))
        second = self._batch()
        receipt = first.receipt_ids
        with self.assertRaisesRegex(Exception, "credit_once"), self.env.cr.savepoint():
            values = {"value_date": receipt.value_date, "bank_reference": "N1"}
            second.sudo()._inside().receipt_ids = [
                (0, 0, {"amount": 5.0, "end_to_end": False, **values})
            ]
            self.env.flush_all()

    def test_references_are_those_of_the_file(self):
        batch = self._announced(
            credit(bank_ref="N1", end_to_end="E1", value="<Dt>2026-03-04</Dt>")
        )
        receipt = batch.receipt_ids
        self.assertEqual((receipt.bank_reference, receipt.end_to_end), ("N1", "E1"))
        self.assertEqual(receipt.value_date, date(2026, 3, 4))
        self.assertEqual(receipt.date, date(2026, 3, 2), "that of the booking")
        for values in (
            {"bank_reference": "X"},
            {"value_date": False},
            {"booking": "X"},
            {"credit_number": 7},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                receipt.write(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            batch.twin_note = "X"

    def test_queries_do_not_grow_with_the_credits(self):
        counts = []
        for number, size in enumerate((2, 2, 20)):
            credits = [credit(end_to_end=f"{number}-{n}") for n in range(size)]
            self._announced(*credits, message=f"NOTE-{number}")
            news = [credit("8", end_to_end=f"{number}x{n}") for n in range(2)]
            content = statement(*credits, *news, message=f"MSG-{number}")
            counts.append(
                self._count_queries(
                    lambda file: self._dialog(file).action_import(), content
                )
            )
        self._assert_no_more_queries(*counts[1:], margin=2)
