from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkAuditSnapshotChange(models.Model):
    """A record, or a value of one, that is different from the delivered result."""

    _name = "clerk.audit.snapshot.change"
    _description = "Change Since Delivery"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "id"

    snapshot_id = fields.Many2one(
        "clerk.audit.snapshot",
        string="Comparison",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="snapshot_id.company_id")
    model = fields.Char(related="snapshot_id.model")
    kind = fields.Selection(
        [("added", "Added"), ("changed", "Changed"), ("removed", "Removed")],
        string="Change",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", readonly=True
    )
    name = fields.Char(string="Record", readonly=True)
    path = fields.Char(string="Technical Field", readonly=True)
    label = fields.Char(string="Field", compute="_compute_label")
    before = fields.Char(string="As Delivered", readonly=True)
    after = fields.Char(string="Current", readonly=True)

    @api.depends("path", "model")
    @api.depends_context("lang")
    def _compute_label(self):
        for change in self:
            change.label = " › ".join(change._labels())

    def _labels(self):
        """Yield the labels of the fields on the path to the value."""
        names = self.path.split(".") if self.path else []
        model = self.env.get(self.model)
        for name in names:
            field = model._fields.get(name) if model is not None else None
            if field is None:
                yield name
                continue
            yield field._description_string(self.env)
            model = self.env.get(field.comodel_name) if field.relational else None

    def action_open_record(self):
        """Open the record in its current state.

        :raises AccessError: the change or the record cannot be read
        :raises UserError: the record has been deleted
        """
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("“%s” has been deleted.", self.name))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
