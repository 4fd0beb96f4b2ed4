import logging

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.invoicing_clerk.models.mixin.attempt import attempt, reason_of

_logger = logging.getLogger(__name__)


class ClerkContractRenewal(models.Model):
    """The queue: contracts whose renewal has to be decided."""

    _inherit = "clerk.contract.renewal"

    @api.model
    def _cron_find(self):
        """Bring the queue up to date, company by company."""
        progress = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        progress._commit_progress(remaining=len(companies))
        for company in companies:
            error = attempt(self.env, lambda company=company: self._find(company))
            if error:
                _logger.warning("Renewals of %s: %s", company.name, reason_of(error))
            if not progress._commit_progress(1):
                break

    @api.model
    def _find(self, company):
        """Add renewals that are due, update open ones, and close those that are not."""
        due = self._due(company)
        # sudo: renewals are written by steps only; they say what the contract says.
        known = self.sudo().search(
            Domain("contract_id", "in", [contract.id for contract in due])
            | (
                Domain("company_id", "=", company.id)
                & Domain("state", "in", ("open", "renegotiated"))
            )
        )
        by_term = {(each.contract_id, each.end_date): each for each in known}
        fresh = []
        for contract, values in due.items():
            renewal = by_term.pop((contract, values["end_date"]), None)
            if renewal is None:
                fresh.append({**values, "contract_id": contract.id})
            elif renewal._is_pending():
                renewal._refresh("refresh", values)
            elif renewal.state == "lapsed":
                renewal._refresh("reopen", values)
        # sudo: as above.
        self.sudo()._inside().create(fresh)
        gone = self.union(*by_term.values()).filtered(
            lambda each: each.state in ("open", "renegotiated") and each._is_over()
        )
        # sudo: as above.
        gone.sudo()._write_step("lapse")

    def _refresh(self, step, values):
        """Write what has changed of a renewal that is open, or is again."""
        changed = {
            name: value
            for name, value in values.items()
            if name != "user_id"
            and self._fields[name].convert_to_write(self[name], self) != value
        }
        self._write_step(step, **changed)

    def _is_over(self):
        """Return whether the contract no longer has such a term.

        One whose end has passed without a decision remains in the queue.
        """
        terms = self.contract_id.active and self.contract_id._renewal_terms()
        if not terms:
            return True
        if self.has_end:
            return terms.end != self.end_date
        today = fields.Date.context_today(self)
        return bool(terms.end) or terms.term_end(today) != self.end_date

    @api.model
    def _due(self, company):
        """Return the values of the renewals that are due, by contract.

        Contracts that ended long ago are not: only renewals that are open remain.
        """
        today = fields.Date.context_today(self)
        contracts = (
            self.env["contract.contract"]
            .with_company(company)
            .search(self._candidates(company))
        )
        terms = {}
        for contract in contracts:
            agreed = contract._renewal_terms()
            end = agreed and agreed.term_end(today)
            if end and agreed.is_due(end, today):
                terms[contract] = (agreed, end)
        due = contracts.browse([contract.id for contract in terms])
        return due._renewal_values(terms)

    @api.model
    def _candidates(self, company):
        """Return the domain of contracts that have an end, or renew themselves."""
        bills = Domain("display_type", "=", False) & Domain("is_canceled", "=", False)
        ends = bills & Domain("date_end", "!=", False)
        return (
            Domain("company_id", "=", company.id)
            & Domain("contract_type", "=", "sale")
            & (
                Domain("date_end", "!=", False)
                | Domain("clerk_term_months", ">", 0)
                | Domain("contract_line_ids", "any", ends)
            )
        )


class ContractContract(models.Model):
    """Contracts as the queue shows them."""

    _inherit = "contract.contract"

    def _renewal_values(self, terms):
        """Return the values of the current renewals of contracts, by contract.

        :param terms: the terms and the end of the current one, by contract
        """
        increases = self.env["clerk.contract.revision.line"]._last_of(self)
        owners = self._renewal_owners()
        today, rows = fields.Date.context_today(self), {}
        for contract in self:
            agreed, end = terms[contract]
            currency, amount = contract._value_per_year(end)
            last = increases.get(contract)
            own = contract.company_id.currency_id
            rows[contract] = {
                "end_date": end,
                "notice_by": agreed.notice_by(end),
                "renews_itself": agreed.renews_itself,
                "has_end": bool(agreed.end),
                "user_id": owners.get(contract.user_id, False),
                "currency_id": currency.id,
                "value": currency.round(amount),
                "value_company": currency._convert(
                    amount, own, contract.company_id, today
                ),
                "last_increase_on": last.start_date if last else False,
                "last_increase": last.change if last else 0.0,
            }
        return rows

    def _renewal_owners(self):
        """Return the ids of those responsible who may read renewals, by user."""
        renewals = self.env["clerk.contract.renewal"]
        # sudo: only tells whether they can work on renewals of the company.
        return {
            user: user.id
            for user in self.user_id.sudo()
            if user.active
            and self.company_id <= user.company_ids
            and not renewals._named_obstacle(user)
        }

    def _value_per_year(self, day):
        """Return currency and amount that the contract bills in a year.

        :param day: the lines that run on it count: a line and the one that continues it
            do not both
        """
        lines = self._billing_lines()
        running = lines.filtered(
            lambda each: (
                each.date_start and each.date_start <= day <= (each._last_day() or day)
            )
        )
        return lines[:1].currency_id, 12 * sum(running.mapped("monthly_recurring"))
