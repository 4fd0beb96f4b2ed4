from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ....rules.audit.request.audit_request import OPEN_STATES, STATES
from ....rules.plural import plural
from ..engagement.audit_summary import Section


class ClerkAudit(models.Model):
    """The request list of an engagement: its progress, and actions on it."""

    _inherit = "clerk.audit"
    _guarded_fields = frozenset({"last_request_number"})

    request_ids = fields.One2many(
        "clerk.audit.request", "audit_id", string="Requests", copy=False
    )
    last_request_number = fields.Integer(readonly=True, copy=False)
    request_count = fields.Integer(
        string="Number of Requests", compute="_compute_request_counts"
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
        domain = Domain("audit_id", "in", self.ids)
        late = domain & Domain("state", "in", OPEN_STATES)
        late_counts = dict(
            requests._read_group(
                late & Domain("date_due", "<", today), ["audit_id"], ["__count"]
            )
        )
        counts = defaultdict(dict)
        for audit, state, count in requests._read_group(
            domain, ["audit_id", "state"], ["__count"]
        ):
            counts[audit][state] = count
        for audit in self:
            states = counts[audit._origin]
            audit.request_count = sum(states.values())
            audit.request_open_count = sum(
                states.get(state, 0) for state in OPEN_STATES
            )
            audit.request_accepted_count = states.get("accepted", 0)
            audit.request_late_count = late_counts.get(audit._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started_requests(self):
        # sudo: requests count even where the caller cannot see them.
        self.sudo().request_ids._unlink_only_open()

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
        """Select requests from the standard list."""
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

    # Summary

    def _part_sections(self):
        return [*super()._part_sections(), self._request_section()]

    def _request_section(self):
        requests = self.env["clerk.audit.request"]
        counts = {
            (area, state): count
            for area, state, count in requests._read_group(
                [("audit_id", "=", self.id)], ["area", "state"], ["__count"]
            )
        }
        states = [state for state, _label in STATES]
        areas = requests._fields["area"]._description_selection(self.env)
        rows = [
            [label, *(counts.get((area, state), 0) for state in states)]
            for area, label in areas
            if any(counts.get((area, state)) for state in states)
        ]
        columns = zip(*(row[1:] for row in rows), strict=True)
        totals = [sum(column) for column in columns]
        return Section(
            self.env._("Requests"),
            self._request_sentence(),
            [self.env._("Area"), *map(requests._state_label, states)],
            [*rows, [self.env._("Total"), *totals]] if rows else [],
        )

    def _request_sentence(self):
        if not self.request_count:
            return self.env._("There are no requests.")
        return plural(
            self.request_count,
            self.env._(
                "%(accepted)s of %(all)s request is accepted; %(open)s is open, "
                "%(late)s late.",
                accepted=self.request_accepted_count,
                all=self.request_count,
                open=self.request_open_count,
                late=self.request_late_count,
            ),
            self.env._(
                "%(accepted)s of %(all)s requests are accepted; %(open)s are open, "
                "%(late)s of them late.",
                accepted=self.request_accepted_count,
                all=self.request_count,
                open=self.request_open_count,
                late=self.request_late_count,
            ),
        )
