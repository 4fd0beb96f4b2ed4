from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.billing_check import billing_check as rules
from ..billing_error.billing_error import DISPUTABLE_TYPES
from ..mixin.gate import at_least_one

# Cases that can take more findings; one that is proposed is being corrected.
JOINED_STATES = ("new", "investigating", "waiting")


class ClerkBillingFinding(models.Model):
    """Steps of findings: accept what is right, or open a billing error.

    An accepted finding remains accepted while its facts are the same.
    """

    _inherit = "clerk.billing.finding"

    state = fields.Selection(
        rules.FINDING_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    accept_reason = fields.Char(string="Reason for Accepting", readonly=True)
    accepted_by_id = fields.Many2one("res.users", readonly=True)
    accepted_on = fields.Datetime(readonly=True)
    accepted_until = fields.Date(
        readonly=True, help="From the day after, the finding is reported again."
    )
    accepted_fingerprint = fields.Char(
        readonly=True, exportable=False, export_string_translation=False
    )
    acceptance_id = fields.Many2one(
        "clerk.billing.acceptance",
        string="Standing Acceptance",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The standing acceptance that covers the finding.",
    )
    billing_error_id = fields.Many2one(
        "clerk.billing.error",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # Buttons

    def action_accept(self):
        """Ask why these findings are right."""
        at_least_one(self)._check_step_access()
        self._check_step("accept")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept"),
            "res_model": "clerk.billing.finding.accept",
            "view_mode": "form",
            "target": "new",
            "context": {"default_finding_ids": self.ids},
        }

    def action_reopen(self):
        self._take_step(
            "reopen",
            accept_reason=False,
            accepted_by_id=False,
            accepted_on=False,
            accepted_until=False,
            accepted_fingerprint=False,
        )

    def action_open_billing_error(self):
        """Open one billing error for each document with its open findings."""
        at_least_one(self)
        waiting = self.filtered(lambda finding: not finding.billing_error_id)
        waiting._begin_step("case")
        for move, findings in waiting.grouped("move_id").items():
            findings._check_disputable(move)
            findings._open_case(move)
        return self.env["clerk.billing.error"]._view_action(self.billing_error_id)

    def action_correct_together(self):
        """Open one batch that corrects the documents of these findings."""
        self.action_open_billing_error()
        return self.billing_error_id.action_correct_together()

    # Steps

    def _accept(self, reason, until=None):
        """Accept findings, with the reason why they are right.

        :raises ValidationError: the day is past, or more than two years ahead
        """
        if until:
            self.env["clerk.billing.acceptance"]._check_last_day(until)
        self._begin_step("accept")
        self._check_needs("accept", {})
        for fingerprint, same in self.grouped("fingerprint").items():
            same._write_step(
                "accept",
                accept_reason=reason,
                accepted_by_id=self.env.uid,
                accepted_on=fields.Datetime.now(),
                accepted_until=until,
                accepted_fingerprint=fingerprint,
            )

    def _accepted_for(self, scope):
        """Return the records that a standing acceptance of the finding may name.

        :param scope: the name of a field of acceptances
        """
        subjects = {
            "partner_id": self.partner_id,
            "product_id": self.move_line_id.product_id,
        }
        return subjects[scope]

    @api.model
    def _check_disputable(self, move):
        """:raises UserError: there is no posted document to correct"""
        if not move:
            raise UserError(
                self.env._("Nothing was billed yet that could be corrected.")
            )
        if move.move_type not in DISPUTABLE_TYPES or move.state != "posted":
            raise UserError(
                self.env._(
                    "%s is not a posted invoice or credit note: edit it instead of "
                    "opening a billing error.",
                    move.display_name,
                )
            )

    def _open_case(self, move):
        """Add findings to the open billing error of the document, or open one."""
        error = self._case_in_progress(move) or self._new_case(move)
        error.action_load_lines()
        self._claim_on(error)
        self._write_step("case", billing_error_id=error.id)

    def _case_in_progress(self, move):
        """Return the open billing error of the document, told what was found."""
        error = move.billing_error_ids.filtered(
            lambda each: each.state in JOINED_STATES
        )[:1]
        if error:
            error.message_post(
                body=self.env._("Also found: %s", " ".join(self.mapped("explanation")))
            )
        return error

    def _new_case(self, move):
        """Open a billing error with the reason and explanations of findings."""
        return self.env["clerk.billing.error"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "origin": "detection",
                "reason_id": self.check_id.sorted().reason_id[:1].id,
                "description": "\n".join(self.mapped("explanation")),
            }
        )

    def _claim_on(self, error):
        """Write what should have been billed on the claims of the billing error.

        What the customer claims stays.
        """
        claims = {
            claim.move_line_id: claim
            for claim in error.line_ids
            if not claim.is_disputed
        }
        for finding in self.filtered(lambda each: each.move_line_id in claims):
            if values := finding._claim_values():
                claims[finding.move_line_id].write(values)

    def _claim_values(self):
        """Return what the check expects of an invoice line, as values of a claim."""
        if self.reason == "tax":
            return {"claimed_tax_ids": [Command.set(self.facts["taxes_expected"])]}
        return {}

    def _write_step(self, step, **values):
        # sudo: nobody has write access to findings; the step was checked.
        return super(ClerkBillingFinding, self.sudo())._write_step(step, **values)

    def _is_offered(self, step):
        """Return False for billing errors where there is no document to correct."""
        return super()._is_offered(step) and (step != "case" or bool(self.move_id))

    def _obstacle(self, step, vals):
        """Return why a finding that stops a draft is not for clerks to accept, and one
        that a standing acceptance covers not to be reopened.
        """
        if step == "reopen" and self.acceptance_id:
            return self.env._(
                "Revoke the standing acceptance %s instead.",
                self.acceptance_id.display_name,
            )
        # sudo: a setting of the company.
        is_stop = self.company_id.sudo().clerk_block_posting and (
            self.severity == "block" and self.move_state == "draft"
        )
        may_stop = self.env.user.has_group("invoicing_clerk.group_supervisor")
        if step == "accept" and is_stop and not may_stop:
            return self._who_may("supervisor")
        return super()._obstacle(step, vals)

    def _check_step_access(self):
        """:raises AccessError: the caller may not read these findings"""
        self.check_access("read")
