from odoo import api, fields, models
from odoo.fields import Domain


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
            self._find(company)
            if not progress._commit_progress(1):
                break

    @api.model
    def _find(self, company):
        """Add renewals that are due, update open ones, and close those that are not."""
        due = self._due(company)
        # sudo: renewals are written by steps only; they say what the contract says.
        known = self.sudo().search(
            Domain("contract_id", "in", [contract.id for contract in due])
            | (Domain("company_id", "=", company.id) & Domain("state", "=", "open"))
        )
        by_term = {(each.contract_id, each.end_date): each for each in known}
        fresh = []
        for contract, values in due.items():
            renewal = by_term.pop((contract, values["end_date"]), None)
            if renewal is None:
                fresh.append({**values, "contract_id": contract.id})
            elif renewal.state == "open":
                renewal._refresh(values)
        # sudo: as above.
        self.sudo()._inside().create(fresh)
        gone = self.union(*by_term.values()).filtered(
            lambda each: each.state == "open" and each._is_over()
        )
        # sudo: as above.
        gone.sudo()._write_step("lapse")

    def _refresh(self, values):
        """Write what has changed of an open renewal."""
        changed = {
            name: value
            for name, value in values.items()
            if name != "user_id"
            and self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self._write_step("refresh", **changed)

    def _is_over(self):
        """Return whether the contract has no such term any more.

        One whose end has passed without a decision remains in the queue.
        """
        contract = self.contract_id
        if not contract.active:
            return True
        if self.has_end:
            return contract.date_end != self.end_date
        return bool(contract.date_end) or not contract.clerk_term_months

    @api.model
    def _due(self, company):
        """Return the values of the renewals that are due, by contract."""
        today = fields.Date.context_today(self)
        contracts = (
            self.env["contract.contract"]
            .with_company(company)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("contract_type", "=", "sale"),
                    "|",
                    ("date_end", "!=", False),
                    ("clerk_term_months", ">", 0),
                ]
            )
        )
        terms = {}
        for contract in contracts:
            agreed = contract._renewal_terms()
            end = agreed and agreed.term_end(today)
            if end and agreed.decide_from(end) <= today:
                terms[contract] = (agreed, end)
        due = contracts.browse([contract.id for contract in terms])
        return due._renewal_values(terms)


class ContractContract(models.Model):
    """What the queue shows of contracts."""

    _inherit = "contract.contract"

    def _renewal_values(self, terms):
        """Return the values of the current renewals of contracts, by contract.

        :param terms: the terms and the end of the current one, by contract
        """
        values = self._values_per_year()
        increases = self.env["clerk.contract.revision.line"]._last_of(self)
        owners = self._renewal_owners()
        today, rows = fields.Date.context_today(self), {}
        for contract in self:
            agreed, end = terms[contract]
            currency, amount = values.get(contract, (contract.currency_id, 0.0))
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

    def _values_per_year(self):
        """Return currency and amount that contracts bill in a year."""
        today = fields.Date.context_today(self)
        rows = self.env["contract.line"]._read_group(
            Domain("contract_id", "in", self.ids)
            & Domain("is_canceled", "=", False)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today)),
            ["contract_id", "currency_id"],
            ["monthly_recurring:sum"],
        )
        return {contract: (currency, 12 * sum_) for contract, currency, sum_ in rows}
