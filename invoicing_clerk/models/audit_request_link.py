from odoo import api, fields, models

from ..rules.audit_request import OPEN_STATES


class AuditRequestLink(models.AbstractModel):
    """The request list of an engagement: how far it is, and the ways to it."""

    _name = "clerk.audit.requests"
    _description = "Requests of an Engagement"

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
        of_these = [("audit_id", "in", self.ids)]
        counted = {
            "request_count": of_these,
            "request_open_count": [*of_these, ("state", "in", OPEN_STATES)],
            "request_late_count": [
                *of_these,
                ("state", "in", OPEN_STATES),
                ("date_due", "<", fields.Date.context_today(self)),
            ],
            "request_accepted_count": [*of_these, ("state", "=", "accepted")],
        }
        requests = self.env["clerk.audit.request"]
        for name, domain in counted.items():
            rows = dict(requests._read_group(domain, ["audit_id"], ["__count"]))
            for audit in self:
                audit[name] = rows.get(audit._origin, 0)

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
