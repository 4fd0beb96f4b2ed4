from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receipt import camt
from odoo.addons.invoicing_clerk.rules.receipt.bank_file import BankFileError

from .bank_files import balance, detail, entry, statement, summary

LONG = "5x" * 40


@tagged("at_install", "-post_install")
class TestCamtRules(BaseCase):
    """Entries of a statement as they are read, and as errors name them."""

    def _entries(self, *entries, **more):
        return camt.read(statement(*entries, **more)).entries

    def _values(self, content):
        with self.assertRaises(BankFileError) as caught:
            camt.read(content)
        return caught.exception.values

    def test_comments_inside_of_texts(self):
        commented = entry("1<!-- of the bank -->00.<?page 2?>00")
        self.assertEqual(self._entries(commented)[0].amount, Decimal(100))

    def test_where_a_file_is_broken(self):
        self.assertEqual(self._values(statement(entry("5"))[:-9])["line"], 2)

    def test_which_entry_is_wrong(self):
        right = entry("5")
        for wrong, place in (
            (entry("5", sign=""), "STM-1 2"),
            (entry("5", sign="", ref="R7"), "R7"),
            (entry("5", sign="", bank_ref="N9"), "N9"),
        ):
            values = self._values(statement(right, wrong))
            self.assertEqual(values["place"], place)

    def test_texts_in_errors_are_short(self):
        for content in (
            statement(entry(LONG)),
            statement(entry("5"), totals=summary(LONG)),
            statement(entry("5", date=f"<Dt>{LONG}</Dt>")),
        ):
            self.assertEqual(self._values(content)["text"], LONG[:40])

    def test_equal_credits_are_counted(self):
        alike = [entry("5", detail("5", end_to_end="E1"))] * 3
        other = entry("5", detail("5", end_to_end="E2"))
        self.assertEqual(
            [each.occurrence for each in self._entries(*alike, other)], [0, 1, 2, 0]
        )
        of_bank = [entry("5", bank_ref=each) for each in ("N1", "N1", "N2")]
        self.assertEqual(
            [each.occurrence for each in self._entries(*of_bank)], [0, 1, 0]
        )

    def test_a_net_amount_of_debits(self):
        net = "<TtlNetNtry><Amt>3</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry>"
        entries = entry("5", sign="DBIT"), entry("2")
        [found] = self._entries(*entries, totals=summary(2, more=net))
        self.assertEqual(found.amount, 2)

    def test_one_balance_alone_proves_nothing(self):
        for code in ("OPBD", "CLBD"):
            self.assertTrue(self._entries(entry("5"), totals=balance(code, "99")))

    def test_details_that_are_no_receipts(self):
        debit = detail("0.50", after="<CdtDbtInd>DBIT</CdtDbtInd>")
        batch = entry("4.50", detail("5"), debit, debit.replace("0.50", "0.00"))
        found = camt.read(statement(batch, batch))
        self.assertEqual([str(each.amount) for each in found.entries], ["5", "5"])
        self.assertEqual(found.excluded, (("debit", 2), ("zero", 2)))

    def test_a_single_detail_needs_no_amount(self):
        self.assertEqual(self._entries(entry("5", detail()))[0].amount, 5)

    def test_references_of_the_bank(self):
        """Details of a batch have references of their own, a single one the entry's."""
        for details, own, expected in (
            (["D1"], "N1", ["N1"]),
            (["D1"], "", ["D1"]),
            (["D1", "D2"], "N1", ["D1", "D2"]),
            ([""], "N1", ["N1"]),
        ):
            parts = [detail("5", bank_ref=each) for each in details]
            found = self._entries(entry(5 * len(parts), *parts, bank_ref=own))
            self.assertEqual([each.bank_reference for each in found], expected)
