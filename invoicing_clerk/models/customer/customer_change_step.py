from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.customer import customer_change as rules
from ..mixin.amount import amount_text


class ClerkCustomerChange(models.Model):
    """The steps of a change, and who may take them."""

    _inherit = "clerk.customer.change"

    next_note = fields.Char(
        string="Next Step",
        compute="_compute_next_note",
        exportable=False,
        help="The next step, and the reason why you cannot take it.",
    )

    # Steps

    def action_call_back(self, contact, person, note):
        """Log a call to the customer in which the change was confirmed.

        :param contact: whom the number on file belongs to
        :param person: who confirmed the change
        :raises UserError: no number of the contact was on file
        """
        self._begin_step("call_back")
        self._check_needs("call_back", {})
        for change in self:
            number = (change.known_numbers or {}).get(str(contact.id))
            if not number:
                raise UserError(change._no_number_text(contact))
            change._write_step(
                "call_back",
                called_by_id=self.env.uid,
                called_on=fields.Datetime.now(),
                called_number=number,
                called_person=self._entered(
                    person, self.env._("the person who confirmed it")
                ),
                call_note=self._entered(note, self.env._("the result of the call")),
            )

    @api.model
    def _entered(self, text, what):
        """:raises UserError: a text is missing"""
        if not isinstance(text, str) or not text.strip():
            raise UserError(self.env._("Enter %s.", what))
        return text.strip()

    def action_approve(self):
        """Approve changes that somebody else proposed; those due are applied at once.

        :raises UserError: a change is stale, needs a call, or cannot be applied;
            nothing is changed
        """
        self._begin_step("approve")
        if len(self) > 1 and any(change._is_bank() for change in self):
            raise UserError(
                self.env._("Approve changes of bank accounts one at a time.")
            )
        self._check_needs("approve", {})
        today = fields.Date.context_today(self)
        for change in self:
            change._write_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
                apply_on=rules.apply_on(change.effective_date, today, change.days),
            )
        self.filtered(lambda each: each.apply_on <= today)._apply()

    def action_refuse(self, reason):
        """Refuse changes, and say why."""
        reason = self._entered(reason, self.env._("the reason"))
        self._begin_step("refuse")
        self._write_step(
            "refuse", refusal_reason=reason, refused_by_id=self.env.uid, problem=False
        )
        for change in self:
            change.message_post(
                body=self.env._("Refused: %s", reason),
                subtype_xmlid="mail.mt_note",
                partner_ids=change._colleague().ids,
            )

    def _colleague(self):
        """Return the contact of who proposed it, unless that is a customer."""
        # sudo: only tells whether the user is one of the company.
        user = self.proposed_by_id.sudo()
        return user.partner_id.browse() if user.share else user.partner_id

    def action_withdraw(self):
        """Withdraw changes that are not applied."""
        self._take_step("withdraw")

    def action_retry(self):
        """Apply approved changes that are due and could not be applied."""
        self._begin_step("retry")
        self._check_needs("retry", {})
        self._apply()

    # What a step needs

    def _obstacle(self, step, vals):
        checks = {
            "call_back": (self._call_problem,),
            "approve": (
                self._duty_problem,
                self._uncalled_problem,
                self._limit_problem,
                self._twin_problem,
                lambda: self._effective_problem(self.effective_date, self.company_id),
                self._data_problem,
            ),
            "apply": (self._data_problem,),
            "retry": (self._early_problem,),
            "withdraw": (self._foreign_problem,),
        }
        problems = (check() for check in checks.get(step, ()))
        return next(filter(None, problems), None) or super()._obstacle(step, vals)

    def _call_problem(self):
        if self.known_numbers:
            return None
        return self._no_number_text(self.contact_id)

    def _no_number_text(self, contact):
        return self.env._(
            "No phone number of %s was on file when the change was proposed; one that "
            "was changed in the last 30 days does not count. Have a number entered and "
            "approved, and propose the change again later.",
            contact.display_name,
        )

    def _duty_problem(self):
        """Return why the user may not approve it, or nothing."""
        if self.proposed_by_id != self.env.user:
            return None
        return self.env._(
            "You proposed this change. Another supervisor must approve it."
        )

    def _uncalled_problem(self):
        if not self.needs_call or self.state == "called":
            return None
        return self.env._(
            "Call %s at a number on file first, and log the call.",
            self.partner_id.display_name,
        )

    def _limit_problem(self):
        """Return why a credit limit is above that of the user, or nothing."""
        line = self.line_ids.filtered(lambda each: each.field_name == "credit_limit")
        if not line:
            return None
        return self._credit_problem(float(line.old_value), float(line.new_value))

    def _credit_problem(self, before, after):
        if after <= before:
            return None
        limit = self.env["clerk.approval.limit"]._governing(
            self.env.user, self.company_id, kind="credit"
        )
        if limit._covers(self.company_id, after):
            return None
        if not limit:
            return self.env._(
                "%s has no limit for credit limits. Ask an administrator.",
                self.env.user.name,
            )
        return self.env._(
            "A credit limit of %(amount)s for %(customer)s is above the limit that "
            "applies to you (%(limit)s).",
            amount=amount_text(self.company_id.currency_id, after),
            customer=self.partner_id.display_name,
            limit=limit.display_name,
        )

    def _twin_problem(self):
        """Return an earlier open change of the same data, as a sentence, or nothing.

        Two people may have proposed one at the same moment.
        """
        names = self.line_ids.mapped("field_name")
        for line in self._open_lines(self.contact_id, names):
            of_others = (
                line.kind in rules.PER_COMPANY and line.company_id != self.company_id
            )
            if line.change_id.id < self.id and not of_others:
                return self._twice_text(line)
        return None

    def _data_problem(self):
        """Return why the data cannot be changed now, as a sentence, or nothing."""
        if self.merged_from:
            return self.env._(
                "%(original)s was merged into %(target)s since the change was "
                "proposed. Refuse it, and have it proposed again for %(target)s.",
                original=self.merged_from,
                target=self.partner_id.display_name,
            )
        contact = self._of_contact()
        if contact.commercial_partner_id != self.partner_id:
            return self.env._(
                "%(contact)s no longer belongs to %(customer)s. Refuse the change, and "
                "have it proposed again.",
                contact=contact.display_name,
                customer=self.partner_id.display_name,
            )
        return (
            self._contact_problem(contact)
            or self._stale_problem()
            or self._values_problem(contact)
        )

    def _values_problem(self, contact):
        problems = (
            self._value_problem(
                contact, line.field_name, line.new_value or "", self.company_id
            )
            for line in self.line_ids
            if line.kind != rules.BANK
        )
        return next(filter(None, problems), None)

    def _early_problem(self):
        if self.apply_on <= fields.Date.context_today(self):
            return None
        return self.env._(
            "It will be applied on or after %s.", format_date(self.env, self.apply_on)
        )

    def _foreign_problem(self):
        """Return why the user may not withdraw it, or nothing."""
        user = self.env.user
        if self.proposed_by_id == user or user.has_group(
            "invoicing_clerk.group_supervisor"
        ):
            return None
        return self.env._(
            "Only %s, who proposed the change, or a supervisor can withdraw it.",
            self.proposed_by_id.name,
        )

    # What is shown

    def _is_offered(self, step):
        checks = {
            "approve": (
                self._duty_problem,
                self._uncalled_problem,
                self._limit_problem,
            ),
            "withdraw": (self._foreign_problem,),
            "retry": (lambda: not self.problem, self._early_problem),
            "call_back": (lambda: not self.needs_call,),
            "undo": (self._is_undone_by_two,),
        }
        if any(check() for check in checks.get(step, ())):
            return False
        return super()._is_offered(step)

    @api.depends(
        *("state", "needs_call", "days", "proposed_by_id", "approved_by_id"),
        *("problem", "line_ids.kind"),
    )
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    @api.depends("state", "needs_call", "proposed_by_id", "apply_on")
    @api.depends_context("uid")
    def _compute_next_note(self):
        for change in self:
            change.next_note = change._next_note()

    def _next_note(self):
        """Return what an open change waits for, as a sentence."""
        if self.state in ("proposed", "called"):
            return (
                self._uncalled_problem()
                or self._duty_problem()
                or self._limit_problem()
                or self.env._("To be approved by a supervisor.")
            )
        if self.state == "approved" and not self.problem:
            return self._early_problem() or self.env._("To be applied.")
        return False
