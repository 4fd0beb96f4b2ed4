from odoo import api, fields, models
from odoo.exceptions import UserError

# What a caller may have corrected. Numbers that money or tax follows, as bank accounts
# and VAT numbers, need more than a voice.
CORRECTED = (
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
    """Corrects what is on file of a contact; before and after are shown and logged."""

    _name = "clerk.call.contact"
    _description = "Correct Contact Data"

    call_id = fields.Many2one("clerk.call", required=True)
    customer_id = fields.Many2one(related="call_id.partner_id")
    partner_id = fields.Many2one("res.partner", string="Of", required=True)
    name = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    function = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    phone = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    email = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    street = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    street2 = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    zip = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    city = fields.Char(compute="_compute_as_on_file", readonly=False, store=True)
    state_id = fields.Many2one(
        "res.country.state", compute="_compute_as_on_file", readonly=False, store=True
    )
    country_id = fields.Many2one(
        "res.country", compute="_compute_as_on_file", readonly=False, store=True
    )
    changes_html = fields.Html(compute="_compute_changes_html", sanitize=False)

    @api.depends("partner_id")
    def _compute_as_on_file(self):
        for contact in self:
            for name in CORRECTED:
                contact[name] = contact.partner_id[name]

    @api.depends("partner_id", *CORRECTED)
    def _compute_changes_html(self):
        for contact in self:
            contact.changes_html = contact._changes_html()

    def _changed(self):
        return [name for name in CORRECTED if self[name] != self.partner_id[name]]

    def _changes_html(self):
        """What changes, with what was before and what comes after."""
        partners = self.env["res.partner"]
        labels = partners.fields_get(CORRECTED, ["string"])
        changes = [
            {
                "label": labels[name]["string"],
                "before": self._shown(self.partner_id, name),
                "after": self._shown(self, name),
            }
            for name in self._changed()
        ]
        return self.env["ir.qweb"]._render(
            "invoicing_clerk.call_contact_changes", {"changes": changes}
        )

    @api.model
    def _shown(self, record, name):
        value = record[name]
        return value.display_name if isinstance(value, models.BaseModel) else value

    def action_apply(self):
        """Write what changed, and log it on the contact and on the call.

        :raises UserError: nothing changed, the name was emptied, or the contact is not
            one of the customer on the telephone
        """
        self.ensure_one()
        call, partner = self.call_id, self.partner_id
        call.check_access("write")
        call._check_identity()
        if partner.commercial_partner_id != call.partner_id:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s, who is calling.",
                    contact=partner.display_name,
                    customer=call.partner_id.display_name,
                )
            )
        if not (changed := self._changed()):
            raise UserError(self.env._("Nothing is different from what is on file."))
        if not self.name:
            raise UserError(self.env._("%s needs a name.", partner.display_name))
        body = self._changes_html()
        values = {name: self[name] for name in changed}
        partner.write(
            {
                name: value.id if isinstance(value, models.BaseModel) else value
                for name, value in values.items()
            }
        )
        partner._message_log(body=body)
        call._message_log(body=body)
