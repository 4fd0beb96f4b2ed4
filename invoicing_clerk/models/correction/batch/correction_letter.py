from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.pdf import merge_pdf

from ...mixin.amount import amount_text

LETTER = "invoicing_clerk.action_report_correction_letter"
# More documents come as one file, and beyond the second limit on request only.
MAX_FILES = 10
MAX_MERGED = 200


class ClerkCorrection(models.Model):
    """The letter to a customer with the list of what a batch corrected.

    Each invoice keeps a note of its own, so that it is paid, stated and corrected
    again by itself. The customer gets one email for all of them: with the letter, and
    with the notes.
    """

    _inherit = "clerk.correction"

    # The email

    def _domain_to_send(self):
        # A customer gets one letter, when all corrections of the batch are applied.
        return super()._domain_to_send() & (
            Domain("batch_id", "=", False) | Domain("batch_id.state", "!=", "applying")
        )

    def _sent_together(self):
        """Return all that the batch corrected for the customer, if in a batch."""
        if not self.batch_id:
            return super()._sent_together()
        return self.search(
            Domain("batch_id", "=", self.batch_id.id)
            & Domain("partner_id", "=", self.partner_id.id)
            & self._domain_to_send()
        )

    def _email_to(self, partner, documents):
        if not self.batch_id:
            return super()._email_to(partner, documents)
        attached = documents if len(documents) <= MAX_MERGED else documents.browse()
        files = self._document_files(attached)
        letter = self._letter_file(partner)
        documents.is_move_sent = True
        template = self.env.ref("invoicing_clerk.mail_template_correction_batch")
        told = template.with_context(
            clerk_customer=partner, clerk_corrections=self, clerk_documents=attached
        )
        return told, {self.batch_id: partner}, letter | files

    def _document_files(self, documents):
        """Return the files of documents: their PDFs as one if there are many."""
        files = super()._document_files(documents)
        pdfs = files.filtered(lambda each: each.mimetype == "application/pdf")
        if len(pdfs) <= MAX_FILES:
            return files
        merged = merge_pdf([each.raw for each in pdfs])
        return self._letter_attachment(self.env._("Documents"), merged) | files - pdfs

    def _letter_file(self, partner):
        report = self.env["ir.actions.report"].with_context(
            clerk_customer_id=partner.id
        )
        content, _type = report._render_qweb_pdf(LETTER, self.ids)
        return self._letter_attachment(self.env._("Corrections"), content)

    def _letter_attachment(self, name, content):
        return self.env["ir.attachment"].create(
            {
                "name": f"{name}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self.batch_id._name,
                "res_id": self.batch_id.id,
            }
        )

    # The letter

    def _letters(self):
        """Return what each letter shows: one for each customer, with its own documents.

        :return: dictionaries of ``partner``, ``company``, ``lang``, ``date``,
            ``reasons``, ``rows`` and ``totals``; amounts are texts, negative if they
            are credited
        """
        only = self.env.context.get("clerk_customer_id")
        pairs = defaultdict(list)
        for correction in self:
            for document in correction._customer_documents():
                pairs[document.partner_id].append((correction, document))
        return [
            self._letter(partner, of_partner)
            for partner, of_partner in pairs.items()
            if only in (None, partner.id)
        ]

    def _letter(self, partner, pairs):
        pairs.sort(
            key=lambda pair: (pair[0].move_id.invoice_date, pair[0].move_id.name)
        )
        corrections = self.union(*(correction for correction, _document in pairs))
        documents = self.env["account.move"].union(*(each for _first, each in pairs))
        return {
            "partner": partner,
            "company": corrections[:1].company_id,
            "lang": partner.lang or self.env.lang,
            "date": fields.Date.context_today(self),
            "reasons": [*{each._customer_reason(): 0 for each in corrections}],
            "rows": [
                {
                    "invoice": correction.move_id,
                    "document": document,
                    **self._letter_amounts(document),
                }
                for correction, document in pairs
            ],
            "totals": [
                self._letter_amounts(group)
                for group in documents.grouped("currency_id").values()
            ],
        }

    def _letter_amounts(self, documents):
        """Return what documents of one currency change, as texts.

        A document that was only issued again, or written off, changes nothing.
        """
        new = documents - self.move_id
        return {
            name: amount_text(
                documents.currency_id,
                sum(-each.direction_sign * each[f"amount_{name}"] for each in new),
            )
            for name in ("untaxed", "tax", "total")
        }


class ClerkCorrectionBatch(models.Model):
    """Letters of a batch: printed, or emailed again where that failed."""

    _inherit = "clerk.correction.batch"

    not_sent_count = fields.Integer(
        compute="_compute_not_sent_count",
        string="Not Sent",
        help="Corrections whose email to the customer failed.",
    )

    @api.depends("item_ids.correction_id.sending_state")
    def _compute_not_sent_count(self):
        counts = dict(
            self.env["clerk.correction"]._read_group(
                [("batch_id", "in", self.ids), ("sending_state", "=", "failed")],
                ["batch_id"],
                ["__count"],
            )
        )
        for batch in self:
            batch.not_sent_count = counts.get(batch, 0)

    def _finish_work(self):
        result = super()._finish_work()
        if self.state == "done":
            # sudo: only wakes the cron, which sends as its own user.
            self.env.ref("invoicing_clerk.ir_cron_correction_mail").sudo()._trigger()
        return result

    def _applied_corrections(self):
        return self.item_ids.correction_id.filtered(
            lambda each: each.state == "applied"
        )

    def action_print_letters(self):
        """Print a letter to each customer, with the list of what was corrected.

        :raises UserError: nothing was corrected so far
        """
        self.check_access("read")
        corrections = self._applied_corrections()
        if not corrections:
            raise UserError(
                self.env._(
                    "%s: nothing was corrected so far. Apply the batch first.",
                    self.name,
                )
            )
        return self.env.ref(LETTER).report_action(corrections, config=False)

    def action_view_not_sent(self):
        """Open the corrections whose email failed, with the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Sent"),
            "res_model": "clerk.correction",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("batch_id", "=", self.id),
                ("sending_state", "=", "failed"),
            ],
            "context": {"create": False},
        }

    def action_send_again(self):
        """Email the letters again that could not be sent."""
        self.item_ids.correction_id.action_send_again()
