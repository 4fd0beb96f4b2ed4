from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.attempt import attempt, reason_of

from ...rules.period import ONE_DAY


class ClerkContractRevision(models.Model):
    """Application: each line is continued by a successor at the new price."""

    _inherit = "clerk.contract.revision"

    def action_apply(self):
        """Let the new prices begin, contract by contract.

        A contract that has changed keeps its old prices, and its lines the reason.

        :raises UserError: a letter is missing, was late, or the period is locked
        """
        self._begin_step("apply")
        for revision in self:
            revision._check_announced()
            revision._check_dates()
            revision._lock_contracts()
            lines = revision._lines_to_apply()
            for of_contract in lines.grouped("contract_id").values():
                of_contract._apply_or_note()
            failed = "failed" in revision.line_ids.mapped("state")
            revision._write_step("apply", state="approved" if failed else "applied")

    def _check_announced(self):
        """:raises UserError: a customer was not told the price in time"""
        if not self.notice_days:
            return
        for line in self._lines_to_apply():
            latest = line.start_date - timedelta(days=self.notice_days)
            if not line.sent_on:
                raise UserError(
                    self.env._(
                        "%(revision)s: %(customer)s has no letter yet. Send or print "
                        "the letters first.",
                        revision=self.display_name,
                        customer=line.partner_id.display_name,
                    )
                )
            if line.sent_on > latest:
                raise UserError(
                    self.env._(
                        "%(revision)s: the letter to %(customer)s of %(sent)s is too "
                        "late for %(date)s: the notice is %(days)s days. Prepare a "
                        "revision with a later effective date.",
                        revision=self.display_name,
                        customer=line.partner_id.display_name,
                        sent=format_date(self.env, line.sent_on),
                        date=format_date(self.env, line.start_date),
                        days=self.notice_days,
                    )
                )


class ClerkContractRevisionLine(models.Model):
    """Application of the prices of one contract."""

    _inherit = "clerk.contract.revision.line"

    def _apply_or_note(self):
        """Apply the prices of a contract all together, or keep why they were not."""
        error = attempt(self.env, self._apply)
        # sudo: lines are written by steps only.
        self.sudo()._write_step(
            "apply", state="failed" if error else "done", problem=reason_of(error)
        )

    def _apply(self):
        """:raises UserError: the contract is not as it was when it was approved"""
        for line in self:
            if problem := line._changed():
                raise UserError(problem)
        # sudo: clerks cannot write contracts; a supervisor has approved these prices,
        # and nothing of the contract is returned.
        contract = self.contract_id.sudo()
        if not contract.line_recurrence:
            # Lines have dates of their own from now on; they keep those they have.
            contract.line_recurrence = True
        # sudo: as above, and lines of revisions are written by steps only.
        for line in self.sudo():
            line._inside().successor_id = line._continue()
        contract.message_post(
            body=self.env._("Prices revised by %s.", self.revision_id[:1].display_name),
            author_id=self.env.user.partner_id.id,
        )

    def _continue(self):
        """End the old line before the new price, and return the line that follows."""
        old = self.contract_line_id
        end, start = old.date_end, self.start_date
        successor = old.copy(
            {
                "contract_id": old.contract_id.id,
                "date_start": start,
                "date_end": end,
                "specific_price": self.new_price,
                "last_date_invoiced": False,
                "recurring_next_date": old.get_next_invoice_date(
                    start,
                    old.recurring_invoicing_type,
                    old.recurring_invoicing_offset,
                    old.recurring_rule_type,
                    old.recurring_interval,
                    max_date_end=end,
                ),
            }
        )
        successor._inside().revised_line_id = old
        old.date_end = start - ONE_DAY
        return successor

    def _last_of(self, contracts):
        """Return the last price that was revised of each contract."""
        rows = self.search(
            [("contract_id", "in", contracts.ids), ("state", "=", "done")],
            order="start_date desc, id desc",
        )
        return {
            contract: lines[:1]
            for contract, lines in rows.grouped("contract_id").items()
        }
