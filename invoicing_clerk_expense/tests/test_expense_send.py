from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseSend(ExpenseCommon):
    """The dialog that emails an invoice offers the receipts that the customer gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.email = "customer@example.com"

    def _dialog(self, move):
        action = move.with_user(self.clerk).action_invoice_sent()
        dialogs = self.env[action["res_model"]].with_user(self.clerk)
        return dialogs.with_context(**action["context"]).create(
            {"sending_methods": ["email"]}
        )

    def _offered(self, move):
        widget = self._dialog(move).mail_attachments_widget
        return [each["name"] for each in widget if not each["placeholder"]]

    def _sent(self, move):
        """Return names and contents of the files of the email, without the invoice."""
        message = move.sudo().message_ids.filtered("attachment_ids")[0]
        files = message.attachment_ids.filtered(
            lambda each: move.name.replace("/", "_") not in each.name
        )
        return sorted((file.name, file.raw) for file in files)

    def test_receipts_go_out_and_stay(self):
        lunch, taxi = self._expense(10.0), self._expense(20.0)
        move = self._charged_and_posted(lunch | taxi)
        dialog = self._dialog(move)
        offered = [each["name"] for each in dialog.mail_attachments_widget[1:]]
        self.assertEqual(offered, ["receipt.pdf", "receipt (2).pdf"])
        dialog.action_send_and_print()
        receipts = (lunch | taxi).sudo().attachment_ids
        contents = sorted((file.name, file.raw) for file in receipts)
        self.assertEqual(self._sent(move), contents)
        self.assertEqual(set(receipts.mapped("res_id")), set((lunch | taxi).ids))

    def test_one_is_removed(self):
        lunch, taxi = self._expense(10.0), self._expense(20.0)
        move = self._charged_and_posted(lunch | taxi)
        dialog = self._dialog(move)
        widget = dialog.mail_attachments_widget
        # As the dialog does.
        removed = {**widget[-1], "skip": True}
        dialog.mail_attachments_widget = [*widget[:-1], removed]
        dialog.action_send_and_print()
        kept = (
            (lunch | taxi)
            .sudo()
            .attachment_ids.filtered(lambda file: file.id != removed["id"])
        )
        self.assertEqual(self._sent(move), [(kept.name, kept.raw)])

    def test_what_is_not_offered(self):
        with_markup = self._expense(clerk_charge="markup", clerk_markup=10.0)
        at_cost = self._expense(20.0)
        move = self._charged_and_posted(with_markup | at_cost)
        self._receipt(at_cost, "remarks of the manager.pdf")
        self.assertEqual(self._offered(move), ["receipt.pdf"])
        note = self._credit_note(move.with_env(self.env))
        self.assertEqual(self._offered(note), [])
        self.company_a.clerk_expense_attach = False
        self.assertEqual(self._offered(move), [])

    def test_damaged(self):
        expense = self._expense()
        move = self._charged_and_posted(expense)
        receipt = expense.sudo().attachment_ids
        self.env.cr.execute(
            "UPDATE ir_attachment SET name = 'other.pdf' WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._offered(move), [])
