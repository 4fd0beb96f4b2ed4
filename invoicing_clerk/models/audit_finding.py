from odoo import api, fields, models


class ClerkAuditFinding(models.Model):
    """What an auditor found: what is, what should be, why, and what it leads to."""

    _name = "clerk.audit.finding"
    _description = "Audit Finding"
    _inherit = ["clerk.audit.part", "mail.thread", "mail.activity.mixin"]
    _order = "audit_id, amount desc, id"

    name = fields.Char(string="Title", required=True)
    condition = fields.Text(help="What was found.")
    criterion = fields.Text(help="What should be, and where that is said.")
    cause = fields.Text(help="Why it came about.")
    effect = fields.Text(help="What it leads to, in money where it can be said.")
    recommendation = fields.Text()
    amount = fields.Monetary(help="Misstatement in company currency.")
    answer = fields.Text(string="Management's Answer")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("reported", "Reported"),
            ("answered", "Answered"),
            ("follow_up", "Follow-up"),
            ("closed", "Closed"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    res_model = fields.Char(string="About Records Of", readonly=True)
    res_id = fields.Many2oneReference(
        string="About", model_field="res_model", readonly=True
    )

    @api.model
    def _raise_on(self, record, audit, condition, amount=0.0):
        """A finding of an engagement about a record, as a draft to be completed."""
        return self.create(
            {
                "audit_id": audit.id,
                "name": record.display_name,
                "condition": condition,
                "amount": amount,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
