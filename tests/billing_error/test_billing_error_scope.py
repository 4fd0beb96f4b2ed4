from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestBillingErrorScope(ClerkCommon):
    """Invoices that are disputed as a whole, and those that are disputed twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((10, 20.0), (1, 5.0))

    def _reason(self, code):
        return self.env.ref(f"invoicing_clerk.reason_{code}")

    def _case(self, code=None, moves=None, **values):
        return (
            self.env["clerk.billing.error"]
            .with_user(self.clerk)
            .create(
                {
                    "move_ids": [Command.set((moves or self.invoice).ids)],
                    "reason_id": code and self._reason(code).id,
                    **values,
                }
            )
        )

    def test_reasons_that_dispute_the_whole_invoice(self):
        """However the case is opened, and whenever it gets its reason or invoice.

        Before, an invoice that was billed to the wrong customer was disputed with
        0.00, and so stayed in reminders, statements and promises as owed.
        """
        total = self.invoice.amount_total
        for code in ("partner", "entity", "dup"):
            with self.subTest(code=code):
                self.assertEqual(self._case(code).amount_disputed, total)
                late = self._case()
                self.assertEqual(late.amount_disputed, 0)
                late.reason_id = self._reason(code)
                self.assertEqual(late.amount_disputed, total)
        case = self._case("partner")
        case.action_load_lines()
        self.assertEqual(case.amount_disputed, total)
        other = self._posted((3, 10.0))
        case.move_ids |= other
        self.assertEqual(case.amount_disputed, total + other.amount_total)

    def test_other_reasons_dispute_what_is_claimed(self):
        self.assertEqual(self._case("price").amount_disputed, 0)
        case = self._case()
        case.action_load_lines()
        case.line_ids[0].claimed_quantity = 7
        case.reason_id = self._reason("partner")
        self.assertEqual(case.line_ids.mapped("claimed_quantity"), [7, 1])

    def test_form_follows_the_reason(self):
        cases = self.env["clerk.billing.error"].with_user(self.clerk)
        form = Form(cases.with_context(default_move_ids=self.invoice.ids))
        form.reason_id = self._reason("partner")
        self.assertEqual(form.amount_disputed, self.invoice.amount_total)
        form.reason_id = self._reason("price")
        self.assertEqual(form.amount_disputed, 0)
        with form.line_ids.edit(1) as line:
            line.claimed_quantity = 0
        form.reason_id = self._reason("notdeliv")
        self.assertEqual(form.save().line_ids.mapped("claimed_quantity"), [10, 0])

    def test_single_line_claimed_with_zero_stays_as_typed(self):
        move = self._posted((2, 10.0))
        cases = self.env["clerk.billing.error"].with_user(self.clerk)
        form = Form(cases.with_context(default_move_ids=move.ids))
        with form.line_ids.edit(0) as line:
            line.claimed_quantity = 0
        form.reason_id = self._reason("notdeliv")
        self.assertEqual(form.save().line_ids.claimed_quantity, 0)

    def test_second_case_on_an_invoice_says_so(self):
        """Before, two clerks worked on the same dispute without knowing it."""
        first = self._case("price")
        self.assertFalse(first.overlap_note)
        cases = self.env["clerk.billing.error"].with_user(self.supervisor)
        form = Form(cases.with_context(default_move_ids=self.invoice.ids))
        for text in (self.invoice.name, first.name, "Wrong price", self.clerk.name):
            self.assertIn(text, form.overlap_note)
        second = form.save()
        self.assertEqual(second.action_view_overlapping()["res_id"], first.id)
        self.assertIn(second.name, first.overlap_note)
        first._take_step("cancel")
        second.invalidate_recordset()
        self.assertFalse(second.overlap_note)
        self.assertFalse(first.overlap_note)
        self.assertFalse(self._case(moves=self._posted((1, 1.0))).overlap_note)
