from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestCorrectionLineAdded(CorrectionCommon):
    """Forgotten lines are billed by a note on the invoice, and corrected later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.company_data["default_tax_sale"]
        cls.freight, cls.lamp = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "list_price": price,
                    "taxes_id": [Command.set(cls.tax.ids)],
                }
                for name, price in (("Freight", 40.0), ("Lamp", 25.0))
            ]
        )

    def _adding(self, move, *lines, **values):
        correction = self._correction(move, **values)
        correction.line_ids = [Command.create(line) for line in lines]
        return correction

    def test_forgotten_product_makes_a_debit_note(self):
        move = self._posted((10, 20.0))
        correction = self._adding(move, {"product_id": self.freight.id})
        added = correction.line_ids.filtered(lambda line: not line.move_line_id)
        self.assertRecordValues(
            added,
            [
                {
                    "name": "Freight",
                    "quantity": 1,
                    "price_unit": 40,
                    "tax_ids": self.tax.ids,
                    "account_id": move.invoice_line_ids.account_id.id,
                    "difference": 46,
                    "billed_total": 0,
                }
            ],
        )
        self.assertEqual(correction.preview["stake"], 46)
        correction.action_apply()
        note = correction.document_ids
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_invoice",
                    "debit_origin_id": move.id,
                    "corrected_move_id": move.id,
                    "correction_role": "debit",
                    "amount_total": 46,
                }
            ],
        )
        self.assertRecordValues(
            note.invoice_line_ids,
            [
                {
                    "product_id": self.freight.id,
                    "correction_line_id": added.id,
                    "corrected_line_id": False,
                    "quantity": 1,
                    "price_unit": 40,
                }
            ],
        )

    def test_product_in_the_place_of_another(self):
        move = self._posted((4, 30.0), (1, 5.0))
        correction = self._correction(move)
        correction.line_ids[0].action_replace()
        added = correction.line_ids.filtered(lambda line: not line.move_line_id)
        self.assertEqual((added.quantity, added.price_unit), (4, 30))
        self.assertEqual(correction.own_stake, 138, "the larger of credit and charge")
        added.product_id = self.lamp
        self.assertEqual((added.name, added.price_unit), ("Lamp", 25))
        self.assertEqual(correction.own_stake, 138)
        correction.action_apply()
        note = correction.document_ids
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 23))
        self.assertEqual(
            sorted(
                note.invoice_line_ids.mapped(lambda line: (line.quantity, line.name))
            ),
            sorted([(-4, "Lamp"), (4, move.invoice_line_ids[0].name)]),
        )

    def test_added_lines_are_corrected_and_credited_later(self):
        move = self._posted((10, 20.0))
        freight = {"product_id": self.freight.id, "quantity": 3}
        self._adding(move, freight).action_apply()
        second = self._correction(move)
        self.assertEqual(second.line_ids.mapped("billed_quantity"), [10, 3])
        second.line_ids.filtered(
            lambda line: line.product_id == self.freight
        ).price_unit = 30
        second.action_apply()
        self.assertEqual(second.document_ids.amount_untaxed, 30)
        third = self._corrected(move, "credit_full")
        self.assertEqual(third.document_ids.amount_untaxed, 200 + 90)
        self.assertIn("credited in full", self._correction(move).unfit_reason)

    def test_credit_in_full_covers_what_was_added_after_it_was_started(self):
        move = self._posted((10, 20.0))
        started = self._correction(move, "credit_full")
        self._adding(move, {"product_id": self.freight.id}).action_apply()
        started.action_apply()
        self.assertEqual(started.document_ids.amount_untaxed, 240)
        self.assertIn("credited in full", self._correction(move).unfit_reason)

    def test_rebill_bills_added_lines_of_its_own_and_earlier_ones(self):
        move = self._posted((10, 20.0))
        self._adding(move, {"product_id": self.freight.id}).action_apply()
        correction = self._adding(move, {"product_id": self.lamp.id}, remedy="rebill")
        correction.action_apply()
        credit, rebill = correction.document_ids.sorted("id")
        self.assertEqual(credit.amount_untaxed, 240)
        self.assertEqual(rebill.amount_untaxed, 265)
        self.assertEqual(
            rebill.invoice_line_ids.mapped("price_subtotal"), [200, 40, 25]
        )

    def test_form_adds_and_previews_before_saving(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        with Form(correction) as form:
            with form.line_ids.new() as line:
                line.product_id = self.freight
                self.assertEqual(line.price_unit, 40)
                line.quantity = 2
            self.assertIn("92.00", form.preview_html)
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_total, 92)

    def test_text_without_a_product_is_taxed_as_the_invoice(self):
        move = self._posted((10, 20.0))
        correction = self._adding(move, {"name": "Express", "price_unit": 40.0})
        added = correction.line_ids.filtered(lambda line: not line.move_line_id)
        self.assertEqual(added.tax_ids, self.tax)
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_total, 46)
        untaxed = {"name": "Express", "price_unit": 40.0, "tax_ids": [Command.clear()]}
        correction = self._adding(self._posted((10, 20.0)), untaxed)
        self.assertEqual(correction.preview["stake"], 40)

    def test_taxes_follow_the_fiscal_position_of_the_invoice(self):
        export = self.tax.copy({"name": "Export", "amount": 0})
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        export.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        move = self._posted((1, 20.0), fiscal_position_id=position.id)
        correction = self._adding(move, {"product_id": self.freight.id})
        self.assertEqual(correction.line_ids[-1:].tax_ids, export)

    def test_a_second_person_approves_what_is_added(self):
        """The limit counts the charge, and a change of it voids the approval."""
        self.env["clerk.approval.limit"].sudo().search([]).unlink()
        self.env["clerk.approval.limit"].sudo().create({"amount": 45.99})
        supervisors = self.env.ref("invoicing_clerk.group_supervisor")
        self.env["clerk.approval.limit"].sudo().create(
            {"group_id": supervisors.id, "amount": 1000}
        )
        move = self._posted((10, 20.0))
        correction = self._adding(move, {"product_id": self.freight.id})
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()
        correction.action_request_approval()
        with self.assertRaises(AccessError):
            correction.action_approve()
        correction.with_user(self.supervisor).action_approve()
        correction.line_ids.filtered(
            lambda line: not line.move_line_id
        ).name = "Express freight"
        self.assertEqual(correction.state, "draft")

    def test_bad_lines_get_a_sentence(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        receivable = self.company_data["default_account_receivable"]
        other = self.company_b_data["default_account_revenue"]
        for values, message in (
            ({}, "select a product or enter a text"),
            ({"name": "  "}, "select a product or enter a text"),
            ({"name": "Freight", "quantity": 0}, "quantity above 0"),
            ({"name": "Freight", "quantity": -1}, "quantity above 0"),
            ({"name": "Freight", "discount": 101}, "between 0 and 100"),
            ({"name": "Freight", "account_id": receivable.id}, "cannot be billed on"),
            ({"name": "Freight", "account_id": other.id}, "that you have access to"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
                self.env.cr.savepoint(),
            ):
                correction.line_ids = [Command.create(values)]
        self.env.invalidate_all()
        billed = correction.line_ids
        for values in ({"name": "Chair"}, {"product_id": self.lamp.id}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                billed.write(values)
            self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "enter the quantity 0"):
            billed.action_remove()
        correction.line_ids = [Command.create({"product_id": self.lamp.id})]
        correction.action_reload()
        self.assertEqual(len(correction.line_ids), 2, "what was added stays")
        (
            correction.line_ids - correction.line_ids.filtered("move_line_id")
        ).action_remove()
        self.assertEqual(len(correction.line_ids), 1)

    def test_changed_lines_come_first(self):
        move = self._posted(*[(1, 10.0 + index) for index in range(14)])
        correction = self._correction(move)
        changed = correction.line_ids[12]
        changed.quantity = 0
        self.env.flush_all()
        correction.invalidate_recordset()
        self.assertEqual(correction.line_ids[0], changed)
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_untaxed, 22)
