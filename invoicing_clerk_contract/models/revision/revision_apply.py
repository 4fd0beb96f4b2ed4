from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

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
        """:raises UserError: nobody has a letter yet"""
        if self._sent_lines():
            return
        for line in self._lines_to_apply():
            if problem := line._not_announced():
                raise UserError(problem)


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
        """Continue the lines of a contract.

        :raises UserError: the contract is not as it was when it was approved, or the
            customer was not notified in time
        """
        for line in self:
            if problem := line._changed() or line._not_announced():
                raise UserError(problem)
        # sudo: clerks cannot write contracts; a supervisor has approved these prices,
        # and nothing of the contract is returned.
        contract = self.contract_id.sudo()
        dates = contract._next_dates()
        with contract._keeping(dates):
            # sudo: as above, and lines of revisions are written by steps only.
            for line in self.sudo():
                line._inside().successor_id = line._continue(dates)
        contract.message_post(
            body=self.env._("Prices revised by %s.", self.revision_id[:1].display_name),
            author_id=self.env.user.partner_id.id,
        )

    def _continue(self, dates):
        """End the old line before the new price, and return the line that follows.

        :param dates: days of the next invoices of the lines
        """
        old = self.contract_line_id
        start = self.start_date
        successor = old.copy(
            {
                "contract_id": old.contract_id.id,
                "date_start": start,
                "date_end": old.date_end,
                "specific_price": self.new_price,
                "last_date_invoiced": False,
                "recurring_next_date": self._first_invoice(dates),
            }
        )
        successor._inside().revised_line_id = old
        old.date_end = start - ONE_DAY
        return successor

    def _first_invoice(self, dates):
        """Return the day of the first invoice at the new price."""
        old = self.contract_line_id
        if old.next_period_date_start == self.start_date and dates.get(old):
            return dates[old]
        return old.get_next_invoice_date(
            self.start_date,
            old.recurring_invoicing_type,
            old.recurring_invoicing_offset,
            old.recurring_rule_type,
            old.recurring_interval,
            max_date_end=old.date_end,
        )

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


class ContractContract(models.Model):
    """Contracts whose lines are continued at other prices."""

    _inherit = "contract.contract"

    def _next_dates(self):
        """Return the days of the next invoices, of the contract and of its lines."""
        records = [self, *self.contract_line_ids]
        return {each: each.recurring_next_date for each in records}

    @contextmanager
    def _keeping(self, dates):
        """Give lines recurrence and end of their own, and keep when they are billed.

        A contract computes days of next invoices, and its end, anew when lines change.
        """
        end = self.date_end
        if not self.line_recurrence:
            self.line_recurrence = True
        for line in self.contract_line_ids:
            days = [day for day in (line.date_start, line.last_date_invoiced) if day]
            if end and not line.date_end and max(days, default=end) <= end:
                line.date_end = end
        yield
        for record, day in dates.items():
            following = record.recurring_next_date
            if day and following and following != day:
                record.recurring_next_date = day
        if end and self.date_end != end:
            self.date_end = end
