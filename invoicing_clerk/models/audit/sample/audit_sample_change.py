from odoo import api, fields, models

from ...mixin.amount import amount_text


class ClerkAuditSampleChange(models.Model):
    """A record added to a sampled population, removed from it, or changed in amount."""

    _name = "clerk.audit.sample.change"
    _description = "Change of a Sampled Population"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "sample_id, item_id, id"

    sample_id = fields.Many2one(
        "clerk.audit.sample", required=True, ondelete="cascade", index=True
    )
    audit_id = fields.Many2one(related="sample_id.audit_id", store=True, index=True)
    company_id = fields.Many2one(related="sample_id.company_id", store=True)
    currency_id = fields.Many2one(related="sample_id.currency_id")
    kind = fields.Selection(
        [("added", "Added"), ("gone", "Removed"), ("changed", "Changed")], required=True
    )
    res_model = fields.Char(string="Model Name", related="sample_id.model")
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True
    )
    name = fields.Char(required=True)
    item_id = fields.Many2one(
        "clerk.audit.sample.item",
        string="Sampled Item",
        ondelete="cascade",
        index="btree_not_null",
    )
    amount_before = fields.Monetary(string="Amount when Drawn")
    amount_now = fields.Monetary(string="Current Amount")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("kind", "name", "amount_before", "amount_now")
    def _compute_summary(self):
        for change in self:
            change.summary = change._summary()

    def _summary(self):
        details = {
            "name": self.name,
            "before": amount_text(self.currency_id, self.amount_before),
            "now": amount_text(self.currency_id, self.amount_now),
        }
        if self.kind == "added":
            return self.env._("%(name)s (%(now)s) added", **details)
        if self.kind == "gone":
            return self.env._("%(name)s (%(before)s) removed", **details)
        return self.env._("%(name)s changed from %(before)s to %(now)s", **details)

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
