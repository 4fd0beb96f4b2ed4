from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr, format_date

from ...rules.customer import customer_change as rules
from ...rules.customer.customer_data import is_doubtful
from ..mixin.amount import amount_text


class ClerkCustomerChange(models.Model):
    """Values of contacts as texts that are stored, read and compared."""

    _inherit = "clerk.customer.change"

    @api.model
    def _stored(self, name, value):
        """Return a value of a field of contacts as it is stored."""
        field = self.env["res.partner"]._fields[name]
        if field.type == "many2one":
            key = value.id if isinstance(value, models.BaseModel) else value
            return str(key or "")
        if field.type in ("float", "monetary"):
            return float_repr(value or 0.0, 4)
        if field.type == "date":
            return fields.Date.to_string(value) or ""
        return (value or "").strip()

    @api.model
    def _stored_values(self, contact, names):
        return {name: self._stored(name, contact[name]) for name in names}

    @api.model
    def _writable(self, name, stored):
        """Return what is written to the field for a stored value."""
        field = self.env["res.partner"]._fields[name]
        if field.type == "many2one":
            return int(stored) if stored else False
        if field.type in ("float", "monetary"):
            return float(stored)
        return stored or False

    @api.model
    def _shown(self, name, stored, company):
        """Return a stored value as people read it."""
        partners = self.env["res.partner"]
        field = partners._fields[name]
        if not stored:
            return ""
        if field.type == "many2one":
            # sudo: the name of a record that the contact refers to, or will.
            record = self.env[field.comodel_name].sudo().browse(int(stored))
            return record.exists().display_name or ""
        if field.type in ("float", "monetary"):
            return amount_text(company.currency_id, float(stored))
        if field.type == "date":
            return format_date(self.env, stored)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(stored, stored)
        return stored

    # Checks

    @api.model
    def _value_problem(self, contact, name, stored, company):
        """Return why a new value cannot be stored, as a sentence, or nothing."""
        field = self.env["res.partner"]._fields[name]
        if field.type == "many2one":
            return self._record_problem(contact, field, stored, company)
        if name == "name" and not stored:
            return self.env._("The name of %s is required.", contact.display_name)
        if name == "credit_limit" and float(stored) < 0:
            return self.env._("The credit limit cannot be negative.")
        if (
            name == "email"
            and stored
            and not contact.new({"email": stored})._mailable()
        ):
            return self.env._("“%s” is not a valid email address.", stored)
        if name == "vat":
            return self._vat_problem(contact, stored)
        return None

    @api.model
    def _vat_problem(self, contact, stored):
        country = contact.commercial_partner_id.country_id
        if not is_doubtful(stored, country.code):
            return None
        return self.env._(
            "“%(vat)s” is not a valid tax ID: the format or the check digits are "
            "wrong. Compare it with the request of %(customer)s.",
            vat=stored,
            customer=contact.display_name,
        )

    @api.model
    def _record_problem(self, contact, field, stored, company):
        if not stored:
            return None
        record = self.env[field.comodel_name].browse(int(stored)).exists()
        label = field._description_string(self.env)
        if not record or not record.has_access("read"):
            return self.env._("%s: select a record that you have access to.", label)
        if "active" in record._fields and not record.active:
            return self.env._(
                "%(field)s: %(value)s is archived. Select another one.",
                field=label,
                value=record.display_name,
            )
        # sudo: companies are only compared.
        owner = record.sudo().company_id if "company_id" in record._fields else None
        if owner and owner not in company.sudo().parent_ids:
            return self.env._(
                "%(field)s: %(value)s belongs to another company.",
                field=label,
                value=record.display_name,
            )
        if record == contact or (
            field.name == "parent_id" and record.parent_id == contact
        ):
            return self.env._("%s cannot be its own parent.", contact.display_name)
        return None

    @api.model
    def _check_values(self, contact, new, company):
        """:raises UserError: a new value cannot be stored"""
        for name, stored in new.items():
            if problem := self._value_problem(contact, name, stored, company):
                raise UserError(problem)

    def _stale_problem(self):
        """Return which value changed since the proposal, as a sentence, or nothing."""
        contact = self._of_contact()
        for line in self.line_ids.filtered(lambda each: each.kind != rules.BANK):
            now = self._stored(line.field_name, contact[line.field_name])
            if now != line.old_value:
                return self.env._(
                    "%(field)s of %(contact)s was “%(old)s” when the change was "
                    "proposed, and is “%(now)s” now. Refuse it, and have it proposed "
                    "again.",
                    field=line.label,
                    contact=contact.display_name,
                    old=line.old_text or self.env._("empty"),
                    now=self._shown(line.field_name, now, self.company_id)
                    or self.env._("empty"),
                )
        return self._account_stale_problem()
