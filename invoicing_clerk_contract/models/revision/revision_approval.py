from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_date, formatLang

from odoo.addons.invoicing_clerk.models.mixin.amount import price_text
from odoo.addons.invoicing_clerk.models.mixin.locking import lock


class ClerkContractRevision(models.Model):
    """Approval by a supervisor who had no hand in it, within their limit.

    What was approved are the prices of the contracts as they were: whatever changes
    meanwhile is named, and has to be prepared and approved again.
    """

    _inherit = "clerk.contract.revision"

    stake = fields.Monetary(
        string="Change per Year",
        compute="_compute_stake",
        currency_field="company_currency_id",
        help="The changes of all lines in a year, in company currency, whether up or "
        "down. Limits are compared with it.",
    )
    decision_note = fields.Char(
        string="Decision",
        compute="_compute_decision_note",
        exportable=False,
        help="The next step, and the reason why you cannot take it.",
    )

    @api.depends("line_ids.value_company", "line_ids.state")
    def _compute_stake(self):
        sums = dict(
            self.env["clerk.contract.revision.line"]._read_group(
                [("revision_id", "in", self.ids), ("state", "!=", "unfit")],
                ["revision_id"],
                ["value_company:array_agg"],
            )
        )
        for revision in self:
            values = sums.get(revision._origin) or ()
            revision.stake = sum(abs(each or 0.0) for each in values)

    @api.depends("state", "line_ids.state")
    @api.depends_context("uid")
    def _compute_decision_note(self):
        for revision in self:
            waits = revision.state == "waiting"
            revision.decision_note = waits and revision._approval_obstacle()

    def _involved(self):
        involved = super()._involved() | self.author_ids
        if self.method != "index":
            return involved
        # Whoever enters the values of an index decides the prices that they give.
        days = filter(None, (self.base_month, self.change_month))
        months = [day.replace(day=1) for day in days]
        values = self.index_id.value_ids.filtered(lambda each: each.month in months)
        return involved | values.create_uid | values.write_uid

    def _beyond_limit(self, user):
        """Return whether a revision is above the limit of a user."""
        limit = self.env["clerk.approval.limit"]._governing(
            user, self.company_id, kind="revision"
        )
        return not limit._covers(self.company_id, self.stake)

    def _approval_reason(self, remedy):
        return self.env._(
            "%(stake)s per year: somebody else approves it.", stake=self._stake_text()
        )

    def _proposal_text(self):
        return self.env._(
            "%(revision)s: prices of %(count)s contract lines, %(stake)s per year",
            revision=self.display_name,
            count=self.line_count,
            stake=self._stake_text(),
        )

    # Steps

    @api.depends("line_ids.state", "author_ids", "proposed_by_id")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        ready = "ready" in self.line_ids.mapped("state")
        if step == "request":
            return ready
        if step == "approve":
            return not self._approval_obstacle()
        if step == "edit":
            return not (self._sent_lines() or self._done_lines())
        if step == "send":
            return bool(self._unsent_lines())
        if step in ("close", "cancel"):
            return bool(self._done_lines()) == (step == "close")
        return super()._is_offered(step)

    def _obstacle(self, step, vals):
        if step == "request" and not self._lines_to_apply():
            return self.env._("Compute the prices first: none is to be revised.")
        if step in ("edit", "cancel") and self._done_lines():
            return self.env._(
                "New prices of some contracts are applied already. Close the revision "
                "instead."
            )
        if step == "close" and not self._done_lines():
            return self.env._("No price is applied yet. Cancel the revision instead.")
        if step == "edit" and self._sent_lines():
            return self.env._(
                "The customers have already been notified of the new prices. Cancel "
                "the revision, and prepare another one."
            )
        return super()._obstacle(step, vals)

    def action_request_approval(self):
        """Ask the supervisors to approve the prices.

        :raises UserError: nothing is to be revised, or a contract has changed
        """
        for revision in self:
            revision._check_unchanged()
            revision._propose()

    def _check_approvable(self):
        result = super()._check_approvable()
        self._check_unchanged()
        self._check_notice_possible()
        return result

    def action_approve(self):
        """Approve prices that others proposed."""
        self._approve(self.env._("Approved: send the letters, and apply it."))

    def action_edit(self):
        """Return to draft. What was approved is void."""
        self._take_step("edit", approved_by_id=False, approved_on=False)

    def action_close(self):
        """Close revisions of which some prices cannot be applied: they remain as is."""
        self._take_step("close")

    def action_cancel(self):
        """Cancel revisions that are not applied."""
        self._take_step("cancel")

    # What must be as it was

    def _lines_to_apply(self):
        return self.line_ids.filtered(lambda each: each.state in ("ready", "failed"))

    def _done_lines(self):
        return self.line_ids.filtered(lambda each: each.state == "done")

    def _check_unchanged(self):
        """:raises UserError: a contract is not as it was when it was prepared"""
        lines = self._lines_to_apply()
        if lines:
            self._check_index_unchanged()
        taken = self._taken_lines(lines.contract_line_id)
        for line in lines:
            if other := taken.get(line.contract_line_id):
                raise UserError(
                    self.env._(
                        "%(contract)s, “%(line)s”: %(other)s revises the line "
                        "already. Compute the prices of %(revision)s again.",
                        contract=line.contract_id.display_name,
                        line=line.label,
                        other=other.name,
                        revision=self.display_name,
                    )
                )
            if problem := line._changed():
                raise UserError(
                    self.env._(
                        "%(problem)s Compute the prices of %(revision)s again and have "
                        "it approved.",
                        problem=problem,
                        revision=self.display_name,
                    )
                )

    def _check_index_unchanged(self):
        """:raises UserError: a value of the index is not as it was"""
        applied = float(self._clause().applied)
        if float_compare(applied, self.prepared_change, precision_digits=4):
            raise UserError(
                self.env._(
                    "%(revision)s: the prices were computed with a change of "
                    "%(old)s%%, but the values of the index give %(new)s%% now. "
                    "Compute the prices again.",
                    revision=self.display_name,
                    old=formatLang(self.env, self.prepared_change),
                    new=formatLang(self.env, applied),
                )
            )

    def _check_notice_possible(self):
        """:raises UserError: letters sent today would be too late"""
        for line in self._lines_to_apply():
            if problem := line._late_for_letter():
                raise UserError(
                    self.env._(
                        "%(revision)s: %(problem)s Select a later effective date.",
                        revision=self.display_name,
                        problem=problem,
                    )
                )

    def _lock_contracts(self):
        """Keep others off the contracts that change."""
        # sudo: clerks cannot write contracts, which locking asks for.
        lines = self._lines_to_apply().contract_line_id.sudo()
        lock(
            lambda: self.env._(
                "Somebody else is working on a contract of %s right now. Try again in "
                "a moment.",
                self._enumerate(),
            ),
            lines.contract_id,
            lines,
        )
        lines.invalidate_recordset()


