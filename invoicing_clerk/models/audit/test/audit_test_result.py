from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from .audit_test_source import COLUMNS

# What is settled of an exception stays so in the next run that finds the same.
SETTLED = (
    "state",
    "comments",
    "clear_reason",
    "cleared_by_id",
    "cleared_on",
    "finding_id",
    "billing_error_id",
)


class ClerkAuditRun(models.Model):
    """The result of a test: counts, control total, figures, and its exceptions.

    Handlers find exceptions as SQL; here they become records, in one statement, and
    are held against the run before.
    """

    _inherit = "clerk.audit.run"

    exception_ids = fields.One2many("clerk.audit.exception", "run_id")
    population_count = fields.Integer(
        string="Tested", readonly=True, copy=False, aggregator=None
    )
    population_amount = fields.Monetary(
        string="Control Total",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Sum of what was tested, in company currency.",
    )
    exception_count = fields.Integer(
        string="Exceptions", readonly=True, copy=False, aggregator="sum"
    )
    exception_amount = fields.Monetary(
        string="Amount of Exceptions", readonly=True, copy=False
    )
    new_count = fields.Integer(
        string="New", readonly=True, copy=False, help="Not found by the run before."
    )
    gone_count = fields.Integer(
        string="Gone",
        readonly=True,
        copy=False,
        help="Found by the run before, and not by this one.",
    )
    open_count = fields.Integer(
        string="To Settle",
        compute="_compute_open_count",
        help="Exceptions that were neither cleared nor became anything else.",
    )
    figures = fields.Json(readonly=True, copy=False)
    figures_html = fields.Html(
        string="Figures", compute="_compute_figures_html", sanitize=False
    )

    @api.depends("exception_ids.state")
    def _compute_open_count(self):
        counts = dict(
            self.env["clerk.audit.exception"]._read_group(
                [("run_id", "in", self.ids), ("state", "in", ("open", "commented"))],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.open_count = counts.get(run, 0)

    # Exceptions

    def _keep(self, source, identity=None):
        """Make exceptions of what some SQL finds.

        Exceptions are nobody's to write, so this goes past the ORM: whoever runs a
        test was asked for rights and company before.

        :param source: SQL of rows with the columns of `audit_test_source.found`
        :param identity: SQL of what makes a row of ``source`` the same exception when
            it is found again; all of it, if nothing is said
        """
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL(
                """INSERT INTO clerk_audit_exception (audit_id, run_id, test_id,
                        company_id, currency_id, state, is_new, is_gone, fingerprint,
                        %(columns)s)
                   SELECT %(audit)s, %(run)s, %(test)s, %(company)s, %(currency)s,
                        'open', FALSE, FALSE, MD5((%(identity)s)::text),
                        %(columns)s
                     FROM (%(source)s) AS source""",
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

    def _keep_outcome(self, outcome):
        """Keep the result, and what became of the exceptions of the run before."""
        if self.previous_id:
            self._mark_new()
            self._mark_gone()
            self._carry_over()
        [[count, amount, new]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(ABS(amount)), 0),"
                " COUNT(*) FILTER (WHERE is_new)"
                " FROM clerk_audit_exception WHERE run_id = %s",
                self.id,
            )
        )
        # sudo: the result of a test, that its caller was allowed to run.
        self.sudo().write(
            {
                "state": "done",
                "reason": False,
                "population_count": outcome.count,
                "population_amount": outcome.amount,
                "figures": outcome.figures,
                "exception_count": count,
                "exception_amount": self.currency_id.round(float(amount)),
                "new_count": new,
                "gone_count": self._count_gone(),
                **self._who(),
            }
        )
        self.env["clerk.audit.exception"].invalidate_model()
        self.invalidate_recordset(["exception_ids", "open_count"])

    def _mark_new(self):
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS own SET is_new = TRUE
                    WHERE own.run_id = %s AND NOT EXISTS (
                        SELECT 1 FROM clerk_audit_exception AS known
                         WHERE known.run_id = %s
                           AND known.fingerprint = own.fingerprint)""",
                self.id,
                self.previous_id.id,
            )
        )

    def _mark_gone(self):
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS old SET is_gone = TRUE
                    WHERE old.run_id = %s AND NOT EXISTS (
                        SELECT 1 FROM clerk_audit_exception AS own
                         WHERE own.run_id = %s
                           AND own.fingerprint = old.fingerprint)""",
                self.previous_id.id,
                self.id,
            )
        )

    def _count_gone(self):
        return self.env["clerk.audit.exception"].search_count(
            [("run_id", "=", self.previous_id.id), ("is_gone", "=", True)]
        )

    def _carry_over(self):
        """What was said and settled of an exception goes on for the same one."""
        self.env["clerk.audit.exception"].flush_model()
        pairs = [
            SQL("%s = old.%s", SQL.identifier(name), SQL.identifier(name))
            for name in SETTLED
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_audit_exception AS own SET %s
                     FROM clerk_audit_exception AS old
                    WHERE own.run_id = %s AND old.run_id = %s
                      AND old.fingerprint = own.fingerprint
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
            run.figures_html = run.figures and self.env["ir.qweb"]._render(
                "invoicing_clerk.audit_test_figures",
                {"rows": run._figure_rows(), "before": run.previous_id.figures},
            )

    def _figure_rows(self):
        """Figures as they read, each beside what it was in the run before."""
        labels = self._figure_labels()
        before = {each["key"]: each for each in self.previous_id.figures or []}
        longest = max((each.get("share") or 0 for each in self.figures), default=0)
        rows = []
        for each in self.figures:
            old = before.get(each["key"])
            value, value_before = self._shown(each), old and self._shown(old)
            rows.append(
                {
                    "label": labels.get(each["key"], each["key"]),
                    "value": value,
                    "before": value_before,
                    "changed": bool(old) and value != value_before,
                    **self._bars(each, longest),
                }
            )
        return rows

    def _bars(self, each, longest):
        """How long the bars of a share and of the expected one are, in words too."""
        if each.get("share") is None:
            return {"share": None}
        longest = max(longest, 0.01)
        return {
            "share": self._percent(each["share"]),
            "expected": self._percent(each["expected"]),
            "bar": round(90 * each["share"] / longest),
            "bar_expected": min(100, round(90 * each["expected"] / longest)),
        }

    def _percent(self, share):
        return f"{formatLang(self.env, share * 100, digits=1)} %"

    def _shown(self, each):
        kind, value = each["kind"], each["value"]
        if kind == "money":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        if kind == "share":
            return self._percent(value)
        if kind == "number":
            return formatLang(self.env, value, digits=4)
        if kind == "count":
            return formatLang(self.env, value, digits=0)
        return self._figure_words().get(value, value)

    def _figure_words(self):
        return {
            "close": self.env._("Close conformity"),
            "acceptable": self.env._("Acceptable conformity"),
            "marginal": self.env._("Marginally acceptable"),
            "nonconforming": self.env._("Nonconformity"),
            "few": self.env._("Too few amounts"),
        }

    # Screens

    def action_open_exceptions(self):
        """The page of a test: its exceptions as list, pivot and graph."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_exception_action"
        )
        return {
            **action,
            "display_name": self.display_name,
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_to_settle": self.open_count > 0},
        }

    def action_open_new(self):
        action = self.action_open_exceptions()
        return {**action, "context": {"search_default_new": 1}}

    def action_open_gone(self):
        """What the run before found and this one does not."""
        action = self.action_open_exceptions()
        return {
            **action,
            "domain": [("run_id", "=", self.previous_id.id), ("is_gone", "=", True)],
            "context": {},
        }

    def action_open_previous(self):
        self.ensure_one()
        return self.previous_id._open_result()

    # Print

    def _printed_exceptions(self):
        """The largest ones first; who needs all of them exports the page."""
        return self.env["clerk.audit.exception"].search(
            [("run_id", "=", self.id)], order="amount desc, id", limit=1000
        )
