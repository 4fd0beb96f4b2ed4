from odoo import api, models
from odoo.fields import Domain


class ClerkNumbered(models.AbstractModel):
    """Records with a number of their own, counted in each company from 1.

    **How to use**: declare ``_number_prefix``, and the fields that decide on the
    company in ``_number_fields``. ``create`` calls ``_with_numbers``. Administrators
    change prefix and digits of a company under **Sequences**. Where the numbers must
    have no gaps, set ``_number_gapless``; such records are created one after the other.
    """

    _name = "clerk.numbered"
    _description = "Numbers per Company"

    _number_prefix = ""
    _number_gapless = False
    _number_fields = ("company_id",)

    @api.model
    def _with_numbers(self, vals_list):
        """Return the values of new records with the next number of their company."""
        return [{**vals, "name": self._next_number(vals)} for vals in vals_list]

    @api.model
    def _next_number(self, vals):
        names = self._number_fields
        given = {name: vals[name] for name in names if name in vals}
        record = self.new({**self.default_get(names), **given})
        sequences = self.env["ir.sequence"].with_company(record.company_id)
        return sequences.next_by_code(self._name)


class ResCompany(models.Model):
    """Sequences of new companies."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_number_sequences()
        return companies

    @api.model
    def _create_missing_number_sequences(self):
        """Create sequences for companies that were there before this addon."""
        # sudo: creates sequences of all companies, and shows none.
        companies = self.sudo().with_context(active_test=False)
        companies.search(Domain.TRUE)._create_number_sequences()

    def _create_number_sequences(self):
        # sudo: whoever may create a company gets its sequences, with fixed values.
        sequences = self.env["ir.sequence"].sudo().with_context(active_test=False)
        kinds = self._numbered_models()
        existing = {
            (company, code)
            for company, code in sequences._read_group(
                [("code", "in", list(kinds)), ("company_id", "in", self.ids)],
                ["company_id", "code"],
            )
        }
        sequences.create(
            [
                self._number_sequence_values(company, model)
                for company in self
                for code, model in kinds.items()
                if (company, code) not in existing
            ]
        )

    @api.model
    def _numbered_models(self):
        kind = self.env.registry["clerk.numbered"]
        return {
            name: self.env[name]
            for name, model in self.env.registry.items()
            if issubclass(model, kind) and not model._abstract
        }

    @api.model
    def _number_sequence_values(self, company, model):
        return {
            "name": model._description,
            "code": model._name,
            "prefix": f"{model._number_prefix}/%(year)s/",
            "padding": 5,
            "implementation": "no_gap" if model._number_gapless else "standard",
            "company_id": company.id,
        }
