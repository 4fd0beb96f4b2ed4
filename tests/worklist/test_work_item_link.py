from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkItemLink(WorklistCommon):
    """The way from a record to its items, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 10.0))
        cls.other = cls._posted((1, 10.0), partner=cls.partner_b)
        cls.worklist = cls._invoices_list()
        cls.worklist._refresh()
        cls.item = cls.worklist.item_ids.filtered(
            lambda item: item.res_id == cls.invoice.id
        )

    def test_one_item_opens(self):
        invoice = self.invoice.with_user(self.clerk)
        self.assertEqual(invoice.work_item_count, 1)
        self.assertEqual(invoice.action_view_work_items()["res_id"], self.item.id)

    def test_customer_shows_the_work_on_all_its_records(self):
        self._posted((1, 10.0))
        self.worklist._refresh()
        partner = self.partner_a.with_user(self.clerk)
        self.assertEqual(partner.work_item_count, 2)
        action = partner.action_view_work_items()
        found = self.env["clerk.work.item"].with_user(self.clerk)
        items = found.search(action["domain"])
        self.assertEqual(len(items), 2)
        opened = items[0].with_context(**action["context"]).action_open_record()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), (items._name, items[0].id)
        )

    def test_partner_who_is_the_record_itself(self):
        for path in (False, "id", "commercial_partner_id"):
            worklist = self._worklist(
                [("id", "=", self.contact_a.id)], partner_path=path
            )
            worklist._refresh()
            contact = self.contact_a.with_user(self.clerk)
            contact.invalidate_recordset()
            self.assertEqual(contact.work_item_count, 1, path)
            self.assertEqual(
                contact.action_view_work_items()["res_id"], worklist.item_ids.id
            )
            found = contact.search([("in_worklist", "=", True)])
            self.assertIn(contact, found)
            free = contact.search([("in_worklist", "=", False)])
            self.assertEqual(free & (contact + self.partner_b), contact.browse())
            self.assertTrue(free)
            whole = self.partner_a.with_user(self.clerk)
            whole.invalidate_recordset()
            expected = 2 if path == "commercial_partner_id" else 1
            self.assertEqual(whole.work_item_count, expected, path)
            worklist.item_ids.with_user(self.clerk).action_done()

    def test_filter(self):
        self.item.with_user(self.clerk).action_done()
        both = self.invoice + self.other
        moves = self.env["account.move"].with_user(self.clerk)
        for wanted, expected in ((True, self.other), (False, self.invoice)):
            found = moves.search([("id", "in", both.ids), ("in_worklist", "=", wanted)])
            self.assertEqual(found, expected)

    def test_other_people(self):
        self.assertEqual(self.invoice.with_user(self.auditor).work_item_count, 1)
        fields_of = self.invoice.with_user(self.env.user).fields_get()
        self.assertNotIn("work_item_count", fields_of, "not for who has no role")

    def test_payments_and_cases(self):
        payment = self._pay(self.other)
        error = self._open_error(self.invoice)
        for model, record in (
            ("account.payment", payment),
            ("clerk.billing.error", error),
        ):
            worklist = self._worklist([("id", "=", record.id)], model=model)
            worklist._refresh()
            record = record.with_user(self.clerk)
            self.assertEqual(record.work_item_count, 1)
            self.assertEqual(record.search([("in_worklist", "=", True)]), record)

    def test_counts_cost_the_same_for_many(self):
        moves = (self.invoice + self.other).with_user(self.clerk)
        few, many = (
            self._count_queries(chosen.mapped, "work_item_count")
            for chosen in (moves[:1], moves)
        )
        self._assert_no_more_queries(few, many)
