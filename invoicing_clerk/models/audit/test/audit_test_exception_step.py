from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ....rules.audit.test import audit_test as rules
from ...billing_error.billing_error import DISPUTABLE_TYPES
from ...mixin.gate import at_least_one


class ClerkAuditException(models.Model):
    """Steps of an exception: comment, clear, raise a finding, open a billing error.

    Clerks and auditors comment. The auditors of an engagement clear exceptions and
    raise findings; a supervisor clears where there are no auditors. Clerks open billing
    errors.
    """

    _inherit = "clerk.audit.exception"

    state = fields.Selection(
        rules.EXCEPTION_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="open",
    )
    comments = fields.Text(readonly=True)
    clear_reason = fields.Text(string="Reason for Clearing", readonly=True)
    cleared_by_id = fields.Many2one("res.users", readonly=True)
    cleared_on = fields.Datetime(string="Clearing Date", readonly=True)
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="invoicing_clerk.group_auditor",
        help="Draft findings are visible to their auditors only.",
    )
    billing_error_id = fields.Many2one(
        "clerk.billing.error",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # Actions

    def action_comment(self):
        return self._open_dialog("comment", self.env._("Comment"))

    def action_clear(self):
        return self._open_dialog("clear", self.env._("Clear"))

    def action_reopen(self):
        self._take_step(
            "reopen", clear_reason=False, cleared_by_id=False, cleared_on=False
        )

    def _open_dialog(self, step, title):
        """Return the dialog that asks for the text of a step."""
        self._check_step_access()
        self._check_step(step)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "clerk.audit.exception.step",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exception_ids": self.ids, "default_step": step},
        }

    def action_raise_finding(self):
        """Create one draft finding about all of these exceptions."""
        at_least_one(self)._begin_step("finding")
        self._check_one_engagement()
        finding = self.env["clerk.audit.finding"]._raise_on(
            self._finding_record(),
            self.audit_id,
            "\n".join(self.mapped("explanation")),
            self.currency_id.round(sum(self.mapped("amount"))),
            name=self._finding_name(),
        )
        self._write_step("finding", finding_id=finding.id)
        return finding.get_formview_action()

    def _finding_record(self):
        """Return the record that a finding is about: the entry, or the run for many."""
        if len(self) == 1 and self.move_id:
            return self.move_id
        return self.run_id[:1]

    def _finding_name(self):
        """Return the names of the tests, and of the entry if it is only one."""
        tests = ", ".join(self.run_id.test_id.mapped("name"))
        if len(self) == 1 and self.move_id:
            return f"{tests}: {self.move_id.display_name}"
        return tests

    def action_open_billing_error(self):
        """Open a billing error about the invoice."""
        self.ensure_one()
        if self.billing_error_id:
            return self.billing_error_id.get_formview_action()
        self._begin_step("error")
        invoice = self.move_id
        if invoice.move_type not in DISPUTABLE_TYPES or invoice.state != "posted":
            raise UserError(
                self.env._(
                    "%s is not about a posted invoice or credit note. Raise a finding, "
                    "or comment on it.",
                    self.display_name,
                )
            )
        error = self.env["clerk.billing.error"].create(
            {
                "move_ids": [Command.set(invoice.ids)],
                "origin": "audit",
                "description": self.explanation,
            }
        )
        error.action_load_lines()
        self._write_step("error", billing_error_id=error.id)
        return error.get_formview_action()

    # Steps

    def _comment(self, text):
        """Add a comment with the date and the name of the user."""
        self._begin_step("comment")
        comment = self._signed(text)
        for state, exceptions in self.grouped("state").items():
            for comments, same in exceptions.grouped("comments").items():
                same._write_step(
                    "comment",
                    state=rules.state_after_comment(state),
                    comments="\n".join(filter(None, (comments, comment))),
                )

    def _clear(self, reason):
        """Clear exceptions, with the reason why they are in order."""
        self._take_step(
            "clear",
            clear_reason=reason,
            cleared_by_id=self.env.uid,
            cleared_on=fields.Datetime.now(),
        )

    def _signed(self, text):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return f"{today} {self.env.user.name}: {text}"

    def _write_step(self, step, **values):
        # sudo: nobody has write access to exceptions; the step was checked.
        return super(ClerkAuditException, self.sudo())._write_step(step, **values)

    # Guards

    def _roles(self):
        if self.env.su or all(audit._acts_as_auditor() for audit in self.audit_id):
            return {rules.AUDITOR}
        return set()

    def _who_may(self, role):
        return self.env._(
            "The auditors of the engagement clear its exceptions; a supervisor does if "
            "there are none. Comment on exceptions to explain them."
        )

    def _check_step_access(self):
        """:raises AccessError: the caller is neither a clerk nor an auditor
        :raises UserError: the engagement is closed"""
        self.check_access("read")
        groups = ("invoicing_clerk.group_clerk", "invoicing_clerk.group_auditor")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._("Only clerks and auditors can work on audit exceptions.")
            )
        self._check_audit_open()

    def _check_step(self, step):
        """:raises UserError: the state of one does not allow it, or its run is old"""
        result = super()._check_step(step)
        runs = self.run_id.filtered(lambda run: not run.is_current)
        if old := self.filtered(lambda exception: exception.run_id in runs):
            raise UserError(
                self.env._(
                    "%s: the test has been run again. Continue with the latest run.",
                    old[0].display_name,
                )
            )
        return result

    def _check_one_engagement(self):
        if len(self.audit_id) > 1:
            raise UserError(
                self.env._(
                    "The exceptions belong to several engagements: %s. Raise a finding "
                    "in each.",
                    ", ".join(self.audit_id.mapped("name")),
                )
            )
