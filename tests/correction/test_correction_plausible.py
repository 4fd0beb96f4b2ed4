from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestCorrectionPlausible(CorrectionCommon):
    """Slips of the keyboard are asked about before they are billed."""

    def test_what_is_asked_about(self):
        """Before, a point that was left out of a price was billed without a word."""
        for remedy in ("correct_lines", "rebill"):
            for values, asks in (
                ({"price_unit": 1000.0}, True),
                ({"price_unit": 0.1}, True),
                ({"quantity": 400.0}, True),
                ({"quantity": 0.04}, True),
                ({"price_unit": 999.0}, False),
                ({"price_unit": 0.0}, False),
                ({"quantity": 0.0}, False),
            ):
                move = self._posted((4, 10.0), (1, 5000.0))
                correction = self._correction(move, remedy)
                correction.line_ids[0].write(values)
                with self.subTest(remedy=remedy, values=values):
                    self.assertEqual(bool(correction.unusual_note), asks)
                    self.assertEqual("apply" in correction.allowed_actions, not asks)
                    if not asks:
                        correction.action_apply()
                        continue
                    with self.assertRaisesRegex(UserError, "a factor of 100"):
                        correction.action_apply()
                    correction.is_confirmed = True
                    self.assertIn("apply", correction.allowed_actions)
                    correction.action_apply()
                self.assertEqual(correction.state, "applied")

    def test_answer_holds_for_what_was_asked_only(self):
        correction = self._correction(self._posted((4, 10.0)))
        correction.line_ids.price_unit = 1000
        correction.is_confirmed = True
        self.env.flush_all()
        correction.invalidate_recordset()
        self.assertTrue(correction.is_confirmed)
        correction.line_ids.price_unit = 10000
        self.assertFalse(correction.is_confirmed)
        with Form(correction) as form:
            form.is_confirmed = True
            with form.line_ids.edit(0) as line:
                line.price_unit = 2000
            self.assertFalse(form.is_confirmed)
            self.assertIn("a factor of 200", form.unusual_note)
        with self.assertRaisesRegex(UserError, "confirm that it is correct"):
            correction.action_apply()

    def test_price_of_an_added_product(self):
        lamp = self.env["product.product"].create({"name": "Lamp", "list_price": 25})
        correction = self._correction(self._posted((4, 10.0)))
        correction.line_ids = [
            Command.create({"product_id": lamp.id, "price_unit": 2500})
        ]
        self.assertIn("a factor of 100", correction.unusual_note)

    def test_impossible_corrections_are_not_offered(self):
        """Whatever the dialog says against it, Apply and Ask for Approval are off.

        Before, they were offered beside the sentence that says why they would fail.
        """
        move = self._posted((4, 10.0))
        correction = self._correction(move)
        self.assertNotIn("apply", correction.allowed_actions, "nothing would change")
        correction.line_ids.quantity = 3
        self.assertIn("apply", correction.allowed_actions)
        move.partner_id.active = False
        self._assert_off(correction, "archived")
        move.partner_id.active = True
        self._corrected(move, lines={0: {"quantity": 2}})
        self._assert_off(correction, "have changed since")
        correction.action_reload()
        correction.line_ids.quantity = 1
        correction.invalidate_recordset()
        self.assertIn("apply", correction.allowed_actions)
        correction.error_id._take_step("cancel")
        self._assert_off(correction, "is closed")
        negative = self._correction(self._posted((1, 10.0), (1, -5.0)))
        negative.line_ids[0].quantity = 0
        self._assert_off(negative, "corrected total")
        self.assertIn("corrected total", negative.preview_html)

    def _assert_off(self, correction, message):
        self.env.flush_all()
        correction.invalidate_recordset()
        with self.subTest(message):
            self.assertFalse({"apply", "request"} & {*correction.allowed_actions})
            with self.assertRaisesRegex(UserError, message):
                correction.action_apply()
            with self.assertRaisesRegex(UserError, message):
                correction.action_request_approval()

    def test_approver_reads_another_language(self):
        """The approval is about what is booked, not about its words."""
        self.env["res.lang"]._activate_lang("fr_FR")
        correction = self._correction(self._posted((4, 10.0)), "rebill")
        correction.line_ids.quantity = 3
        correction.action_request_approval()
        tax_group = self.company_data["default_tax_sale"].tax_group_id
        tax_group.with_context(lang="fr_FR").name = "TVA"
        self.supervisor.lang = "fr_FR"
        supervised = correction.with_user(self.supervisor).with_context(lang="fr_FR")
        supervised.action_approve()
        self.assertEqual(correction.state, "approved")
