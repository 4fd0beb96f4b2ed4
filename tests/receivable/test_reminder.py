from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestReminder(ClerkCommon):
    """Reminders of ticked items: to whom, about what, and where they are kept."""

    freeze_time = freeze_time("2026-03-10")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.email = "a@example.com"
        cls.partner_b.email = "b@example.com"

    def _item(self, amount=50.0, due="2026-02-01", **values):
        invoice = self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )
        items = invoice.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        return items.with_user(self.clerk)

    def _sent(self, customer):
        subtype = self.env.ref("invoicing_clerk.mail_message_subtype_reminder")
        return self.env["mail.message"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", customer.id),
                ("subtype_id", "=", subtype.id),
            ]
        )

    def _compose(self, action):
        composer = Form(
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
        )
        return composer.save()

    def _dialog(self, action):
        self.assertEqual(action["res_model"], "clerk.reminder")
        dialog = self.env["clerk.reminder"].with_user(self.clerk)
        return dialog.browse(action["res_id"])

    def test_one_customer_is_mailed_and_it_is_logged(self):
        late = self._item(1234.5, ref="PO-7")
        foreign = self._item(70.0, currency=self.foreign_currency)
        due, credit = (
            self._item(20.0, "2026-04-01"),
            self._item(9.0, move_type="out_refund"),
        )
        composer = self._compose(
            (late + foreign + due + credit).action_items_reminder()
        )
        self.assertEqual(composer.partner_ids, self.partner_a)
        for words in (late.move_id.name, "PO-7", "1,234.50", "70.00", "37"):
            self.assertIn(words, composer.body)
        for item in (due, credit):
            self.assertNotIn(item.move_id.name, composer.body)
        composer.action_send_mail()
        self.assertIn("1,234.50", self._sent(self.partner_a).body)

    def test_nothing_overdue(self):
        for items in (
            self._item(due="2026-03-10"),
            self._item(move_type="out_refund"),
            self._item().move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "income"
            ),
        ):
            with self.assertRaisesRegex(UserError, "overdue"):
                items.with_user(self.clerk).action_items_reminder()
        with self.assertRaises(UserError):
            self.env["account.move.line"].with_user(self.clerk).action_items_reminder()

    def test_disputed_and_promised_items_are_asked_about(self):
        disputed, promised, free = self._item(), self._item(), self._item(77.0)
        self._open_error(disputed.move_id, {"claimed_quantity": 0})
        self.env["clerk.promise"].with_user(self.clerk).create(
            {"move_ids": promised.move_id.ids, "date": "2026-03-20"}
        )
        items = disputed + promised + free
        dialog = self._dialog(items.action_items_reminder())
        for item in (disputed, promised):
            self.assertIn(item.move_id.name, dialog.held_text)
        body = self._compose(dialog.action_continue()).body
        self.assertIn(free.move_id.name, body)
        self.assertNotIn(disputed.move_id.name, body)
        self.assertNotIn(promised.move_id.name, body)
        dialog.includes_held = True
        body = self._compose(dialog.action_continue()).body
        for item in items:
            self.assertIn(item.move_id.name, body)
        dialog = self._dialog((disputed + promised).action_items_reminder())
        with self.assertRaisesRegex(UserError, "disputed or promised"):
            dialog.action_continue()

    def test_several_customers_each_get_their_own(self):
        mine = self._item(11.0)
        other = self._item(22.0, partner=self.partner_b)
        silent = self.env["res.partner"].create({"name": "No Mail"})
        third = self._item(33.0, partner=silent)
        dialog = self._dialog((mine + other + third).action_items_reminder())
        self.assertIn("No Mail", dialog.unreachable_text)
        self.assertIn("Customers: 2. Items: 2.", dialog.summary)
        dialog.action_continue()
        for item, another in ((mine, other), (other, mine)):
            body = self._sent(item.partner_id).body
            self.assertIn(item.move_id.name, body)
            self.assertNotIn(another.move_id.name, body)
        self.assertFalse(self._sent(silent))
        with self.assertRaisesRegex(UserError, "no email"):
            third.action_items_reminder()

    def test_companies_do_not_mix(self):
        self.clerk.company_ids |= self.company_b
        items = self._item() + self._item(company_data=self.company_b_data)
        both = (self.company_a + self.company_b).ids
        with self.assertRaisesRegex(UserError, "one company"):
            items.with_context(allowed_company_ids=both).action_items_reminder()

    def test_ids_from_outside(self):
        mine, other = self._item(), self._item(partner=self.partner_b)
        customer = self.partner_a.with_user(self.clerk)
        ids = [mine.id, other.id, 999_999_999, "1", None]
        found = customer.with_context(clerk_reminder_ids=ids)._reminder_items()
        self.assertEqual(found, mine)
        self.assertFalse(customer._reminder_items())
        for forged in (5, True, "x", {"id": mine.id}, [[mine.id]]):
            with self.subTest(forged=forged):
                asked = customer.with_context(clerk_reminder_ids=forged)
                self.assertFalse(asked._reminder_items())

    def test_items_are_read_once(self):
        """A reminder searched its items anew for each part of the email: 5 times."""
        self._item()
        action = self._item(20.0).action_items_reminder()
        customer = self.partner_a.with_user(self.clerk)
        customer = customer.with_context(**action["context"])
        parts = ("_reminder_company", "_reminder_rows", "_reminder_totals")
        for part in parts:
            getattr(customer, part)()
        with self.assertQueryCount(0):
            for part in parts:
                getattr(customer, part)()

    def test_roles(self):
        item = self._item()
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                item.with_user(user).action_items_reminder()
        action = item.with_user(self.supervisor).action_items_reminder()
        self.assertEqual(action["res_model"], "mail.compose.message")

    def test_queries_do_not_grow_with_items(self):
        items = self._item()
        few = self._count_queries(items.action_items_reminder, times=2)
        for _index in range(6):
            items += self._item()
        many = self._count_queries(items.action_items_reminder)
        self._assert_no_more_queries(few, many)
