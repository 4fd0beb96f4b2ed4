from odoo import models

REPORT = "invoicing_clerk.action_report_reminder"


class ClerkReminderNotice(models.Model):
    """Words of a reminder: those of its level, its items and who signs it."""

    _inherit = "clerk.reminder.notice"

    def _way(self):
        return self.delivery_way or "email"

    def _preferred_lang(self):
        customer = self.partner_id.commercial_partner_id
        return customer.statement_lang or self.partner_id.lang

    def _document_report(self):
        return REPORT

    def _document_name(self):
        self.ensure_one()
        return self.env._("Payment reminder %s", self.name)

    def _template(self):
        # sudo: the words of the email; recipients come from the code.
        template = self.env["mail.template"].sudo()
        return template.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "invoicing_clerk.mail_template_reminder_notice"
            )
        )

    def _mail_values(self):
        """Sign the email with the name of the clerk."""
        # sudo: name and address of the clerk who signs.
        clerk = self.run_id.user_id.sudo()
        return {"author_id": clerk.partner_id.id}

    def _words(self, name):
        """Return the paragraphs of a text, in the customer's language.

        The run has the texts of its levels as they were in the preview.
        """
        # sudo: the text is what the customer reads.
        notice = self.sudo()
        texts = (notice.run_id.texts or {}).get(str(notice.level_id.id), {})
        lang = self._document_lang()
        # A language that was installed since is not among them.
        source = texts.get(lang) or notice.level_id.with_context(lang=lang)
        text = (source[name] or "").replace("\r\n", "\n")
        return [part.strip() for part in text.split("\n\n") if part.strip()]

    def _subject(self):
        return " ".join(self._words("subject"))

    def _signature(self):
        """Return name, phone and email of the clerk who signs, as far as known."""
        # sudo: the clerk signs with them.
        clerk = self.run_id.user_id.sudo()
        company = self.company_id.sudo()
        lines = (clerk.name, clerk.phone or company.phone, clerk.email or company.email)
        return [line for line in lines if line]

    def _reminded_lines(self):
        """Return the items of the reminder: those reminded before, the oldest first."""
        return self.line_ids.filtered(lambda line: not line.reason).sorted(
            lambda line: (line.is_new, line.due_date, line.id)
        )

    def _first_new_line(self):
        """Return the item at which the new ones begin, in a further reminder."""
        return self._reminded_lines().filtered("is_new")[:1]

    def _amounts_due(self):
        """Return the total in each currency."""
        return [
            (currency, currency.round(sum(lines.mapped("amount"))))
            for currency, lines in self._reminded_lines().grouped("currency_id").items()
        ]

    def _pay_link(self, line):
        """Return the link on which an invoice can be paid, or None."""
        # sudo: the customer gets the link to their own document.
        move = line.move_id.sudo()
        # Other entries have no page in the portal.
        if not move or not move.is_invoice() or not self._takes_online_payments():
            return None
        return move.get_base_url() + move.get_portal_url()

    def _archived_text(self):
        return self.env._(
            "%s is archived. Unarchive the customer to send the reminder.",
            self.partner_id.display_name,
        )

    def _record_sent(self, refused):
        """Let the clerk follow the reminder, and so be notified of replies."""
        result = super()._record_sent(refused)
        self.doubt_on = False
        self.message_subscribe(self.run_id.user_id.partner_id.ids)
        return result
