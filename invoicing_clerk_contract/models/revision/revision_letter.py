from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.models.mixin.amount import price_text
from odoo.addons.invoicing_clerk.models.mixin.pdf_document import open_pdf

LETTER = "invoicing_clerk_contract.action_report_contract_revision"
TEMPLATE = "invoicing_clerk_contract.mail_template_contract_revision"


class ClerkContractRevision(models.Model):
    """The letter that tells each customer the new prices."""

    _inherit = "clerk.contract.revision"

    def _sent_lines(self):
        return self.line_ids.filtered("sent_on")

    def _unsent_lines(self):
        return self._lines_to_apply().filtered(lambda each: not each.sent_on)

    def action_send_letters(self):
        """Email the letters to all customers with an email address.

        :raises UserError: a contract has changed, or the notice is too short by now
        """
        self._begin_step("send")
        for revision in self:
            revision._check_letters()
            unsent = revision._unsent_lines()
            by_customer = unsent.grouped(lambda each: each._addressee())
            mailable = {
                partner: lines
                for partner, lines in by_customer.items()
                if partner._mailable()
            }
            if not mailable:
                raise UserError(revision._no_letter_text(by_customer))
            for partner, lines in mailable.items():
                revision._send_letter(partner, lines)

    def _no_letter_text(self, by_customer):
        for partner in by_customer:
            return self.env._(
                "%(problem)s Print the letters instead.",
                problem=partner._no_email_text(),
            )
        return self.env._("%s: all letters are sent.", self.display_name)

    def action_print_letters(self):
        """Print the letters that were not sent, to be posted today.

        :raises UserError: a contract has changed, or the notice is too short by now
        """
        self._begin_step("send")
        for revision in self:
            revision._check_letters()
            revision._unsent_lines()._note_letter("print")
        return self.env.ref(LETTER).report_action(self, config=False)

    def _check_letters(self):
        self._check_unchanged()
        self._check_notice_possible()

    def _send_letter(self, partner, lines):
        """Email the letter to a customer; it stays in the chatter of the revision."""
        report = self.env["ir.actions.report"].with_context(
            clerk_customer_id=partner.id
        )
        # sudo: what the letter says is checked; the company's letterhead and images of
        # it need more rights than clerks have.
        content, _type = report.sudo()._render_qweb_pdf(LETTER, self.ids)
        if content.startswith(b"%PDF-"):
            open_pdf(self.env, content)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.name} {partner.name}.pdf".replace("/", "-"),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        # sudo: clerks cannot read templates; the recipient comes from here.
        template = self.env.ref(TEMPLATE).sudo()
        template.with_context(clerk_customer=partner)._make_mails_to(
            {self.sudo(): partner}, attachment_ids=attachment.ids
        )
        lines._note_letter("email")

    def _letters(self):
        """Return what each letter shows: one for each customer, with its own lines.

        :return: dictionaries of ``partner``, ``company``, ``lang``, ``revision`` and
            ``rows``; prices are texts
        """
        only = self.env.context.get("clerk_customer_id")
        letters = []
        for revision in self:
            lines = revision.line_ids.filtered(lambda each: each.state != "unfit")
            by_customer = lines.grouped(lambda each: each._addressee())
            letters += [
                {
                    "partner": partner,
                    "company": revision.company_id,
                    "lang": partner.lang or self.env.lang,
                    "revision": revision,
                    "rows": [line._letter_row() for line in of_customer],
                }
                for partner, of_customer in by_customer.items()
                if only in (None, partner.id)
            ]
        return letters


class ClerkContractRevisionLine(models.Model):
    """The row of a letter."""

    _inherit = "clerk.contract.revision.line"

    def _addressee(self):
        """Return the contact that gets the invoices of the contract."""
        contract = self.contract_id
        return contract.invoice_partner_id or contract.partner_id or self.partner_id

    def _letter_row(self):
        return {
            "contract": self.contract_id.display_name,
            "label": self.label,
            "start": self.start_date,
            "old": price_text(self.currency_id, self.old_price),
            "new": price_text(self.currency_id, self.new_price),
        }

    def _note_letter(self, way):
        # sudo: lines are written by steps only.
        self.sudo()._inside().write(
            {"sent_on": fields.Date.context_today(self), "sent_by": way}
        )
