from psycopg2 import Error, errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ....rules.audit.test import audit_test as rules
from ...mixin.context_defaults import without_defaults
from ...worklist.worklist_source import first_line
from .audit_test_source import AuditLedger, NothingToTestError

# What whoever runs a test may say; the rest is its result.
ASKED = {"audit_id", "test_id", "days", "amount", "note"}


class ClerkAuditRun(models.Model):
    """A test as it was run for an engagement: by whom, when, with what, and the result.

    A run that is done stands as it is. To run a test again makes another one, that
    knows the one before it and tells what is new and what is gone.

    A test of code XYZ is a method ``_test_xyz(ledger)``: it asks the books set by set
    (`audit_test_source.AuditLedger`), keeps what it finds with ``_keep`` and returns
    an `audit_test_source.Outcome`. Figures get their labels, and reasons of exceptions
    their words, from ``_figure_labels`` and ``_reason_texts``.
    """

    _name = "clerk.audit.run"
    _description = "Run of an Audit Test"
    _inherit = "clerk.audit.part"
    _order = "audit_id, sequence, id desc"
    _rec_name = "test_id"

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
        compute="_compute_asked", store=True, readonly=False, precompute=True
    )
    amount = fields.Monetary(
        compute="_compute_asked", store=True, readonly=False, precompute=True
    )
    note = fields.Text(
        string="Conclusion", help="What the auditors conclude from the result."
    )
    may_conclude = fields.Boolean(compute="_compute_may_conclude")
    state = fields.Selection(
        rules.RUN_STATES, required=True, default="planned", readonly=True, copy=False
    )
    reason = fields.Text(string="Why There Is No Result", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Run By", readonly=True, copy=False)
    run_on = fields.Datetime(readonly=True, copy=False)
    previous_id = fields.Many2one(
        "clerk.audit.run",
        string="Run Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    is_current = fields.Boolean(default=True, readonly=True, copy=False)

    _one_current = models.UniqueIndex(
        "(audit_id, test_id) WHERE is_current",
        "This test is being run again by somebody else. Reload to see it.",
    )
    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3660)", "Days are from 0 to 3,660: ten years."
    )
    _amount = models.Constraint("CHECK (amount >= 0)", "The amount cannot be negative.")

    @api.depends("test_id")
    def _compute_asked(self):
        for run in self:
            run.days = run.test_id.days
            run.amount = run.test_id.amount or run._default_amount()

    def _default_amount(self):
        """What is large in an engagement is what its performance materiality says."""
        audit = self.audit_id
        return audit.performance_materiality if self.test_id.code == "LIMIT" else 0.0

    @api.depends("audit_id")
    @api.depends_context("uid")
    def _compute_may_conclude(self):
        for run in self:
            run.may_conclude = run.audit_id._may_settle()

    @api.depends("test_id", "run_on")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.test_id.display_name

    # Guards

    @api.model_create_multi
    def create(self, vals_list):
        """A run begins without a result; who may conclude can do so at once.

        :raises AccessError: it brings a result, or another's conclusion
        """
        self._check_asked(set().union(*vals_list))
        named = without_defaults(self, self._fields.keys() - ASKED)
        runs = super(ClerkAuditRun, named).create(vals_list)
        if not self.env.su:
            runs.filtered("note")._check_concluder()
        return runs

    def write(self, vals):
        """Only what is asked is anybody's to write, and only until the test is run."""
        self._check_asked(vals)
        if "note" in vals:
            self._check_concluder()
        if set(vals) & (ASKED - {"note"}) and (
            done := self.filtered(lambda run: run.state == "done")
        ):
            raise UserError(
                self.env._(
                    "%s: what was asked belongs to the result. Run it again to ask "
                    "something else.",
                    done[0].display_name,
                )
            )
        return super().write(vals)

    def _check_asked(self, names):
        if not self.env.su and set(names) - ASKED:
            raise AccessError(self.env._("The result of a test is nobody's to write."))

    def _check_concluder(self):
        if others := self.filtered(lambda run: not run.may_conclude):
            raise AccessError(
                self.env._(
                    "%s: its conclusion is its auditors' to write.",
                    others[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered(lambda run: run.state == "done"):
            raise UserError(
                self.env._(
                    "%s was run: its result belongs to the engagement.",
                    done[0].display_name,
                )
            )

    @api.model
    def _handler(self, code):
        """The method that runs the test of a code, or None."""
        return getattr(self, f"_test_{(code or '').lower()}", None)

    # Steps

    def action_run(self):
        """Run those that were not run yet; a failure of one stops no other."""
        self._run_tests()

    def action_run_again(self):
        """Run again what was run, as it was asked, and say what changed."""
        again = self._again()
        again._run_tests()
        return again._open_result()

    def _open_result(self):
        if len(self) > 1:
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _again(self):
        """New runs, which take the place of these."""
        self.check_access("write")
        if waiting := self.filtered(lambda run: run.state != "done"):
            raise UserError(
                self.env._(
                    "%s has no result to compare with: press Run.",
                    waiting[0].display_name,
                )
            )
        if old := self.filtered(lambda run: not run.is_current):
            raise UserError(
                self.env._(
                    "%(test)s was run again on %(day)s already: go on from there.",
                    test=old[0].display_name,
                    day=fields.Date.to_string(old[0].run_on or old[0].create_date),
                )
            )
        self._check_audit_open()
        # sudo: that a run is not the current one any more, of runs that the caller
        # may write.
        own = self.sudo()
        own.is_current = False
        own.flush_recordset(["is_current"])
        return own.create(
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

    def _run_tests(self):
        """Run each in turn.

        :raises AccessError: the caller may not read journal items, or may not write
            in the engagement
        :raises UserError: it is closed, or a test was run already
        """
        self.check_access("write")
        self.env["account.move.line"].check_access("read")
        self._check_audit_open()
        self.lock_for_update()
        if done := self.filtered(lambda run: run.state == "done"):
            raise UserError(
                self.env._(
                    "%s was run already. Run it again to compare.",
                    done[0].display_name,
                )
            )
        for run in self:
            run._run_or_say_why()

    def _run_or_say_why(self):
        try:
            with self.env.cr.savepoint():
                self._keep_outcome(self._outcome())
        except NothingToTestError as error:
            self._keep_reason("skipped", error)
        except errors.SerializationFailure:
            raise
        except (UserError, Error) as error:
            self._keep_reason("failed", error)

    def _outcome(self):
        """Ask the books, and keep what was found."""
        ledger = AuditLedger(self)
        ledger.flush()
        # In all companies of the engagement, whichever the caller has switched on.
        return self.with_env(ledger.env)._handler(self.code)(ledger)

    def _keep_reason(self, state, error):
        # sudo: the result of a test, that its caller was allowed to run.
        self.sudo().write({"state": state, "reason": first_line(error), **self._who()})

    def _who(self):
        return {"user_id": self.env.uid, "run_on": fields.Datetime.now()}

    @api.model
    def _figure_labels(self):
        """Return the label of each figure by its key."""
        return {}

    @api.model
    def _reason_texts(self):
        """Return the text of each reason for an exception."""
        return {}
