from odoo import api, models

from ...rules.customer.duplicate import REASONS


class ClerkCustomerMatch(models.AbstractModel):
    """Sentences about records that may be of one customer."""

    _name = "clerk.customer.match"
    _description = "Possible Duplicates"

    @api.model
    def _reason_texts(self):
        """Return why records may be of one customer, or not, by key."""
        texts = {
            "vat": self.env._("same tax ID"),
            "registry": self.env._("same company ID"),
            "account": self.env._("same bank account"),
            "name": self.env._("same name"),
            "name_alike": self.env._("similar name"),
            "name_part": self.env._("part of the name"),
            "address": self.env._("same address"),
            "zip": self.env._("same ZIP code"),
            "city": self.env._("same city"),
            "phone": self.env._("same phone number"),
            "email": self.env._("same email address"),
            "domain": self.env._("same email domain"),
            "vat_alike": self.env._("similar tax ID"),
            "script": self.env._("name in another alphabet"),
            "other_vat": self.env._("but different tax IDs"),
            "other_registry": self.env._("but different company IDs"),
            "other_account": self.env._("but different bank accounts"),
            "other_name": self.env._("but the names suggest a group or family"),
            "other_site": self.env._("but the names suggest different branches"),
            "other_kind": self.env._("but a person and a company"),
            "other_form": self.env._("but different legal forms"),
            "other_place": self.env._("but different places"),
        }
        return {key: texts[key] for key in REASONS}

    @api.model
    def _reasons_text(self, reasons):
        """Return the reasons of a score, separated by commas."""
        texts = self._reason_texts()
        return ", ".join(texts[each] for each in reasons if each in texts)
