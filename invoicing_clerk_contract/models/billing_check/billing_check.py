from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    Subject,
)

from .billed_periods import build_differences


class ClerkBillingCheck(models.Model):
    """Checks about contract lines, of which a period may not be billed."""

    _inherit = "clerk.billing.check"

    subject = fields.Selection(
        selection_add=[("contract_line", "Contract Lines")],
        ondelete={"contract_line": "cascade"},
    )

    def _prepare_run(self, company, moves):
        res = super()._prepare_run(company, moves)
        today = fields.Date.context_today(self)
        build_differences(self.env, company, today, moves)
        return res

    def _filtered_model(self):
        if self.subject == "contract_line":
            return "contract.line"
        return super()._filtered_model()

    def _subject_contract_line(self, books):
        """Return contract lines as what findings are about."""
        return Subject(
            columns=("contract_line_id",),
            conflict=SQL(
                "(check_id, contract_line_id) WHERE contract_line_id IS NOT NULL"
            ),
            tables=SQL(
                """contract_line AS term
                   JOIN contract_contract AS contract
                     ON contract.id = term.contract_id
                   JOIN (%s) AS quote ON quote.currency_id = term.currency_id""",
                self._contract_rates_sql(books),
            ),
            id=SQL("term.id"),
            company=SQL("term.company_id"),
            partner=SQL("contract.commercial_partner_id"),
            currency=SQL("term.currency_id"),
            rate=SQL("quote.rate"),
            covered=SQL("TRUE"),
        )

    def _contract_rates_sql(self, books):
        """Return the rates of today of the currencies that contracts have."""
        currencies = [
            currency
            for (currency,) in self.env["contract.line"]
            .with_context(active_test=False)
            ._read_group([("company_id", "=", books.company.id)], ["currency_id"])
            if currency
        ]
        rates = [
            self.env["res.currency"]._get_conversion_rate(
                books.currency, currency, books.company, books.today
            )
            for currency in currencies
        ]
        return SQL(
            """SELECT * FROM UNNEST(%s::int[], %s::numeric[])
                   AS rate (currency_id, rate)""",
            [currency.id for currency in currencies],
            rates,
        )
