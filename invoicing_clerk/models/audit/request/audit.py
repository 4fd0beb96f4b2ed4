from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ....rules.audit.request.audit_request import OPEN_STATES


class ClerkAudit(models.Model):
    """The request list of an engagement: how far it is, and the ways to it."""

    _inherit = "clerk.audit"

    request_ids = fields.One2many(
        "clerk.audit.request", "audit_id", string="Requests", copy=False
    )
    last_request_number = fields.Integer(readonly=True, copy=False)
    request_count = fields.Integer(
        string="Requested", compute="_compute_request_counts"
    )
    request_open_count = fields.Integer(
        string="Open Requests", compute="_compute_request_counts"
    )
    request_late_count = fields.Integer(
        string="Late Requests", compute="_compute_request_counts"
    )
    request_accepted_count = fields.Integer(
        string="Accepted Requests", compute="_compute_request_counts"
    )

    @api.depends("request_ids.state", "request_ids.date_due")
    def _compute_request_counts(self):
        requests = self.env["clerk.audit.request"]
        today = fields.Date.context_today(self)
        of_these = Domain("audit_id", "in", self.ids)
        late = of_these & Domain("state", "in", OPEN_STATES)
        late_counts = dict(
            requests._read_group(
                late & Domain("date_due", "<", today), ["audit_id"], ["__count"]
            )
        )
        counts = defaultdict(dict)
        for audit, state, count in requests._read_group(
            of_these, ["audit_id", "state"], ["__count"]
        ):
            counts[audit][state] = count
        for audit in self:
            states = counts[audit._origin]
            audit.request_count = sum(states.values())
            audit.request_open_count = sum(states.get(each, 0) for each in OPEN_STATES)
            audit.request_accepted_count = states.get("accepted", 0)
            audit.request_late_count = late_counts.get(audit._origin, 0)

    def action_view_requests(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_request_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

    def action_apply_template(self):
        """Choose from the standard list what to ask for."""
        return self._request_dialog(
            "clerk.audit.request.apply", self.env._("Standard Requests")
        )

    def action_import_requests(self):
        return self._request_dialog(
            "clerk.audit.request.import", self.env._("Import Requests")
        )

    def _request_dialog(self, model, name):
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_audit_id": self.id},
        }
