from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.billing_check import billing_check as rules
from ..mixin.gate import only_one


class ClerkBillingCheckReport(models.Model):
    """The board of checks by month: one row for each finding, and what became of it.

    Money is that of the billing error which a finding became, as *Billing Error
    Analysis* has it; of several findings of one billing error, the first has it all.
    """

    _name = "clerk.billing.check.report"
    _description = "Billing Check Analysis"
    _auto = False
    _order = "found_on desc, id desc"
    _rec_name = "check_id"

    check_id = fields.Many2one("clerk.billing.check", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    billing_error_id = fields.Many2one("clerk.billing.error", readonly=True)
    severity = fields.Selection(rules.SEVERITIES, readonly=True)
    state = fields.Selection(rules.FINDING_STATES, string="Status", readonly=True)
    found_on = fields.Datetime(readonly=True)
    found = fields.Integer(readonly=True)
    confirmed = fields.Integer(
        string="Billing Errors",
        readonly=True,
        help="Findings that became billing errors, less those that were rejected or "
        "cancelled.",
    )
    accepted = fields.Integer(
        string="False Alarms",
        readonly=True,
        help="Findings that were accepted as right, or whose billing error was "
        "rejected or cancelled.",
    )
    precision = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of findings that were errors, of those that were decided.",
    )
    amount_company = fields.Monetary(
        string="Effect",
        currency_field="company_currency_id",
        readonly=True,
        help="Amount billed in excess; negative if too little was billed.",
    )
    refunded = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Posted credit notes of the billing errors.",
    )
    recovered = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Posted debit notes of the billing errors, for what had been billed too "
        "little.",
    )

    _depends = {
        "clerk.billing.finding": [
            *("check_id", "company_id", "partner_id", "move_id", "severity", "state"),
            *("found_on", "billing_error_id", "amount_company"),
        ],
        "clerk.billing.error.report": ["state", "balance_credited", "balance_debited"],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT row.*, CASE WHEN row.confirmed + row.accepted > 0
                         THEN row.confirmed::float END AS precision
                 FROM (%s) AS row""",
            self._rows_sql(),
        )

    @api.model
    def _rows_sql(self):
        return SQL(
            """SELECT finding.id, finding.check_id, finding.company_id,
                    company.currency_id AS company_currency_id, finding.partner_id,
                    finding.move_id, finding.billing_error_id, finding.severity,
                    finding.state, finding.found_on, 1 AS found,
                    (finding.state = 'case' AND NOT judged.dismissed)::int AS confirmed,
                    (finding.state = 'accepted' OR judged.dismissed)::int AS accepted,
                    finding.amount_company,
                    CASE WHEN judged.is_first THEN settled.balance_credited
                         ELSE 0 END AS refunded,
                    CASE WHEN judged.is_first THEN settled.balance_debited
                         ELSE 0 END AS recovered
                 FROM clerk_billing_finding AS finding
                 JOIN res_company AS company ON company.id = finding.company_id
                 LEFT JOIN %(settled)s AS settled
                   ON settled.id = finding.billing_error_id
                CROSS JOIN LATERAL (SELECT
                    finding.state = 'case' AND COALESCE(
                        settled.state IN ('rejected', 'cancelled'), FALSE) AS dismissed,
                    settled.id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM clerk_billing_finding AS earlier
                         WHERE earlier.billing_error_id = finding.billing_error_id
                           AND earlier.id < finding.id) AS is_first) AS judged""",
            settled=self.env["clerk.billing.error.report"]._table_sql,
        )

    def action_open_finding(self):
        """Open the finding of a row."""
        only_one(self)
        finding = self.env["clerk.billing.finding"].browse(self.id)
        return finding.get_formview_action()
