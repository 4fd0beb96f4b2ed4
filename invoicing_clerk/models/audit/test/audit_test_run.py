from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ....rules.audit.test import audit_test as rules
from ...mixin.attempt import attempt, first_line
from ...mixin.gate import at_least_one
from .audit_test_source import AuditLedger, NothingToTestError

# Fields that the user who runs a test enters; all others are its result.
PARAMETERS = frozenset({"audit_id", "test_id", "days", "amount"})


class ClerkAuditRun(models.Model):
    """A run of an audit test in an engagement: by whom, when, parameters and result.

    A finished run never changes. Running the test again creates a new run, which shows
    what is new and what is no longer found.

    **How to add a test**: one file with a class that extends this model, and one data
    record.

    1. The handler is a method named after the code of the test. It queries the books
       set by set (`audit_test_source.AuditLedger`), adds the exceptions that it finds
       with ``_add_exceptions`` and returns an `audit_test_source.Outcome`. Each reason
       for exceptions has a label and a text, each figure a label::

           class ClerkAuditRun(models.Model):
               _inherit = "clerk.audit.run"

               @api.model
               def _exception_reasons(self):
                   return {
                       **super()._exception_reasons(),
                       "foreign": Reason(
                           self.env._("Foreign Currency"),
                           self.env._("Invoiced in %(currency)s."),
                       ),
                   }

               @api.model
               def _figure_labels(self):
                   return {
                       **super()._figure_labels(),
                       "foreign": self.env._("Documents in a foreign currency"),
                   }

               def _test_foreign(self, ledger):
                   rows = ledger.moves_sql(ledger.sales())
                   count, total = ledger.totals(rows, "amount_total_signed")
                   foreign = SQL("currency_id <> %s", self.currency_id.id)
                   name = SQL("(SELECT name FROM res_currency WHERE id = currency_id)")
                   self._add_entries(rows, "foreign", foreign, currency=name)
                   [[number]] = ledger.fetch(
                       SQL("SELECT COUNT(*) FROM (%s) AS row WHERE %s", rows, foreign)
                   )
                   return Outcome(count, total, [figure("foreign", "count", number)])

    2. The record makes the test available in all engagements::

           <record id="audit_test_foreign" model="clerk.audit.test">
             <field name="code">FOREIGN</field>
             <field name="name">Foreign currency</field>
             <field name="area">document</field>
             <field name="proves">Which documents are exposed to exchange rates.</field>
           </record>

       ``days_label`` and ``amount_label`` give it parameters, ``self.days`` and
       ``self.amount`` of the handler; ``is_confidential`` hides it from clerks.

    Everything else is there for all tests: access rights, failures, comparison with the
    previous run, resolution of exceptions, pages, PDF and summary. ``_add_exceptions``
    takes exceptions about other records than entries. ``_default_amount`` gives a
    default that depends on the engagement, ``_figure_value_labels`` labels of texts in
    figures; ``_fact_text`` and ``_entries_domain`` of `clerk.audit.exception` show
    other facts, and exceptions about many entries.
    """

    _name = "clerk.audit.run"
    _description = "Audit Test Run"
    _inherit = ["clerk.audit.job"]
    _order = "audit_id, sequence, id desc"
    _rec_name = "test_id"
    _lifecycle = rules.RUN_LIFECYCLE
    _job_cron = "ir_cron_audit_test"
    _writable_fields = PARAMETERS | {"note"}

    test_id = fields.Many2one(
        "clerk.audit.test", required=True, ondelete="restrict", index=True
    )
    code = fields.Char(related="test_id.code")
    sequence = fields.Integer(related="test_id.sequence", store=True)
    area = fields.Selection(related="test_id.area", store=True)
    proves = fields.Text(related="test_id.proves")
    days_label = fields.Char(related="test_id.days_label")
    amount_label = fields.Char(related="test_id.amount_label")
    days = fields.Integer(
        compute="_compute_parameters", store=True, readonly=False, precompute=True
    )
    amount = fields.Monetary(
        compute="_compute_parameters", store=True, readonly=False, precompute=True
    )
    note = fields.Text(
        string="Conclusion", help="The auditors' conclusion from the result."
    )
    may_conclude = fields.Boolean(
        compute="_compute_may_conclude",
        exportable=False,
        export_string_translation=False,
    )
    state = fields.Selection(
        rules.RUN_STATES,
        string="Status",
        required=True,
        default="planned",
        readonly=True,
        copy=False,
    )
    reason = fields.Text(string="Reason for No Result", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Run By", readonly=True, copy=False)
    run_on = fields.Datetime(string="Run Date", readonly=True, copy=False)
    is_trail_restricted = fields.Boolean(
        string="Restrictive Audit Trail",
        readonly=True,
        copy=False,
        help="On if entries and their history could not be deleted when the test was "
        "run.",
    )
    previous_id = fields.Many2one(
        "clerk.audit.run",
        string="Previous Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    is_current = fields.Boolean(
        string="Latest Run", default=True, readonly=True, copy=False
    )

    _one_current = models.UniqueIndex(
        "(audit_id, test_id) WHERE is_current",
        "Somebody else is running this test again. Reload the page to see it.",
    )
    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3660)",
        "The number of days must be between 0 and 3,660 (ten years).",
    )
    _amount = models.Constraint("CHECK (amount >= 0)", "The amount cannot be negative.")

    @api.depends("test_id")
    def _compute_parameters(self):
        for run in self:
            run.days = run.test_id.days
            run.amount = run.test_id.amount or run._default_amount()

    def _default_amount(self):
        """Return the amount of tests that do not have one."""
        return 0.0

    @api.depends("audit_id")
    @api.depends_context("uid")
    def _compute_may_conclude(self):
        for run in self:
            run.may_conclude = run.audit_id._acts_as_auditor()

    @api.depends("test_id", "run_on")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.test_id.display_name

    # Guards

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: it has a result, or a conclusion of somebody else"""
        runs = super().create(vals_list)
        if not self.env.su:
            runs.filtered("note")._check_concluder()
        return runs

    def write(self, vals):
        """:raises AccessError: the conclusion of somebody else
        :raises UserError: the run is done, so its parameters are part of the result"""
        if "note" in vals:
            self._check_concluder()
        if PARAMETERS & vals.keys():
            self._check_not_done()
        return super().write(vals)

    @api.model
    def _guard_hint(self):
        return self.env._("The result of a test cannot be edited.")

    def _check_not_done(self):
        if done := self.filtered(lambda run: run.state == "done"):
            raise UserError(
                self.env._(
                    "%s: the parameters are part of the result. Run the test again to "
                    "change them.",
                    done[0].display_name,
                )
            )

    def _check_concluder(self):
        if others := self.filtered(lambda run: not run.may_conclude):
            raise AccessError(
                self.env._(
                    "%s: only the auditors of the engagement can write the conclusion.",
                    others[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered(lambda run: run.state == "done"):
            raise UserError(
                self.env._(
                    "%s has a result, which is part of the engagement and cannot be "
                    "deleted.",
                    done[0].display_name,
                )
            )

    @api.model
    def _handler(self, code):
        """Return the method that runs the test of a code, or None."""
        return getattr(self, f"_test_{(code or '').lower()}", None)

    def _refuse_step(self, why=""):
        if not why and self.state == "done":
            why = self.env._("Use Run Again to compare with this result.")
        return super()._refuse_step(why)

    # Actions

    def action_run(self):
        """Run a test, or several in the background.

        The failure of one does not stop the others.
        """
        return at_least_one(self)._run_or_queue()

    def action_run_again(self):
        """Run finished tests again with the same parameters, and show the changes."""
        runs = at_least_one(self)._copy_to_run_again()
        return runs._run_or_queue() or runs._open_result()

    def _open_result(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _copy_to_run_again(self):
        """Return new runs that replace these as the latest ones."""
        self.check_access("write")
        self._check_latest_result()
        self._check_audit_open()
        # sudo: the caller may write these runs, but not this field.
        runs = self.sudo()
        runs.is_current = False
        runs.flush_recordset(["is_current"])
        return runs.create(
            [
                {
                    "audit_id": run.audit_id.id,
                    "test_id": run.test_id.id,
                    "days": run.days,
                    "amount": run.amount,
                    "note": run.note,
                    "previous_id": run.id,
                }
                for run in self
            ]
        ).sudo(False)

    def _check_latest_result(self):
        if unfinished := self.filtered(lambda run: run.state != "done"):
            raise UserError(
                self.env._(
                    "%s has no result to compare with. Press Run.",
                    unfinished[0].display_name,
                )
            )
        if old := self.filtered(lambda run: not run.is_current):
            raise UserError(
                self.env._(
                    "%(test)s of %(day)s has been run again since. Continue with the "
                    "latest run.",
                    test=old[0].display_name,
                    day=fields.Date.to_string(old[0].run_on or old[0].create_date),
                )
            )

    # Running

    def _run_tests(self):
        """Run each test in turn.

        :raises AccessError: the caller cannot read journal items, or not write here
        :raises UserError: the engagement is closed, or a test has a result
        """
        self._check_may_run()
        self._begin_step("run")
        for run in self:
            run._run_test()

    def _check_may_run(self):
        self._check_step_access()
        self.env["account.move.line"].check_access("read")
        self._check_audit_open()

    def _run_test(self):
        """Store the result, or the reason why there is none."""
        error = attempt(self.env, self._store_tested)
        if error:
            is_skipped = isinstance(error, NothingToTestError)
            self._store_reason("skipped" if is_skipped else "failed", error)

    def _store_tested(self):
        with self._automated_exceptions():
            self._store_outcome(self._outcome())

    def _automated_exceptions(self):
        """Call automation rules for exceptions that are found or no longer found."""
        runs = self + self.previous_id
        return self.env["clerk.audit.exception"]._automated(
            [("run_id", "in", runs.ids)]
        )

    def _outcome(self):
        """Run the handler, which adds exceptions, and return what it tested."""
        ledger = AuditLedger(self)
        ledger.flush()
        # In all companies of the engagement, whichever the caller has selected.
        return self.with_env(ledger.env)._handler(self.code)(ledger)

    def _store_reason(self, state, error):
        self._write_step("run", state=state, reason=first_line(error))

    def _step_values(self, step):
        if step == "queue":
            return {"user_id": self.env.uid, "reason": False, "tries": 0}
        if step == "fail":
            return {"run_on": fields.Datetime.now()}
        if step == "run":
            trail = all(self.audit_id.mapped("is_trail_restricted"))
            return {
                "user_id": self.env.uid,
                "run_on": fields.Datetime.now(),
                "is_trail_restricted": trail,
            }
        return super()._step_values(step)

    # For tests to extend

    @api.model
    def _exception_reasons(self):
        """Return the reasons of all tests by key, as `audit_test_source.Reason`."""
        return {}

    @api.model
    def _figure_labels(self):
        """Return the labels of figures by key."""
        return {}

    @api.model
    def _figure_value_labels(self):
        """Return the labels of texts in figures."""
        return {}
