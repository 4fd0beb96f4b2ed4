from io import BytesIO
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.invoicing_clerk.models.correction.batch import correction_letter
from odoo.addons.invoicing_clerk.tests.correction.mail_common import (
    CorrectionMailCommon,
)
from odoo.addons.invoicing_clerk.tests.correction.test_correction_batch import (
    CorrectionBatchCommon,
)


def text_of(content):
    """Return the text of a PDF, with single spaces."""
    pages = PdfFileReader(BytesIO(content), strict=False).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@tagged("post_install", "-at_install")
class TestCorrectionLetter(CorrectionBatchCommon, CorrectionMailCommon):
    """One letter and one email for everything that a batch corrected for a customer.

    Would have caught: forty emails to a customer with forty invoices.
    """

    def setUp(self):
        super().setUp()
        self.partner_b.email = "b@partner-b.example.com"

    def _invoices(self):
        """Post three invoices of one customer, one of another."""
        return self.env["account.move"].union(
            *(self._invoice((number, 12.0)) for number in (1, 2, 3)),
            self._invoice((4, 12.0), partner=self.partner_b),
        )

    def _done(self, **values):
        return self._applied(self._prepared(send_to_customer=True, **values))

    def _mail_to(self, address):
        [mail] = self.postbox.mail_to(address)
        return mail

    def _files(self, mail):
        return {
            each.get_filename(): each.get_content() for each in mail.iter_attachments()
        }

    def test_one_email_for_each_customer(self):
        moves = self._invoices()
        batch = self._done()
        self._run_cron()
        corrections = batch.item_ids.correction_id
        self.assertEqual(set(corrections.mapped("sending_state")), {"sent"})
        self.assertEqual(
            dict(self.postbox.received()),
            {"accounts@partner-a.example.com": 1, "b@partner-b.example.com": 1},
        )
        files = self._files(self._mail_to("accounts@partner-a.example.com"))
        notes = corrections.document_ids.filtered(
            lambda each: each.partner_id == self.partner_a
        )
        self.assertEqual(len(files), 1 + len(notes))
        letter = text_of(files["Corrections.pdf"])
        for document in notes | moves[:3]:
            self.assertIn(document.name, letter)
        self.assertNotIn(moves[3].name, letter)
        self.assertTrue(all(notes.mapped("is_move_sent")))

    def test_amounts_of_the_letter(self):
        self._invoices()
        batch = self._done()
        [to_a, to_b] = batch.item_ids.correction_id._letters()
        self.assertEqual(to_a["partner"], self.partner_a)
        untaxed = [row["untaxed"] for row in to_a["rows"]]
        self.assertEqual(untaxed, ["$\xa0-2.00", "$\xa0-4.00", "$\xa0-6.00"])
        [total] = to_a["totals"]
        self.assertEqual(
            [total[name] for name in ("untaxed", "tax", "total")],
            ["$\xa0-12.00", "$\xa0-1.80", "$\xa0-13.80"],
        )
        self.assertEqual([row["total"] for row in to_b["rows"]], ["$\xa0-9.20"])

    def test_not_before_all_are_applied(self):
        self._invoices()
        batch = self._prepared(send_to_customer=True)
        batch.action_apply()
        batch.item_ids[:1].correction_id._inside().sending_state = "queued"
        self._run_cron()
        self.assertFalse(self.postbox.mails)

    def test_many_documents_are_one_file(self):
        self._invoices()
        self._done()
        with patch.object(correction_letter, "MAX_FILES", 2):
            self._run_cron()
        files = self._files(self._mail_to("accounts@partner-a.example.com"))
        self.assertEqual(sorted(files), ["Corrections.pdf", "Documents.pdf"])

    def test_too_many_documents_come_on_request(self):
        self._invoices()
        self._done()
        with patch.object(correction_letter, "MAX_MERGED", 2):
            self._run_cron()
        mail = self._mail_to("accounts@partner-a.example.com")
        self.assertEqual([*self._files(mail)], ["Corrections.pdf"])
        text = mail.get_body(("html",)).get_content()
        self.assertIn("too many for an email", text)

    def test_failure_of_one_customer_is_sent_again(self):
        self._invoices()
        self.partner_a.email = False
        batch = self._done()
        self._run_cron()
        self.assertEqual(dict(self.postbox.received()), {"b@partner-b.example.com": 1})
        self.assertEqual(batch.not_sent_count, 3)
        corrections = self.env["clerk.correction"].with_user(self.clerk)
        failed = corrections.search(batch.action_view_not_sent()["domain"])
        self.assertIn("no email address", failed[:1].sending_error)
        self.partner_a.email = "later@partner-a.example.com"
        batch.action_send_again()
        self._run_cron()
        self.assertEqual(
            dict(self.postbox.received()),
            {"b@partner-b.example.com": 1, "later@partner-a.example.com": 1},
        )
        self.assertFalse(batch.not_sent_count)

    def test_letters_are_sent_again_by_clerks_only(self):
        self._invoices()
        self.partner_a.email = False
        batch = self._done()
        self._run_cron()
        self.assertEqual(batch.with_user(self.auditor).not_sent_count, 3)
        for user in (self.auditor, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                batch.with_user(user).action_send_again()

    def test_letters_are_printed(self):
        self._invoices()
        batch = self._prepared()
        with self.assertRaisesRegex(UserError, "nothing was corrected so far"):
            batch.action_print_letters()
        self._applied(batch)
        action = batch.action_print_letters()
        self.assertEqual(
            action["context"]["active_ids"], batch.item_ids.correction_id.ids
        )
