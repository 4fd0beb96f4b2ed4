from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.mail_common import (
    CorrectionMailCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionMail(CorrectionMailCommon):
    """The email of a correction: to whom, with what, and again after a failure."""

    def _sent(self, move, **values):
        correction = self._corrected(
            move, lines={0: {"quantity": 1}}, send_to_customer=True, **values
        )
        self.assertEqual(correction.sending_state, "queued")
        self._run_cron()
        return correction

    def test_customer_gets_the_note_with_an_explanation(self):
        reason = self.env["clerk.billing.error.reason"].sudo().search([], limit=1)
        reason.customer_text = "We billed the wrong quantity."
        move = self._posted((10, 20.0))
        case = self._case(move, reason_id=reason.id)
        correction = self._sent(move, case=case)
        self.assertEqual(correction.sending_state, "sent", correction.sending_error)
        recipients, mail = self.postbox.mails[-1]
        self.assertEqual(recipients, ["accounts@partner-a.example.com"])
        text = mail.get_body(("html",)).get_content()
        self.assertIn(move.name, mail["Subject"])
        self.assertIn("We billed the wrong quantity.", text)
        note = correction.document_ids
        self.assertIn(note.name, text)
        [attachment] = mail.iter_attachments()
        self.assertTrue(attachment.get_content().startswith(b"%PDF"))
        self.assertTrue(note.is_move_sent)

    def test_failure_without_an_address_is_kept_and_sent_later(self):
        self.partner_a.email = False
        correction = self._sent(self._posted((10, 20.0)))
        self.assertEqual(correction.sending_state, "failed")
        self.assertIn("no email address", correction.sending_error)
        self.assertEqual(correction.state, "applied")
        self.partner_a.email = "later@partner-a.example.com"
        correction.action_send_again()
        self._run_cron()
        self.assertEqual(correction.sending_state, "sent", correction.sending_error)

    def test_each_customer_gets_their_own(self):
        self.partner_b.email = "b@partner-b.example.com"
        move = self._posted((10, 20.0))
        correction = self._corrected(
            move, "rebill", send_to_customer=True, rebill_partner_id=self.partner_b.id
        )
        self._run_cron()
        self.assertEqual(correction.sending_state, "sent", correction.sending_error)
        credit, rebill = correction.document_ids.sorted("id")
        sent = {
            recipients[0]: mail.get_body(("html",)).get_content()
            for recipients, mail in self.postbox.mails
        }
        self.assertEqual(len(sent), 2)
        self.assertIn(rebill.name, sent["b@partner-b.example.com"])
        self.assertIn(credit.name, sent["accounts@partner-a.example.com"])
        self.assertNotIn(rebill.name, sent["accounts@partner-a.example.com"])

    def test_a_conflict_sends_nothing(self):
        """Would have caught: the first customer's email had left when a conflict over
        the second one's document made the scheduled action start again."""
        self.partner_b.email = "b@partner-b.example.com"
        correction = self._corrected(
            self._posted((10, 20.0)),
            "rebill",
            send_to_customer=True,
            rebill_partner_id=self.partner_b.id,
        )
        make = type(correction)._document_files

        def conflict_over_the_second(records, documents):
            if documents.partner_id == self.partner_b:
                raise SerializationFailure
            return make(records, documents)

        before = len(self.postbox.mails)
        with (
            patch.object(type(correction), "_document_files", conflict_over_the_second),
            self.assertRaises(SerializationFailure),
        ):
            correction._send_safely()
        self.assertEqual(len(self.postbox.mails), before)

    def test_off_by_default(self):
        correction = self._corrected(
            self._posted((10, 20.0)), lines={0: {"quantity": 1}}
        )
        self.assertFalse(correction.sending_state)
