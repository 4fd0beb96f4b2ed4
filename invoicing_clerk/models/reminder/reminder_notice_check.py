from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.plural import plural


class ClerkReminderNotice(models.Model):
    """Looks at reminders again right before their PDF, their email or printing.

    Whoever has paid, disputed or promised since the preview is excluded. A reminder of
    another day gets the date of today and a new PDF: it names days and a period to pay.
    """

    _inherit = "clerk.reminder.notice"

    # Changed since the preview

    def _leave_out_changed(self):
        """Leave out customers who would not get the same reminder now.

        :return: the reminders that are not to be sent now
        """
        left = self.browse()
        for run, notices in self.grouped("run_id").items():
            # sudo: only the language, in which the clerk reads the reasons.
            run = run.with_context(lang=run.user_id.sudo().lang)
            notices = notices.with_env(run.env)
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
        return left.with_env(self.env)

    def _what_changed(self, now):
        """Return why a reminder would be another one now, or None.

        :param now: the selection of the customer
        """
        if now and now.reason not in ("", "items") and not self._is_approved(now):
            reasons = dict(self._fields["reason"]._description_selection(self.env))
            return ": ".join(filter(None, (reasons[now.reason], now.details)))
        if why := self._changed_line(now):
            return why
        if now.level != self.level_id:
            return self.env._("The next reminder is now: %s", now.level.name)
        return None

    def _is_approved(self, now):
        """Return whether a clerk released the reminder despite unapplied payments."""
        return now.reason == self.reason == "credit" and now.unapplied == self.unapplied

    def _changed_line(self, now):
        shares = {share.item.number: share for share in now.shares} if now else {}
        labels = dict(self.line_ids._fields["reason"]._description_selection(self.env))
        for line in self._reminded_lines():
            share = shares.get(line.entry_id)
            if not share:
                return self.env._("%s is no longer open.", line.name)
            if share.reason:
                return f"{line.name}: {labels[share.reason]}"
            if line.currency_id.compare_amounts(float(share.amount), line.amount):
                return self.env._("The amount due of %s has changed.", line.name)
        return None

    # Another day

    def _renew_outdated(self):
        """Give reminders of another day the date of today, and discard their PDFs.

        :return: the reminders that were changed
        """
        outdated = self._outdated()
        for notice in outdated:
            notice._renew(notice.run_id._today())
        return outdated

    def _outdated(self):
        return self.filtered(
            # The email of which one recipient has it already stays as it is.
            lambda each: (
                each.date != each.run_id._today()
                and not (each.doubt_on and each.mail_id)
            )
        )

    def _renew(self, today):
        days = (today - self.date).days
        if self.document_id:
            self._discard_document(
                self.env._(
                    "The PDF with SHA-256 %(digest)s is dated %(date)s and was not "
                    "sent. It is recreated with today's date.",
                    digest=self.document_hash,
                    date=format_date(self.env, self.date),
                )
            )
        self.write(
            {
                "date": today,
                "days_overdue": self.days_overdue + days,
                "mail_id": False,
            }
        )
        for line in self.line_ids:
            line.days_overdue += days

    def _to_documents_again(self):
        """Wait for a new PDF, since the former one was discarded."""
        # Attempts of the email are none of the PDF.
        self.write(
            {"delivery_state": "pending", "delivery_tries": 0, "retry_on": False}
        )
        self._wake()

    def _with_documents(self):
        """Return the reminders that have a PDF; others fail."""
        made, errors = self._make_documents()
        for notice, error in errors.items():
            if error:
                notice._fail(error)
        return made

    def _unprinted_text(self):
        """Return why none of these was printed."""
        names = "; ".join(
            f"{each.display_name}: {each.remark or ''}" for each in self[:5]
        )
        if len(self) > 5:
            return self.env._(
                "No reminder was printed: %(names)s; and %(count)s more",
                names=names,
                count=len(self) - 5,
            )
        return self.env._("No reminder was printed: %s", names)

    def _renewed_text(self):
        """Return when these can be printed, which have the date of another day."""
        return plural(
            len(self),
            self.env._(
                "%s reminder gets today's date. Print it in a few minutes.", len(self)
            ),
            self.env._(
                "%s reminders get today's date. Print them in a few minutes.", len(self)
            ),
        )

    # Hooks of the delivery

    def _prepare_delivery(self):
        stay = self - self._leave_out_changed()
        if not stay:
            return True
        stay._renew_outdated()
        return super(ClerkReminderNotice, stay)._prepare_delivery()

    def _hand_over(self, session, server, alias):
        if self._leave_out_changed():
            return True
        if outdated := self._renew_outdated():
            outdated._to_documents_again()
            return True
        return super()._hand_over(session, server, alias)

    # Documents that were damaged

    def _check_may_make_again(self):
        """:raises UserError: a reminder is not to be sent"""
        for notice in self:
            if notice.state != "ready":
                raise UserError(
                    self.env._(
                        "%s is not to be sent, so its PDF is not recreated.",
                        notice.display_name,
                    )
                )
        return super()._check_may_make_again()

    def _resend_documents(self):
        for notice in self.filtered("sent_on"):
            # sudo: only steps write reminders; the caller was checked.
            notice.sudo().doubt_on = notice.sent_on
        return super()._resend_documents()

    # Emails in doubt

    def _set_in_doubt(self):
        self.write({"doubt_on": fields.Datetime.now()})
        return super()._set_in_doubt()

    def _record_bounce(self, failed):
        """Keep in mind that another recipient has the email."""
        if self._mail_addresses() - failed:
            self.doubt_on = self.sent_on
        return super()._record_bounce(failed)

    def _keep_for_others(self, mail, accepted):
        """Keep in mind that one of several recipients has the email."""
        if accepted:
            self.doubt_on = fields.Datetime.now()
        return super()._keep_for_others(mail, accepted)