class ClerkContractRevisionLine(models.Model):
    """Comparison of a contract line with what was prepared."""

    _inherit = "clerk.contract.revision.line"

    def _changed(self):
        """Return what has changed since the price was prepared, as a sentence."""
        line, basis = self.contract_line_id, self.basis or {}
        if not line:
            return self.env._("“%s” was deleted from its contract.", self.label)
        contract, customer = line.contract_id, line.contract_id.partner_id
        named = {"contract": contract.display_name, "line": self.label}
        if customer.commercial_partner_id.id != basis.get("customer"):
            return self.env._(
                "%(contract)s: the customer was %(old)s and is %(new)s now.",
                contract=contract.display_name,
                old=basis.get("customer_name"),
                new=customer.commercial_partner_id.display_name,
            )
        if not customer.active:
            return self.env._(
                "%(contract)s: the customer %(customer)s was archived.",
                contract=contract.display_name,
                customer=customer.display_name,
            )
        if not contract.active:
            return self.env._("%s was archived.", contract.display_name)
        if line.specific_price != basis.get("price"):
            return self.env._(
                "%(contract)s, “%(line)s”: the price was %(old)s and is %(new)s now.",
                **named,
                old=price_text(self.currency_id, basis.get("price") or 0.0),
                new=price_text(line.currency_id, line.specific_price),
            )
        if line._revision_basis() | {"customer_name": ""} != basis | {
            "customer_name": ""
        }:
            return self.env._(
                "%(contract)s, “%(line)s” was changed since the price was prepared.",
                **named,
            )
        return self._billed_beyond() or self._shifted()

    def _billed_beyond(self):
        """Return that the line was billed for days of the new price, or nothing."""
        last = self.contract_line_id.last_date_invoiced
        if not last or last < self.start_date:
            return None
        return self.env._(
            "%(contract)s, “%(line)s” was billed until %(date)s meanwhile, at the old "
            "price.",
            contract=self.contract_id.display_name,
            line=self.label,
            date=format_date(self.env, last),
        )

    def _shifted(self):
        """Return that no period begins with the new price, or nothing.

        Contracts bill whole periods: days of one that overlaps would be billed twice.
        """
        if self.revision_id._start_of(self.contract_line_id) == self.start_date:
            return None
        return self.env._(
            "%(contract)s, “%(line)s”: the billing periods have shifted since the "
            "price was prepared. The new one can no longer begin on %(date)s.",
            contract=self.contract_id.display_name,
            line=self.label,
            date=format_date(self.env, self.start_date),
        )
