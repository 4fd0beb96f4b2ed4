from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ClerkAuditPart(models.AbstractModel):
    """Record of an engagement: never moved to another, read-only once it is closed.

    Each model needs access rights and two record rules of its own: the companies of
    the user for everybody, and for auditors the engagements they are a member of.
    """

    _name = "clerk.audit.part"
    _description = "Part of an Audit Engagement"
    _inherit = "clerk.checked"

    audit_id = fields.Many2one(
        "clerk.audit",
        string="Engagement",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="audit_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="audit_id.currency_id")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_audit_open()
        return parts

    def write(self, vals):
        self._check_audit_open()
        if "audit_id" in vals and self.audit_id.ids != [vals["audit_id"]]:
            raise UserError(
                self.env._(
                    "“%s” cannot be moved to another engagement.",
                    self[:1].display_name,
                )
            )
        return super().write(vals)

    @api.constrains(lambda self: ["audit_id", *self._linked_parts()])
    def _check_linked_parts(self):
        """:raises ValidationError: a linked query, say, is of another engagement"""
        for name in self._linked_parts():
            for part in self:
                if part[name].audit_id - part.audit_id:
                    raise ValidationError(
                        self.env._(
                            "%(part)s: the selected “%(field)s” belongs to another "
                            "engagement. Select one of %(audit)s.",
                            part=part.display_name,
                            field=self._fields[name]._description_string(self.env),
                            audit=part.audit_id.display_name,
                        )
                    )

    @api.model
    def _linked_parts(self):
        """Return the names of stored many2one fields that link to another part."""
        part = self.env.registry["clerk.audit.part"]
        return [
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and issubclass(self.env.registry[field.comodel_name], part)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_audit_open()

    def _stored_file(self, name):
        """Return the attachment of a binary field. Callers check access to it."""
        self.ensure_one()
        # sudo: callers have checked that the user may have the file.
        attachments = self.env["ir.attachment"].sudo()
        return attachments.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", name),
            ],
            limit=1,
        )

    def _check_audit_open(self):
        """:raises UserError: the engagement of one of these is closed"""
        self.audit_id._check_open()
