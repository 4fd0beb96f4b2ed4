from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.amount import price_text
from odoo.addons.invoicing_clerk.models.mixin.attempt import attempt, reason_of
from odoo.addons.invoicing_clerk.models.mixin.gate import only_one
from odoo.addons.invoicing_clerk.models.mixin.notification import (
    SOFT_RELOAD,
    notification_action,
)
from odoo.addons.invoicing_clerk.models.mixin.pdf_document import open_pdf

LETTER = "invoicing_clerk_contract.action_report_contract_revision"
TEMPLATE = "invoicing_clerk_contract.mail_template_contract_revision"


class ClerkContractRevision(models.Model):
    """The letter that notifies each customer of the new prices."""

    _inherit = "clerk.contract.revision"

    def _sent_lines(self):
        return self.line_ids.filtered("sent_on")

    def _unsent_lines(self):
        return self._lines_to_apply().filtered(lambda each: not each.sent_on)

    def action_send_letters(self):
        """Email the letters to all customers with an email address.

        Those without one are named, and contracts that have changed, or whose notice is
        too short by now, keep the reason.

        :raises UserError: nobody can be mailed
        """
        self._begin_step("send")
        left = self.env["res.partner"]
        for revision in self:
            by_customer = revision._lines_for_letters().grouped(
                lambda each: each._addressee()
            )
            mailable = self.env["res.partner"].union(*by_customer)._mailable()
            if by_customer and not mailable:
                raise UserError(revision._no_letter_text(by_customer))
            for partner in mailable:
                revision._send_or_note(partner, by_customer[partner])
            left |= self.env["res.partner"].union(*by_customer) - mailable
        return bool(left) and self._left_action(left)

    def _no_letter_text(self, customers):
        for partner in customers:
            return self.env._(
                "%(problem)s Print the letters instead.",
                problem=partner._no_email_text(),
            )
        return ""

    def _left_action(self, customers):
        """Return an action that names customers who get a printed letter."""
        names = ", ".join(customers[:20].mapped("display_name"))
        return notification_action(
            self.env._(
                "%(count)s customers cannot be mailed, print their letters: %(names)s",
                count=len(customers),
                names=names + (" …" if len(customers) > 20 else ""),
            ),
            "warning",
            then=SOFT_RELOAD,
            sticky=True,
        )

    def action_print_letters(self):
        """Print the letters to customers without an email address, to be posted today.

        They are noted once the file exists, which stays with the revision.

        :raises UserError: all of them have an address, or have their letter
        """
        revision = only_one(self)
        revision._begin_step("send")
        lines = revision._lines_for_letters().filtered(
            lambda each: not each._addressee()._mailable()
        )
        if not lines:
            raise UserError(
                self.env._(
                    "%s: there are no letters to print. Customers with an email "
                    "address get theirs by “Send Letters”.",
                    revision.display_name,
                )
            )
        letters = revision._letter_file(lines, self.env._("Letters"))
        lines._note_letter("print")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{letters.id}?download=true",
            "target": "download",
        }

    def _lines_for_letters(self):
        """Return the lines to announce; other contracts keep the reason."""
        fit = self.env["clerk.contract.revision.line"]
        for lines in self._unsent_lines().grouped("contract_id").values():
            if problem := lines._letter_problem():
                lines._fail(problem)
            else:
                fit |= lines
        return fit

    def _send_or_note(self, partner, lines):
        """Send a letter; one that cannot be sent does not stop the others."""
        error = attempt(self.env, lambda: self._send_letter(partner, lines))
        if error:
            lines._fail(reason_of(error))

    def _send_letter(self, partner, lines):
        """Email the letter to a customer; it stays in the chatter of the revision."""
        attachment = self._letter_file(lines, partner.display_name)
        # sudo: clerks cannot read templates; the recipient comes from here.
        template = self.env.ref(TEMPLATE).sudo()
        template.with_context(clerk_customer=partner)._make_mails_to(
            {self.sudo(): partner}, attachment_ids=attachment.ids
        )
        lines._note_letter("email")

    def _letter_file(self, lines, name):
        """Return the letters about lines as a file of the revision.

        :raises UserError: it cannot be made
        """
        report = self.env["ir.actions.report"].with_context(clerk_line_ids=lines.ids)
        # sudo: what the letter says is checked; the company's letterhead and images of
        # it need more rights than clerks have.
        content, _type = report.sudo()._render_qweb_pdf(LETTER, self.ids)
        if content.startswith(b"%PDF-"):
            open_pdf(self.env, content)
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.name} {name}.pdf".replace("/", "-"),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _letters(self):
        """Return what each letter shows: one for each customer, with its own lines.

        :return: dictionaries of ``partner``, ``company``, ``lang``, ``revision`` and
            ``rows``; prices are texts
        """
        only = self.env.context.get("clerk_line_ids")
        letters = []
        for revision in self:
            lines = revision.line_ids.filtered(
                lambda each: each.state != "unfit" and (only is None or each.id in only)
            )
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

    def _letter_problem(self):
        """Return why these lines of a contract cannot be announced, or nothing."""
        problems = (each._changed() or each._late_for_letter() for each in self)
        return next(filter(None, problems), None)

    def _late_for_letter(self):
        """Return that a letter sent today would be too late, or nothing."""
        days = self.revision_id.notice_days
        latest = self.start_date - timedelta(days=days)
        if not days or self.sent_on or fields.Date.context_today(self) <= latest:
            return None
        return self.env._(
            "A letter sent today would be too late for %(contract)s, whose price "
            "changes on %(date)s: %(days)s days’ notice is required.",
            contract=self.contract_id.display_name,
            date=format_date(self.env, self.start_date),
            days=days,
        )

    def _not_announced(self):
        """Return that the customer was not notified in time, or nothing."""
        days = self.revision_id.notice_days
        if not days:
            return None
        if not self.sent_on:
            return self.env._(
                "%(revision)s: %(customer)s has no letter yet. Send or print the "
                "letters first.",
                revision=self.revision_id.display_name,
                customer=self.partner_id.display_name,
            )
        if self.sent_on <= self.start_date - timedelta(days=days):
            return None
        return self.env._(
            "%(revision)s: the letter to %(customer)s of %(sent)s is too late for "
            "%(date)s: %(days)s days’ notice is required. Prepare a revision with a "
            "later effective date.",
            revision=self.revision_id.display_name,
            customer=self.partner_id.display_name,
            sent=format_date(self.env, self.sent_on),
            date=format_date(self.env, self.start_date),
            days=days,
        )

    def _fail(self, problem):
        # sudo: lines are written by steps only.
        self.sudo()._write_step("apply", state="failed", problem=problem)

    def _note_letter(self, way):
        # sudo: lines are written by steps only.
        self.sudo()._inside().write(
            {"sent_on": fields.Date.context_today(self), "sent_by": way}
        )
