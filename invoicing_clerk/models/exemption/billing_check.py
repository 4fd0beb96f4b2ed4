from odoo import api, models
from odoo.tools import SQL

from ..billing_check.billing_check_source import found_columns
from ..mixin.facts import Reason, facts
from .exemption_sql import certificate_sql, stake_sql


class ClerkBillingCheck(models.Model):
    """TAX: exempt invoices without a certificate that is valid on their date."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "no_certificate": Reason(
                self.env._("No Exemption Certificate"),
                self.env._(
                    "Exempt by %(position_found)s: no exemption certificate of the "
                    "customer is valid on %(date_invoice)s where the goods are "
                    "delivered. Tax at stake: %(amount_stake)s."
                ),
                self.env._("%(amount_stake)s"),
                self.env._("%(position_found)s"),
            ),
        }

    def _find_tax(self, books):
        """Find what TAX finds, and invoices without a certificate where one is due."""
        found = super()._find_tax(books)
        # sudo: a setting of the company, which is only compared.
        if not books.company.sudo().clerk_exemption_check:
            return found
        return SQL(
            "SELECT * FROM (%s) AS found UNION ALL %s",
            found,
            self._uncertified_sql(books),
        )

    def _uncertified_sql(self, books):
        scope = [("move_type", "in", ("out_invoice", "out_receipt"))]
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                 JOIN account_fiscal_position AS position
                   ON position.id = move.fiscal_position_id
                  AND position.clerk_needs_certificate
                CROSS JOIN LATERAL (%(stake)s) AS stake
                WHERE move.id IN %(documents)s
                  AND COALESCE(stake.amount, stake.base) > 0
                  AND NOT EXISTS (%(certificates)s)""",
            columns=found_columns(
                "no_certificate",
                SQL("move.id"),
                facts(
                    position_found=SQL("position.id"),
                    date_invoice=SQL(
                        "COALESCE(move.invoice_date, %s::date)", books.today
                    ),
                    amount_stake=SQL("stake.amount"),
                ),
                amount=SQL("COALESCE(-stake.amount, 0)"),
            ),
            stake=stake_sql(),
            documents=books.documents(scope),
            certificates=certificate_sql(books.today),
        )


class ClerkBillingFinding(models.Model):
    """Tax at stake that is unknown."""

    _inherit = "clerk.billing.finding"

    def _fact_text(self, name, value):
        if name == "amount_stake" and value is None:
            return self.env._("unknown")
        return super()._fact_text(name, value)
