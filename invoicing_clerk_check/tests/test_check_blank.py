from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CheckCommon


@tagged("post_install", "-at_install")
class TestCheckBlank(CheckCommon):
    """Blank sheets that cannot be used have rows in the register, and no payment."""

    def _blank(self, first, count=1, reason="Torn", user=None, **values):
        dialogs = self.env["clerk.check.blank"].with_user(user or self.clerk)
        dialog = dialogs.create(
            {
                "journal_id": self.bank.id,
                "first_number": first,
                "count": count,
                "reason": reason,
                **values,
            }
        )
        dialog.action_enter()
        return self._register().search(
            [("journal_id", "=", self.bank.id), ("payment_id", "=", False)],
            order="number_order",
        )

    def _register(self):
        return self.env["clerk.check"].with_user(self.clerk)

    def _next(self):
        return self.bank._next_check_number().lstrip("0")

    def test_their_numbers_are_not_used_again(self):
        self._print(self._payment(), "0042")
        blank = self._blank("0043", 3)
        self.assertRecordValues(
            blank,
            [
                {
                    "name": number,
                    "state": "spoiled",
                    "reason": "Torn",
                    "ended_by_id": self.clerk.id,
                    "printed_by_id": False,
                    "amount": 0.0,
                    "company_id": self.company_a.id,
                    "currency_id": self.currency_a.id,
                }
                for number in ("0043", "0044", "0045")
            ],
        )
        self.assertEqual(self._next(), "46")
        for number in ("0044", "45"):
            with self.assertRaisesRegex(UserError, r"already used \(Spoiled\)"):
                self._dialog(self._payment(), number).action_print()
        self.assertEqual(self._print(self._payment(), "0046").name, "0046")

    def test_sheets_of_another_box_do_not_move_the_next_number(self):
        self._print(self._payment(), "0042")
        self._blank("9001", 2)
        self.assertEqual(self._next(), "43")

    def test_the_dialog_proposes_the_next_number(self):
        self._print(self._payment(), "0042")
        dialogs = self.env["clerk.check.blank"].with_user(self.clerk)
        with Form(dialogs) as form:
            self.assertEqual(form.journal_id, self.bank)
            self.assertEqual(form.first_number.lstrip("0"), "43")
            form.reason = "Torn"
        action = form.record.action_enter()
        self.assertEqual(action["res_model"], "clerk.check")

    def test_refused(self):
        used = self._print(self._payment(), "0042")
        cases = (
            ("0041", {"count": 2}, r"0042 of Bank is already used \(Printed\)"),
            ("12a", {}, "is not a check number"),
            ("2147483646", {"count": 2}, "is larger than 2147483646"),
            ("0050", {"count": 0}, "from 1 to 500, not 0"),
            ("0050", {"count": -1}, "from 1 to 500, not -1"),
            ("0050", {"count": 501}, "from 1 to 500, not 501"),
            ("0050", {"reason": " "}, "Enter the reason"),
        )
        for first, values, sentence in cases:
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                self._blank(first, **values)
        self.bank.check_manual_sequencing = True
        with self.assertRaisesRegex(UserError, "get their numbers when"):
            self._blank("0050")
        self.assertEqual(self._register().search([]), used)

    def test_an_empty_register_offers_the_first_bank_account(self):
        dialogs = self.env["clerk.check.blank"].with_user(self.clerk)
        with Form(dialogs) as form:
            self.assertEqual(form.journal_id, self.bank)
            self.assertEqual(form.first_number.lstrip("0"), self._next())
            form.reason = "Torn"
        self.assertFalse(dialogs.new({"journal_id": False}).first_number)

    def test_only_clerks_of_the_company(self):
        for user in (self.auditor, self.outsider, self.clerk_b):
            with (
                self.subTest(user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._blank("0050", user=user)

    def test_they_are_not_reported_to_the_bank(self):
        self.bank.bank_account_id = self.env["res.partner.bank"].create(
            {"acc_number": "123456789", "partner_id": self.company_a.partner_id.id}
        )
        self._blank("0050", 2)
        files = self.env["clerk.positive.pay"].with_user(self.clerk)
        self.assertFalse(files._issues(self.bank) | files._voids(self.bank))

    def test_nothing_else_is_without_a_payment(self):
        blank = self._blank("0050")
        with self.assertRaisesRegex(UserError, "kept by printing and voiding"):
            blank.write({"state": "printed"})
