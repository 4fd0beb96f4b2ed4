from odoo import models
from odoo.exceptions import AccessError

from .res_partner_guard import GUARDED


class ResUsers(models.Model):
    """Users who are contacts of customers: their data are those of the contact.

    Core writes what users change of themselves as superuser.
    """

    _inherit = "res.users"

    def write(self, vals):
        """:raises AccessError: data of a customer are changed by two people"""
        named = {name: vals[name] for name in GUARDED & vals.keys()}
        is_guarding = self.env["res.company"]._companies_with()
        if named and is_guarding and not self.env.su:
            for user in self:
                # sudo: which contact a user is; it is only compared.
                partner = user.sudo().partner_id.sudo(False)
                if names := partner._names_to_propose(named):
                    raise AccessError(partner.sudo()._refuse_change(names))
        return super().write(vals)
