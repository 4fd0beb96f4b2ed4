import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .change_common import IBAN, ChangeCommon

HEADER = "Customer;Field;New Value\n"


@tagged("post_install", "-at_install")
class TestCustomerChangeImport(ChangeCommon):
    """A spreadsheet of changes becomes proposals, after a dry run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.ref = "C-1"
        cls.partner_b.write({"ref": "C-2", "customer_rank": 1})

    def _dialog(self, *rows, header=HEADER):
        text = header + "".join(f"{row}\n" for row in rows)
        return (
            self.env["clerk.customer.change.import"]
            .with_user(self.clerk)
            .create(
                {
                    "content": base64.b64encode(text.encode()),
                    "file_name": "changes.csv",
                }
            )
        )

    def test_rows_become_proposals(self):
        dialog = self._dialog(
            "C-1;City;Napa",
            "Bayline;Payment Terms;15 Days",
            f"C-1;Bank Account;{IBAN}",
            "C-2;Credit Limit;1500.00",
            "C-2;Next Credit Review;31 March 2031",
        )
        self.assertFalse([each for each in dialog.line_ids.mapped("problem") if each])
        self.assertEqual(dialog.line_ids[0].old_text, "San Jose")
        action = dialog.action_propose()
        changes = self.env["clerk.customer.change"].with_user(self.clerk)
        made = changes.search(action["domain"], order="id")
        self.assertEqual(made.partner_id, self.customer | self.partner_b)
        first = made.filtered(lambda each: each.partner_id == self.customer)
        self.assertEqual(first.line_ids.mapped("kind"), ["address", "terms", "bank"])
        self.assertIn("changes.csv, rows: 2, 3, 4", first.note)
        second = made - first
        self.assertEqual(second.line_ids[1].new_value, "2031-03-31")
        self.assertEqual(self.customer.city, "San Jose")

    def test_each_row_says_what_is_wrong(self):
        self._propose({"zip": "94000"})
        rows = {
            "C-9;City;Napa": "no customer “C-9”",
            "C-1;Shoe Size;43": "not a field that requires approval",
            "C-1;City;San Jose": "has this value already",
            "C-1;Payment Terms;Never": "exactly one record",
            "C-1;Credit Limit;a lot": "not a valid amount",
            "C-1;Next Credit Review;soon": "is not a date",
            "C-1;Invoice Sending;pigeon": "enter one of",
            "C-1;Bank Account;BE71096123456768": "not a valid IBAN",
            "C-1;Zip;94001": "under way",
            "C-2;Name;One": "more than once",
            "C-2;name;Two": "more than once",
        }
        dialog = self._dialog(*rows)
        for line, sentence in zip(dialog.line_ids, rows.values(), strict=True):
            with self.subTest(row=line.row):
                self.assertRegex(line.problem or "", sentence)
        self.assertEqual((dialog.good_count, dialog.bad_count), (0, len(rows)))
        with self.assertRaisesRegex(UserError, "No row can be proposed"):
            dialog.action_propose()

    def test_files_that_cannot_be_read(self):
        self.assertRegex(self._dialog(header="Customer;Value\n").problem, "“field”")
        many = self._dialog(*["C-1;City;Napa"] * 501)
        self.assertRegex(many.problem, "above the limit")
        empty = self._dialog(header="\n")
        self.assertRegex(empty.problem, "empty")
