from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..statement.statement_delivery_mail import BATCH_SIZE, MailServerDownError

REPORT = "invoicing_clerk.action_report_reminder"
WORKER = "ir_cron_reminder"


class ClerkReminderNotice(models.Model):
    """Sends reminders by the engine of statements: a PDF first, no email twice.

    Right before the PDF is made, before the email and before printing, the customer is
    selected again: whoever has paid, disputed or promised since is excluded.
    """

    _inherit = "clerk.reminder.notice"

    # Changed since the preview

    def _leave_out_changed(self):
        """Leave out customers who would not get the same reminder now.

        :return: the reminders that are not to be sent now
        """
        left = self.browse()
        for run, notices in self.grouped("run_id").items():
            try:
                selections, _rows = run._selections(notices.partner_id)
            except UserError as error:
                notices._fail(error)
                left |= notices
                continue
            for notice in notices:
                now = selections.get(notice.partner_id.id)
                if why := notice._what_changed(now):
                    notice._leave_out(why)
                    left |= notice
        return left

    def _what_changed(self, now):
        """Return why a reminder would be another one now, or None.

        :param now: the selection of the customer
        """
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        if now and now.reason and now.reason != "items":
            return reasons[now.reason]
        shares = {share.item.number: share for share in now.shares} if now else {}
        labels = dict(self.line_ids._fields["reason"]._description_selection(self.env))
        for line in self.line_ids.filtered(lambda each: not each.reason):
            share = shares.get(line.entry_id)
            if not share:
                return self.env._("%s is no longer open.", line.name)
            if share.reason:
                return f"{line.name}: {labels[share.reason]}"
            if line.currency_id.compare_amounts(float(share.amount), line.amount):
                return self.env._("The amount due of %s has changed.", line.name)
        return None

    def _prepare_delivery(self):
        left = self._leave_out_changed()
        return super(ClerkReminderNotice, self - left)._prepare_delivery()

    def _hand_over(self, session, server, alias):
        if self._leave_out_changed():
            return True
        return super()._hand_over(session, server, alias)

    # Workers

    @api.model
    def _workers(self, *_crons):
        """Return the one worker for PDFs and emails."""
        return super()._workers(WORKER)

    @api.model
    def _pending_domain(self):
        return super()._pending_domain() & self._going_domain()

    @api.model
    def _due_domain(self):
        return super()._due_domain() & self._going_domain()

    @api.model
    def _going_domain(self):
        return Domain("run_id.is_stopped", "=", False) & Domain("state", "=", "ready")

    @api.model
    def _cron_deliver(self):
        """Create missing PDFs, then send the emails that are ready, run by run."""
        self._settle_doubts()
        self._cron_make_documents()
        self._update_from_letters()
        runs = self.env["clerk.reminder.run"]
        for run in runs.search([("state", "=", "sending")], order="id"):
            try:
                if not self._mail_ready(run):
                    break
            except MailServerDownError as error:
                run._wait_for_mail_server(error)
                break
        runs._finish_runs()

    @api.model
    def _mail_ready(self, run):
        """Send the emails of a run; return whether there is time for the next run."""
        domain = Domain("run_id", "=", run.id) & self._due_domain()
        while batch := self.search(domain, order="id", limit=BATCH_SIZE):
            for _sent in batch._send_mails():
                if not self.env["ir.cron"]._commit_progress(1):
                    return False
                if run._was_stopped():
                    return True
        return True

    # Words

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
        """Return the paragraphs of a text of the level, in the customer's language."""
        # sudo: the text is what the customer reads.
        level = self.level_id.sudo().with_context(lang=self._document_lang())
        text = (level[name] or "").replace("\r\n", "\n")
        return [part.strip() for part in text.split("\n\n") if part.strip()]

    def _subject(self):
        return " ".join(self._words("subject"))

    def _signer(self):
        # sudo: the name of the clerk who signs.
        return self.run_id.user_id.sudo().name

    def _reminded_lines(self):
        """Return the items of the reminder, the oldest first."""
        return self.line_ids.filtered(lambda line: not line.reason).sorted(
            lambda line: (line.due_date, line.id)
        )

    def _amounts_due(self):
        """Return the total in each currency."""
        return [
            (currency, currency.round(sum(lines.mapped("amount"))))
            for currency, lines in self._reminded_lines().grouped("currency_id").items()
        ]

    def _pay_link(self, line):
        """Return the link to a document on which it can be paid, or None."""
        if not line.move_id or not self._takes_online_payments():
            return None
        # sudo: the customer gets the link to their own document.
        move = line.move_id.sudo()
        return move.get_base_url() + move.get_portal_url()

    def _record_sent(self, refused):
        """Let the clerk follow the reminder, and so be notified of replies."""
        result = super()._record_sent(refused)
        self.message_subscribe(self.run_id.user_id.partner_id.ids)
        return result
