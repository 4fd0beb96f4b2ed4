from decimal import Decimal

from odoo import api, fields, models

from ....rules.audit.engagement import audit_finding as rules


class ClerkAuditFinding(models.Model):
    """An audit finding: condition, criterion, cause, effect and recommendation."""

    _name = "clerk.audit.finding"
    _description = "Audit Finding"
    _inherit = [
        "clerk.audit.side",
        "clerk.audit.part",
        "clerk.audit.comment",
        "mail.activity.mixin",
    ]
    _order = "audit_id, amount desc, id"

    name = fields.Char(string="Title", required=True)
    condition = fields.Text(help="The situation that was found.")
    criterion = fields.Text(
        help="The requirement that is not met, and its source: a policy, a contract, a "
        "standard."
    )
    cause = fields.Text(help="The reason for the difference.")
    effect = fields.Text(help="The consequence or risk, quantified where possible.")
    recommendation = fields.Text()
    amount = fields.Monetary(help="Misstatement, in company currency.")
    answer = fields.Text(string="Management Response")
    res_model = fields.Char(string="Related Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Related Record ID", model_field="res_model", readonly=True
    )
    weight = fields.Selection(
        [
            (rules.MATERIAL, "Material"),
            (rules.SIGNIFICANT, "Above Performance Materiality"),
            (rules.NOTED, "Below Performance Materiality"),
            (rules.TRIVIAL, "Clearly Trivial"),
        ],
        string="Significance",
        compute="_compute_weight",
        help="The amount compared with the materiality of the engagement.",
    )
    about = fields.Char(string="Related Record", compute="_compute_about")
    request_ids = fields.One2many(
        "clerk.audit.request",
        "finding_id",
        string="Requests",
        groups="invoicing_clerk.group_auditor",
    )

    @api.depends(
        "amount",
        "audit_id.materiality",
        "audit_id.performance_materiality",
        "audit_id.trivial_amount",
    )
    def _compute_weight(self):
        for finding in self:
            finding.weight = bool(finding.audit_id) and rules.weight(
                Decimal(str(finding.amount)), finding.audit_id._materiality()
            )

    @api.depends("res_model", "res_id")
    def _compute_about(self):
        """Show the name of the related record to users who can read it."""
        for model, findings in self.grouped("res_model").items():
            related = self.env.get(model)
            if related is None:
                findings.about = False
                continue
            names = {
                record.id: record.display_name
                for record in related.browse(findings.mapped("res_id"))
                .exists()
                ._filtered_access("read")
            }
            for finding in findings:
                finding.about = names.get(finding.res_id, False)

    @api.model
    def _raise_on(self, record, audit, condition, amount=0.0, name=None):
        """Create a draft finding about a record."""
        return self.create(
            {
                "audit_id": audit.id,
                "name": name or record.display_name,
                "condition": condition,
                "amount": amount,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    @api.model
    def _action_about(self, records):
        """Return the action that lists the findings about these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_finding_action"
        )
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return {**action, "domain": domain, "context": {}}

    def _form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_request(self):
        """Open a new request for evidence that the finding needs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request"),
            "res_model": "clerk.audit.request",
            "view_mode": "form",
            "context": {
                "default_audit_id": self.audit_id.id,
                "default_finding_id": self.id,
            },
        }

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
