from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.key_figure.key_figure import FIGURES
from ...rules.promise.promise import JUDGED_STATES
from ..mixin.matching import counted_sql
from ..mixin.roles import READERS, SETTINGS_READERS

ACTIONS = {
    "kpi_clerk_error_open": "clerk_billing_error_action",
    "kpi_clerk_error_resolved": "clerk_billing_error_action",
    "kpi_clerk_promise_kept": "clerk_promise_action",
    "kpi_clerk_overdue_collected": "clerk_receivable_action",
    "kpi_clerk_dso": "clerk_key_figure_action",
    "kpi_clerk_collection": "clerk_key_figure_action",
    "kpi_clerk_first_time": "clerk_key_figure_action",
}
# Key figures by the switch of the digest.
KEY_FIGURES = {
    "kpi_clerk_dso": "dso",
    "kpi_clerk_collection": "collection",
    "kpi_clerk_first_time": "first_time",
}


class DigestDigest(models.Model):
    """Key figures of billing errors and collection for the digest emails.

    Core leaves out figures that the recipient may not read. Each figure costs one query
    for all digests.
    """

    _inherit = "digest.digest"

    kpi_clerk_error_open = fields.Boolean(
        "Open Billing Errors", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_error_open_value = fields.Integer(
        string="Billing Errors Open at Period End",
        compute="_compute_kpi_clerk_error_open_value",
        groups=READERS,
        help="Billing errors that were open at the end of the period.",
    )
    kpi_clerk_error_resolved = fields.Boolean(
        "Resolved Billing Errors", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_error_resolved_value = fields.Integer(
        string="Billing Errors Resolved in Period",
        compute="_compute_kpi_clerk_error_resolved_value",
        groups=READERS,
    )
    kpi_clerk_promise_kept = fields.Boolean(
        "Promises Kept (%)", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_promise_kept_value = fields.Float(
        string="Promises Kept in Period (%)",
        compute="_compute_kpi_clerk_promise_kept_value",
        groups=READERS,
        help="Percentage of the promises due in the period that were kept in full.",
    )
    kpi_clerk_overdue_collected = fields.Boolean(
        "Overdue Amounts Collected", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_overdue_collected_value = fields.Monetary(
        string="Overdue Amounts Collected in Period",
        compute="_compute_kpi_clerk_overdue_collected_value",
        groups=READERS,
        help="Payments of the period on invoices that were overdue.",
    )

    kpi_clerk_dso = fields.Boolean(
        "Days Sales Outstanding", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_dso_value = fields.Float(
        string="Days Sales Outstanding of Last Month",
        compute="_compute_kpi_clerk_dso_value",
        groups=READERS,
        help="Of the last month that had ended by the end of the period.",
    )
    kpi_clerk_collection = fields.Boolean(
        "Collection Effectiveness Index", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_collection_value = fields.Float(
        string="Collection Effectiveness Index of Last Month",
        compute="_compute_kpi_clerk_collection_value",
        groups=READERS,
    )
    kpi_clerk_first_time = fields.Boolean(
        "Billed Right the First Time (%)", groups=SETTINGS_READERS, copy=False
    )
    kpi_clerk_first_time_value = fields.Float(
        string="Billed Right the First Time of Last Final Month (%)",
        compute="_compute_kpi_clerk_first_time_value",
        groups=READERS,
        help="Errors can be reported for 90 days, so this is an earlier month.",
    )

    def _compute_kpi_clerk_error_open_value(self):
        _start, end, _companies = self._clerk_period()
        self._count_errors(
            "kpi_clerk_error_open_value",
            Domain("date_opened", "<", end)
            & (Domain("date_closed", "=", False) | Domain("date_closed", ">=", end)),
        )

    def _compute_kpi_clerk_error_resolved_value(self):
        start, end, _companies = self._clerk_period()
        self._count_errors(
            "kpi_clerk_error_resolved_value",
            Domain("state", "=", "resolved")
            & Domain("date_closed", ">=", start)
            & Domain("date_closed", "<", end),
        )

    def _clerk_period(self):
        """Return start, end and the companies that the user works in.

        The period ends now where no email is written.
        """
        start, end, companies = self._get_kpi_compute_parameters()
        companies &= self.env.companies
        now = fields.Datetime.to_string(fields.Datetime.now())
        return start or "1970-01-01 00:00:00", end or now, companies

    def _count_errors(self, name, domain):
        companies = self._clerk_period()[-1]
        rows = self.env["clerk.billing.error"]._read_group(
            domain & Domain("company_id", "in", companies.ids),
            ["company_id"],
            ["__count"],
        )
        self._set_by_company(name, {company.id: count for company, count in rows})

    def _compute_kpi_clerk_promise_kept_value(self):
        start, end, companies = self._clerk_period()
        rows = self.env["clerk.promise"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", JUDGED_STATES),
                ("deadline", ">=", start[:10]),
                ("deadline", "<", end[:10]),
            ],
            ["company_id", "state"],
            ["__count"],
        )
        judged, kept = {}, {}
        for company, state, count in rows:
            judged[company.id] = judged.get(company.id, 0) + count
            if state == "kept":
                kept[company.id] = count
        shares = {
            company: 100.0 * kept.get(company, 0) / count
            for company, count in judged.items()
        }
        self._set_by_company("kpi_clerk_promise_kept_value", shares)

    def _compute_kpi_clerk_overdue_collected_value(self):
        start, end, companies = self._clerk_period()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT charge.company_id, SUM(part.amount)
                     FROM %s AS part
                     JOIN account_move_line AS charge ON charge.id = part.debit_move_id
                     JOIN account_move_line AS paid ON paid.id = part.credit_move_id
                     JOIN account_journal AS journal ON journal.id = paid.journal_id
                     JOIN account_account AS account ON account.id = charge.account_id
                    WHERE charge.company_id = ANY(%s)
                      AND account.account_type = 'asset_receivable'
                      AND journal.type IN ('bank', 'cash', 'credit')
                      AND paid.date > charge.date_maturity
                      AND paid.date >= %s AND paid.date < %s
                 GROUP BY charge.company_id""",
                counted_sql(),
                companies.ids,
                start[:10],
                end[:10],
            )
        )
        self._set_by_company("kpi_clerk_overdue_collected_value", dict(rows))

    def _compute_kpi_clerk_dso_value(self):
        self._show_figure("kpi_clerk_dso")

    def _compute_kpi_clerk_collection_value(self):
        self._show_figure("kpi_clerk_collection")

    def _compute_kpi_clerk_first_time_value(self):
        self._show_figure("kpi_clerk_first_time")

    def _show_figure(self, kpi):
        companies = self._clerk_period()[-1]
        self._set_by_company(f"{kpi}_value", self._key_figures(kpi, companies))

    def _key_figures(self, kpi, companies):
        """Return the values of the last known month at the end of the period, by
        company; nothing where a company has none."""
        code = KEY_FIGURES[kpi]
        end = fields.Date.to_date(self._clerk_period()[1])
        figures = self.env["clerk.key.figure"].search_fetch(
            [
                ("company_id", "in", companies.ids),
                ("code", "=", code),
                ("month", "=", FIGURES[code].last_known(end)),
                ("empty_reason", "=", False),
            ],
            ["company_id", "value"],
        )
        return {figure.company_id.id: figure.value for figure in figures}

    def _compute_kpis(self, company, user):
        """Leave out key figures without a value: they are not 0."""
        kpis = super()._compute_kpis(company, user)
        digest = self.with_user(user).with_company(company)
        return [
            kpi
            for kpi in kpis
            if kpi["kpi_name"] not in KEY_FIGURES
            or company.id in digest._key_figures(kpi["kpi_name"], company)
        ]

    def _set_by_company(self, name, values):
        for digest in self:
            company = digest.company_id or self.env.company
            digest[name] = values.get(company.id, 0)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        return actions | {
            kpi: f"invoicing_clerk.{action}" for kpi, action in ACTIONS.items()
        }
