import hashlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CheckCommon

# As the bank's description says: I or V, account, number, date, amount, payee.
DELIMITED = (
    b"I,000123456789,42,01/15/2026,1234.56,partner_a\r\n"
    b"I,000123456789,43,01/16/2026,7.00,Muller & Sohne  Inc.\r\n"
)
DELIMITED_VOID = (
    b"I,000123456789,44,01/16/2026,7.00,Muller & Sohne  Inc.\r\n"
    b"V,000123456789,42,01/15/2026,1234.56,partner_a\r\n"
    b"V,000123456789,43,01/16/2026,7.00,Muller & Sohne  Inc.\r\n"
)
# 1-12 account, 13 "2" if void, 16-25 number, 26-37 cents, 38-45 date, 47-100 payee.
FIXED = (
    b"000123456789   0000000042000000123456"
    b"20260115 partner_a                                             \r\n"
    b"000123456789   0000000043000000000700"
    b"20260116 Muller & Sohne, Inc.                                  \r\n"
)
FIXED_VOID = (
    b"000123456789   0000000044000000000700"
    b"20260116 Muller & Sohne, Inc.                                  \r\n"
    b"0001234567892  0000000042000000123456"
    b"20260115 partner_a                                             \r\n"
    b"0001234567892  0000000043000000000700"
    b"20260116 Muller & Sohne, Inc.                                  \r\n"
)


@tagged("post_install", "-at_install")
class TestPositivePay(CheckCommon):
    """Each check is reported once, and once more if it is void then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank.bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": "000123456789", "partner_id": cls.company_a.partner_id.id}
        )
        cls.partner_b.name = "Müller & Söhne, Inc."

    def _format(self, name):
        return self.env.ref(f"invoicing_clerk_check.positive_pay_format_{name}").sudo()

    def _checks(self):
        payments = self._payment(1234.56)
        payments |= self._payment(7, partner_id=self.partner_b.id, date="2026-01-16")
        return self._print(payments)

    def _make(self, name="delimited", user=None, **values):
        dialog = self.env["clerk.positive.pay.make"].with_user(user or self.clerk)
        dialog = dialog.create(
            {"journal_id": self.bank.id, "format_id": self._format(name).id, **values}
        )
        action = dialog.action_make()
        return dialog.env[action["res_model"]].browse(action["res_id"])

    def test_byte_for_byte(self):
        for name, expected, expected_void in (
            ("delimited", DELIMITED, DELIMITED_VOID),
            ("fixed", FIXED, FIXED_VOID),
        ):
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                checks = self._checks()
                file = self._make(name)
                self.assertEqual(file.document_id.raw, expected)
                self.assertEqual(
                    file.document_hash, hashlib.sha256(expected).hexdigest()
                )
                self._void(checks[0])
                self._reprint(checks[1], "0044")
                second = self._make(name)
                self.assertEqual(second.document_id.raw, expected_void)
                savepoint.rollback()
                savepoint.close(rollback=True)

    def test_lines_of_a_fixed_width(self):
        for line in (FIXED + FIXED_VOID).splitlines():
            self.assertEqual(len(line), 100)

    def test_each_check_is_reported_once(self):
        checks = self._checks()
        file = self._make()
        self.assertRecordValues(
            file,
            [
                {
                    "issue_ids": checks.ids,
                    "issue_count": 2,
                    "issue_amount": 1241.56,
                    "void_count": 0,
                    "made_by_id": self.clerk.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "have been reported to the bank"):
            self._make()
        self._void(checks[0])
        second = self._make()
        self.assertEqual((second.issue_ids, second.void_ids), (checks[:0], checks[0]))
        with self.assertRaisesRegex(UserError, "have been reported to the bank"):
            self._make()

    def test_what_was_never_issued_is_not_reported_void(self):
        checks = self._checks()
        self._void(checks[0])
        again = self._reprint(checks[1], "0044")
        file = self._make()
        self.assertEqual((file.issue_ids, file.void_ids), (again, checks[:0]))

    def test_the_dialog_takes_the_last_format(self):
        self._checks()
        self._make("fixed")
        dialog = self.env["clerk.positive.pay.make"].with_user(self.clerk)
        dialog = dialog.create({"journal_id": self.bank.id})
        self.assertEqual(dialog.format_id, self._format("fixed"))
        self.assertEqual((dialog.issue_count, dialog.void_count), (0, 0))

    def test_the_file_is_kept(self):
        self._checks()
        file = self._make()
        action = file.action_download()
        self.assertIn(str(file.document_id.id), action["url"])
        for change in (
            lambda: file.document_id.sudo().write({"raw": b"I,1,1,1,1,1"}),
            lambda: file.document_id.sudo().unlink(),
            lambda: file.unlink(),
            lambda: file.sudo().unlink(),
            lambda: file.write({"issue_count": 1}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        self._tamper(file.document_id.sudo(), b"I,666")
        self.assertTrue(file.evidence_problem)
        with self.assertRaises(UserError):
            file.action_download()

    def test_header_and_trailer(self):
        self._checks()
        layout = self._format("delimited")
        layout.field_ids = [
            Command.create({"record": "header", "source": "constant", "constant": "H"}),
            Command.create({"record": "trailer", "source": "count"}),
            Command.create({"record": "trailer", "source": "amount"}),
        ]
        lines = self._make().document_id.raw.splitlines()
        self.assertEqual((lines[0], lines[-1]), (b"H", b"2,1241.56"))

    # What is wrong

    def test_what_has_no_room_is_refused(self):
        self._print(self._payment(), "1234567")
        self._format("delimited").field_ids.filtered(
            lambda field: field.source == "number"
        ).width = 6
        sentence = "“1234567” has more than the 6 characters .* for Check Number"
        with self.assertRaisesRegex(UserError, sentence):
            self._make()

    def test_formats_that_have_no_place(self):
        layout = self._format("fixed").with_user(self.supervisor).sudo(False)
        field = layout.field_ids.filtered(lambda each: each.source == "date")
        for sentence, record, values in (
            ("Date is not within the 100 characters", field, {"start": 95}),
            ("Date is not within the 100 characters", field, {"width": 0}),
            ("Amount and Date overlap at position 30", field, {"start": 30}),
            ("Enter a line length between 1 and 1000", layout, {"line_length": 0}),
            ("Payee is not within the 90", layout, {"line_length": 90}),
        ):
            refused = self.assertRaisesRegex(ValidationError, sentence)
            with self.subTest(sentence), refused, self.env.cr.savepoint():
                record.write(values)

    def test_an_account_number_is_needed(self):
        self._checks()
        self.bank.bank_account_id = False
        with self.assertRaisesRegex(UserError, "has no account number"):
            self._make()

    def test_one_currency(self):
        self._print(
            self._payment() | self._payment(currency_id=self.foreign_currency.id)
        )
        with self.assertRaisesRegex(UserError, "are in several currencies"):
            self._make()

    def test_who_may(self):
        self._checks()
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(UserError):
                self._make(user=user)
        file = self._make()
        self.assertEqual(file.with_user(self.auditor).issue_count, 2)
        self.assertEqual(file.with_user(self.auditor).document_id.raw, DELIMITED)
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                file.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self._format("fixed").with_user(self.clerk).sudo(False).name = "Mine"
