from odoo import api, fields, models
from odoo.exceptions import UserError

# Contact data that a caller may correct. Bank accounts and tax IDs need better
# proof than a phone call.
CONTACT_FIELDS = (
    "name",
    "function",
    "phone",
    "email",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
)


class ClerkCallContact(models.TransientModel):
    """The dialog that corrects contact data, and logs old and new values."""

    _name = "clerk.call.contact"
    _description = "Correct Contact Data"
    _inherit = "clerk.checked"

    call_id = fields.Many2one("clerk.call", required=True)
    customer_id = fields.Many2one(related="call_id.partner_id")
    partner_id = fields.Many2one("res.partner", string="Contact", required=True)
    name = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    function = fields.Char(
        string="Job Position",
        compute="_compute_current_values",
        readonly=False,
        store=True,
    )
    phone = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    email = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    street = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    street2 = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    zip = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    city = fields.Char(compute="_compute_current_values", readonly=False, store=True)
    state_id = fields.Many2one(
        "res.country.state",
        compute="_compute_current_values",
        readonly=False,
        store=True,
    )
    country_id = fields.Many2one(
        "res.country", compute="_compute_current_values", readonly=False, store=True
    )
    changes_html = fields.Html(
        string="Changes", compute="_compute_changes_html", sanitize=False
    )

    @api.depends("partner_id")
    def _compute_current_values(self):
        for contact in self:
            for name in CONTACT_FIELDS:
                contact[name] = contact.partner_id[name]

    @api.depends("partner_id", *CONTACT_FIELDS)
    def _compute_changes_html(self):
        for contact in self:
            contact.changes_html = contact._changes_html()

    def _changed(self):
        return [name for name in CONTACT_FIELDS if self[name] != self.partner_id[name]]

    def _changes_html(self):
        """Return the changed fields with old and new values."""
        partners = self.env["res.partner"]
        labels = partners.fields_get(CONTACT_FIELDS, ["string"])
        changes = [
            {
                "label": labels[name]["string"],
                "before": self._displayed(self.partner_id, name),
                "after": self._displayed(self, name),
            }
            for name in self._changed()
        ]
        return self.env["ir.qweb"]._render(
            "invoicing_clerk.call_contact_changes", {"changes": changes}
        )

    @api.model
    def _displayed(self, record, name):
        value = record[name]
        return value.display_name if isinstance(value, models.BaseModel) else value

    def action_apply(self):
        """Write the changes, and log them on the contact and the call.

        :raises UserError: nothing changed, the name is empty, or the contact does not
            belong to the customer
        """
        self.ensure_one()
        self._check_apply()
        body = self._changes_html()
        self.partner_id.write(self._changed_values())
        self.partner_id._message_log(body=body)
        self.call_id._message_log(body=body)

    def _check_apply(self):
        call, partner = self.call_id, self.partner_id
        call.check_access("write")
        call._check_identity()
        if partner.commercial_partner_id != call.partner_id:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s.",
                    contact=partner.display_name,
                    customer=call.partner_id.display_name,
                )
            )
        if not self._changed():
            raise UserError(self.env._("No contact data was changed."))
        if not self.name:
            raise UserError(
                self.env._("%s: the name is required.", partner.display_name)
            )

    def _changed_values(self):
        values = {name: self[name] for name in self._changed()}
        return {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in values.items()
        }
