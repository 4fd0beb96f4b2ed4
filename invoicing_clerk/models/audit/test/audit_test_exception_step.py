from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ....rules.audit.test import audit_test as rules
from ...billing_error.billing_error import DISPUTABLE_TYPES


class ClerkAuditException(models.Model):
    """What becomes of an exception, step by step, each by whom it belongs to.

    Both sides comment. The auditors of an engagement clear and make findings; where it
    has none a supervisor clears. Clerks open billing errors. `rules.audit_test.STEPS`
    says from which states.
    """

    _inherit = "clerk.audit.exception"

    state = fields.Selection(
        rules.EXCEPTION_STATES, required=True, readonly=True, default="open"
    )
    comments = fields.Text(readonly=True)
    clear_reason = fields.Text(string="Cleared Because", readonly=True)
    cleared_by_id = fields.Many2one("res.users", readonly=True)
    cleared_on = fields.Datetime(readonly=True)
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="invoicing_clerk.group_auditor",
        help="A draft is for its auditors to see.",
    )
    may_clear = fields.Boolean(compute="_compute_may_clear")
    billing_error_id = fields.Many2one(
        "clerk.billing.error",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.depends("audit_id")
    @api.depends_context("uid")
    def _compute_may_clear(self):
        for each in self:
            each.may_clear = each.audit_id._may_settle()

    # Buttons

    def action_comment(self):
        return self._ask("comment", self.env._("Comment"))

    def action_clear(self):
        self._check_settler()
        return self._ask("clear", self.env._("Clear"))

    def action_reopen(self):
        self._check_settler()
        self._check_step("reopen")
        self._write_step(
            state="open", clear_reason=False, cleared_by_id=False, cleared_on=False
        )

    def _ask(self, step, title):
        """The dialog in which a step is explained, for all these exceptions."""
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
        """One finding of all these exceptions, as a draft to be completed."""
        self._check_step("finding")
        self._check_one_engagement()
        finding = self.env["clerk.audit.finding"]._raise_on(
            self._finding_record(),
            self.audit_id,
            "\n".join(self.mapped("why")),
            self.currency_id.round(sum(self.mapped("amount"))),
            name=self._finding_name(),
        )
        self._write_step(state="finding", finding_id=finding.id)
        return finding.get_formview_action()

    def _finding_record(self):
        """What a finding is about: one record, or the run that found many."""
        if len(self) == 1 and self.move_id:
            return self.move_id
        return self.run_id[:1]

    def _finding_name(self):
        """What was found; of one entry also which."""
        tests = ", ".join(self.run_id.test_id.mapped("name"))
        if len(self) == 1 and self.move_id:
            return f"{tests}: {self.move_id.display_name}"
        return tests

    def action_open_billing_error(self):
        """A case for the invoice, which billing works on from here."""
        self.ensure_one()
        if self.billing_error_id:
            return self.billing_error_id.get_formview_action()
        self._check_step("error")
        invoice = self.move_id
        if invoice.move_type not in DISPUTABLE_TYPES or invoice.state != "posted":
            raise UserError(
                self.env._(
                    "%s is about no posted invoice or credit note. Raise a finding, "
                    "or comment on it.",
                    self.display_name,
                )
            )
        error = self.env["clerk.billing.error"].create(
            {
                "move_ids": [Command.set(invoice.ids)],
                "origin": "audit",
                "description": self.why,
            }
        )
        error.action_load_lines()
        self._write_step(state="error", billing_error_id=error.id)
        return error.get_formview_action()

    # Steps

    def _comment(self, text):
        """Add a remark, with who said it and when."""
        self._check_step("comment")
        said = self._signed(text)
        for state, each in self.grouped("state").items():
            for comments, same in each.grouped("comments").items():
                same._write_step(
                    state=rules.state_after_comment(state),
                    comments="\n".join(filter(None, (comments, said))),
                )

    def _clear(self, reason):
        """Settle exceptions as in order, and say why."""
        self._check_settler()
        self._check_step("clear")
        self._write_step(
            state="cleared",
            clear_reason=reason,
            cleared_by_id=self.env.uid,
            cleared_on=fields.Datetime.now(),
        )

    def _signed(self, text):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return f"{today} {self.env.user.name}: {text}"

    def _write_step(self, **values):
        # sudo: exceptions are nobody's to write but by these steps, and each has asked
        # who takes it and from which state.
        self.sudo().write(values)

    # Guards

    def _check_settler(self):
        """:raises AccessError: the caller judges nothing in this engagement"""
        for audit in self.audit_id:
            if not audit._may_settle():
                raise AccessError(
                    self.env._(
                        "The auditors of %s clear its exceptions; a supervisor does "
                        "where it has none. Comment on them to say why they are in "
                        "order.",
                        audit.name,
                    )
                )

    def _check_step(self, step):
        """:raises UserError: one is past that step, or its run is not the latest"""
        self.check_access("read")
        self._check_member()
        self._check_audit_open()
        self.lock_for_update()
        for each in self:
            if not each.run_id.is_current:
                raise UserError(
                    self.env._(
                        "%s is of a run that was repeated. Go on in the latest one.",
                        each.display_name,
                    )
                )
            if not rules.is_allowed(step, each.state):
                raise UserError(
                    self.env._(
                        "%(exception)s is settled already: %(state)s.",
                        exception=each.display_name,
                        state=each._state_label(),
                    )
                )

    def _check_member(self):
        groups = ("invoicing_clerk.group_clerk", "invoicing_clerk.group_auditor")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._("Clerks and auditors work on the exceptions of an audit.")
            )

    def _check_one_engagement(self):
        if len(self.audit_id) > 1:
            raise UserError(
                self.env._(
                    "These exceptions are of different engagements: %s. Raise a "
                    "finding in each.",
                    ", ".join(self.audit_id.mapped("name")),
                )
            )

    @api.model
    def _state_labels(self):
        return dict(self._fields["state"]._description_selection(self.env))

    def _state_label(self):
        return self._state_labels()[self.state]
