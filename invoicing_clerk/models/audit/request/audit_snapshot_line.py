from odoo import api, fields, models


class ClerkAuditSnapshotLine(models.Model):
    """A record found by a query, with its values at the time."""

    _name = "clerk.audit.snapshot.line"
    _description = "Audit Query Snapshot Line"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "snapshot_id, id"

    snapshot_id = fields.Many2one(
        "clerk.audit.snapshot",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="snapshot_id.company_id")
    currency_id = fields.Many2one(related="snapshot_id.currency_id")
    model = fields.Char(related="snapshot_id.model")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True
    )
    name = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True)
    content = fields.Json(
        readonly=True,
        exportable=False,
        help="Value of each column as text.",
        export_string_translation=False,
    )
    content_text = fields.Char(string="Values", compute="_compute_content_text")

    @api.depends("content")
    def _compute_content_text(self):
        for line in self:
            line.content_text = " · ".join(filter(None, (line.content or {}).values()))
