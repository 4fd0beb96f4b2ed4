from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestCallNew(CallCommon, TourCase):
    """The dialog before the pad: what the caller says leads to the customer."""

    def _opened(self, text):
        dialogs = self.env["clerk.call.new"].with_user(self.clerk)
        form = Form(dialogs)
        form.find_text = text
        action = form.save().action_open()
        return self._calls().browse(action["res_id"])

    def test_what_the_caller_says(self):
        """Texts as on the pad: 6 inputs."""
        invoice = self._posted((1, 5934.0), ref="PO-77310")
        nobody, none = self.env["res.partner"], self.env["account.move"]
        for text, partner, contact, moves in (
            (False, nobody, nobody, none),
            (invoice.name, self.partner_a, nobody, invoice),
            ("PO-77310", self.partner_a, nobody, invoice),
            ("+1 555 010 0001", self.partner_a, nobody, none),
            ("555 010 0002", self.partner_a, self.contact_a, none),
            ("zzyzx", nobody, nobody, none),
        ):
            with self.subTest(text=text):
                call = self._opened(text)
                self.assertEqual(call.partner_id, partner)
                self.assertEqual(call.contact_id, contact)
                self.assertEqual(call.move_ids, moves)
                self.assertEqual(call.state, "in_progress")
                call.sudo().unlink()

    def test_a_call_left_empty_is_used_again(self):
        self.assertEqual(self._opened(False), self._opened(False))

    def test_type_and_press_enter(self):
        """The cursor is in the field, and Enter opens the pad, with real keys.

        The pad of a call, which is saved, has its cursor nowhere: with the mouse, a
        click into the field came first.
        """
        self.clerk.password = "clerk_a"
        self.type_and_enter(
            "/odoo/action-invoicing_clerk.clerk_call_action_new",
            "555 010 0002",
            ".o_clerk_call_new [name=find_text]",
            "document.querySelector('.o_clerk_pad [name=partner_id] input')?.value",
            login="clerk_a",
        )
        call = self._calls().search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual(call.contact_id, self.contact_a)
