from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ....rules.audit.test.audit_test import UNRESOLVED_STATES
from ...mixin.amount import amount_text
from ...mixin.facts import facts
from .audit_test_source import (
    EXCEPTION_COLUMNS,
    exception_columns,
)

# Fields of an exception that the next run takes over if it finds the same.
CARRIED_FIELDS = (
    "state",
    "comments",
    "clear_reason",
    "cleared_by_id",
    "cleared_on",
    "finding_id",
    "billing_error_id",
)


class ClerkAuditRun(models.Model):
    """The result of a test: counts, control total, figures and exceptions.

    Handlers find exceptions by SQL. They are inserted as records by one statement and
    compared with the previous run.
    """

    _inherit = "clerk.audit.run"

    exception_ids = fields.One2many(
        "clerk.audit.exception", "run_id", string="Exception List"
    )
    population_count = fields.Integer(
        string="Records Tested", readonly=True, copy=False, aggregator=None
    )
    population_amount = fields.Monetary(
        string="Control Total",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Total of the records tested, in company currency.",
    )
    exception_count = fields.Integer(
        string="Exceptions", readonly=True, copy=False, aggregator="sum"
    )
    exception_amount = fields.Monetary(
        string="Amount of Exceptions", readonly=True, copy=False
    )
    new_count = fields.Integer(
        string="New Exceptions",
        readonly=True,
        copy=False,
        help="Not found by the previous run.",
    )
    resolved_count = fields.Integer(
        string="No Longer Found",
        readonly=True,
        copy=False,
        help="Found by the previous run, but not by this one.",
    )
    open_count = fields.Integer(
        string="Unresolved Exceptions",
        compute="_compute_open_count",
        help="Exceptions that are open or commented: not cleared, no finding and no "
        "billing error.",
    )
    figures = fields.Json(
        string="Stored Figures", readonly=True, copy=False, exportable=False
    )
    figures_html = fields.Html(
        string="Figures", compute="_compute_figures_html", sanitize=False
    )

    @api.depends("exception_ids.state")
    def _compute_open_count(self):
        counts = dict(
            self.env["clerk.audit.exception"]._read_group(
                [("run_id", "in", self.ids), ("state", "in", UNRESOLVED_STATES)],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.open_count = counts.get(run, 0)

    # Exceptions

    def _add_exceptions(self, source, identity=None):
        """Insert the exceptions that a query finds.

        Nobody has write access to exceptions, so they are inserted by SQL: the access
        rights of the caller were checked before the test. They are ordered, so that the
        same books give the same list again.

        :param source: SQL of rows with the columns of
            `audit_test_source.exception_columns`
        :param identity: SQL of the values by which the next run recognises a row of
            ``source`` as the same exception; the whole row by default
        """
        columns = SQL(", ").join(map(SQL.identifier, EXCEPTION_COLUMNS))
        self.env.cr.execute(
            SQL(
                """INSERT INTO clerk_audit_exception (audit_id, run_id, test_id,
                        company_id, currency_id, state, is_new, is_resolved,
                        fingerprint, %(columns)s)
                   SELECT %(audit)s, %(run)s, %(test)s, %(company)s, %(currency)s,
                        'open', FALSE, FALSE, MD5((%(identity)s)::text),
                        %(columns)s
                     FROM (%(source)s) AS source
                    ORDER BY source.date, source.res_id, source.facts""",
                columns=columns,
                audit=self.audit_id.id,
                run=self.id,
                test=self.test_id.id,
                company=self.company_id.id,
                currency=self.currency_id.id,
                identity=identity or SQL("source"),
                source=source,
            ),
            log_exceptions=False,
        )

    def _add_entries(self, rows, reason, where, **values):
        """Add an exception for each entry that meets a condition.

        :param rows: SQL of entries, with the columns of `AuditLedger.moves_sql`
        :param where: SQL of the condition
        :param values: SQL of the facts in the text of the reason, by name
        """
        self._add_exceptions(
            SQL(
                "SELECT %s FROM (%s) AS move WHERE %s",
                exception_columns(
                    reason,
                    res_model=SQL("'account.move'"),
                    res_id=SQL("id"),
                    move_id=SQL("id"),
                    partner_id=SQL("commercial_partner_id"),
                    user_id=SQL("create_uid"),
                    date=SQL("date"),
                    amount=SQL("ABS(amount_total_signed)"),
                    facts=facts(**values),
                ),
                rows,
                where,
            )
        )

    def _store_outcome(self, outcome):
        """Store the result, and compare its exceptions with the previous run."""
        if self.previous_id:
            self._mark_new()
            self._mark_resolved()
            self._carry_over()
        [[count, amount, new]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(ABS(amount)), 0),"
                " COUNT(*) FILTER (WHERE is_new)"
                " FROM clerk_audit_exception WHERE run_id = %s",
                self.id,
            )
        )
        self._write_step(
            "run",
            state="done",
            reason=False,
            population_count=outcome.count,
            population_amount=outcome.amount,
            figures=outcome.figures,
            exception_count=count,
            exception_amount=self.currency_id.round(float(amount)),
            new_count=new,
            resolved_count=self._count_resolved(),
        )
        self.env["clerk.audit.exception"].invalidate_model()
        self.invalidate_recordset(["exception_ids", "open_count"])

    def _mark_new(self):
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS current SET is_new = TRUE
                    WHERE current.run_id = %s AND NOT EXISTS (
                        SELECT 1 FROM clerk_audit_exception AS earlier
                         WHERE earlier.run_id = %s
                           AND earlier.fingerprint = current.fingerprint)""",
                self.id,
                self.previous_id.id,
            )
        )

    def _mark_resolved(self):
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS old SET is_resolved = TRUE
                    WHERE old.run_id = %s AND NOT EXISTS (
                        SELECT 1 FROM clerk_audit_exception AS current
                         WHERE current.run_id = %s
                           AND current.fingerprint = old.fingerprint)""",
                self.previous_id.id,
                self.id,
            )
        )

    def _count_resolved(self):
        return self.env["clerk.audit.exception"].search_count(
            [("run_id", "=", self.previous_id.id), ("is_resolved", "=", True)]
        )

    def _carry_over(self):
        """Take over comments and decisions for exceptions that are found again."""
        self.env["clerk.audit.exception"].flush_model()
        pairs = [
            SQL("%s = old.%s", SQL.identifier(name), SQL.identifier(name))
            for name in CARRIED_FIELDS
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS current SET %s
                     FROM clerk_audit_exception AS old
                    WHERE current.run_id = %s AND old.run_id = %s
                      AND old.fingerprint = current.fingerprint
                      AND (old.state <> 'open' OR old.comments IS NOT NULL)""",
                SQL(", ").join(pairs),
                self.id,
                self.previous_id.id,
            )
        )

    # Figures

    @api.depends("figures", "previous_id")
    @api.depends_context("lang")
    def _compute_figures_html(self):
        for run in self:
            run.figures_html = bool(run.figures) and self.env["ir.qweb"]._render(
                "invoicing_clerk.audit_test_figures",
                {"rows": run._figure_rows(), "before": run.previous_id.figures},
            )

    def _figure_rows(self):
        """Return formatted figures, each beside that of the previous run."""
        labels = self._figure_labels()
        previous = {item["key"]: item for item in self.previous_id.figures or []}
        longest = max((item.get("share") or 0 for item in self.figures), default=0)
        rows = []
        for item in self.figures:
            old = previous.get(item["key"])
            value, value_before = (
                self._figure_text(item),
                old and self._figure_text(old),
            )
            rows.append(
                {
                    "label": labels.get(item["key"], item["key"]),
                    "value": value,
                    "before": value_before,
                    "changed": bool(old) and value != value_before,
                    **self._bars(item, longest),
                }
            )
        return rows

    def _bars(self, item, longest):
        """Return a share and the expected one, as text and as lengths of bars."""
        if item.get("share") is None:
            return {"share": None}
        longest = max(longest, 0.01)
        return {
            "share": self._percent(item["share"]),
            "expected": self._percent(item["expected"]),
            "bar": round(90 * item["share"] / longest),
            "bar_expected": min(100, round(90 * item["expected"] / longest)),
        }

    def _percent(self, share):
        return f"{formatLang(self.env, share * 100, digits=1)}%"

    def _figure_text(self, item):
        kind, value = item["kind"], item["value"]
        if kind == "money":
            return amount_text(self.currency_id, value)
        if kind == "share":
            return self._percent(value)
        if kind == "number":
            return formatLang(self.env, value, digits=4)
        if kind == "count":
            return formatLang(self.env, value, digits=0)
        return self._figure_value_labels().get(value, value)

    # Actions

    def action_open_exceptions(self):
        """Open the exceptions of the test."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_exception_action"
        )
        return {
            **action,
            "display_name": self.display_name,
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_unresolved": self.open_count > 0},
        }

    def action_open_new(self):
        action = self.action_open_exceptions()
        return {**action, "context": {"search_default_new": 1}}

    def action_open_resolved(self):
        """Open exceptions of the previous run that this one does not find."""
        action = self.action_open_exceptions()
        return {
            **action,
            "domain": [
                ("run_id", "=", self.previous_id.id),
                ("is_resolved", "=", True),
            ],
            "context": {},
        }

    def action_open_previous(self):
        self.ensure_one()
        return self.previous_id._open_result()

    # Report

    def _printed_exceptions(self):
        """Return the exceptions to print, largest first; the list exports all."""
        return self.env["clerk.audit.exception"].search(
            [("run_id", "=", self.id)], order="amount desc, id", limit=1000
        )
