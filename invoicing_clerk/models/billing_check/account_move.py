from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.gate import at_least_one
from ..mixin.notification import SOFT_RELOAD, notification_action
from ..mixin.roles import READERS

# More findings are in the list.
SHOWN_FINDINGS = 10


class AccountMove(models.Model):
    """Documents that are checked on demand, and the banner of their findings."""

    _inherit = "account.move"

    billing_findings = fields.Json(
        compute="_compute_billing_findings", exportable=False, groups=READERS
    )

    @api.depends("state")
    @api.depends_context("uid", "lang")
    def _compute_billing_findings(self):
        findings = self.env["clerk.billing.finding"].search(
            Domain("move_id", "in", self._origin.ids) & Domain("state", "=", "open"),
            order="severity, id",
        )
        by_move = findings.grouped("move_id")
        for move in self:
            found = by_move.get(move._origin, findings.browse())
            banners = {
                f"finding_{finding.id}": finding._banner()
                for finding in found[:SHOWN_FINDINGS]
            }
            if more := len(found) - len(banners):
                banners["more"] = move._banner_of_more(more)
            move.billing_findings = banners or False

    def _banner_of_more(self, number):
        """Return the banner that leads to the list of all findings."""
        return {
            "level": "warning",
            "message": self.env._("Further findings: %s.", number),
            "action_text": self.env._("View All Findings"),
            "action": self._origin._findings_action(),
        }

    def _post(self, soft=True):
        """:raises UserError: blocking findings of what is posted later"""
        today = fields.Date.context_today(self)
        self.filtered(lambda move: move.date > today)._check_stopped()
        return super()._post(soft)

    def write(self, vals):
        """:raises UserError: blocking findings, where the company wants none posted"""
        if vals.get("state") == "posted":
            self._check_stopped()
        return super().write(vals)

    def _check_stopped(self):
        """Refuse to post drafts with blocking findings, where the company wants that.

        Also those that their author lets the system post, at their date.
        """
        guarded = self.filtered(
            lambda move: (
                # sudo: a setting of the company.
                move.company_id.sudo().clerk_block_posting
                and move.state == "draft"
                and (not self.env.su or move.auto_post != "no")
            )
        )
        if guarded:
            guarded._check_postable()

    def _check_postable(self):
        """:raises UserError: names the blocking findings of the first draft"""
        self.env["clerk.billing.check"]._check_moves(self)
        # sudo: only findings about the draft, for those who may post it.
        blocking = (
            self.env["clerk.billing.finding"]
            .sudo()
            .search(
                [
                    ("move_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("severity", "=", "block"),
                ],
                order="move_id, id",
            )
        )
        if blocking:
            move = blocking[0].move_id
            raise UserError(
                self.env._(
                    "%(document)s is likely to be wrong: %(findings)s Correct the "
                    "draft, or use Check and ask a supervisor to accept the findings.",
                    document=move.with_env(self.env).display_name,
                    findings=" ".join(
                        blocking.filtered(lambda each: each.move_id == move).mapped(
                            "explanation"
                        )
                    ),
                )
            )

    def action_check_billing(self):
        """Check these documents now; open what was found on several."""
        at_least_one(self).check_access("read")
        checks = self.env["clerk.billing.check"]
        checks._check_may_run()
        checks._check_moves(self)
        self.invalidate_recordset(["billing_findings"])
        found = self.env["clerk.billing.finding"].search_count(
            [("move_id", "in", self.ids), ("state", "=", "open")]
        )
        if not found:
            return notification_action(
                self.env._("The billing check found no errors."), then=SOFT_RELOAD
            )
        if len(self) == 1:
            return SOFT_RELOAD
        return self._findings_action()

    def _findings_action(self):
        """Open the findings of these documents in a list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_finding_action_related"
        )
        return {
            **action,
            "domain": [("move_id", "in", self.ids)],
            "context": {"search_default_open": 1},
        }
