from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules

# Limit per customer, against scripts.
MAX_OPEN = 20


class ClerkCustomerChange(models.Model):
    """Changes that customers enter in the portal; they become requests.

    Customers have no access to changes. Callers are under sudo, and pass the contact
    that the user who is logged in edits: nothing of another customer is read or
    changed.
    """

    _inherit = "clerk.customer.change"

    @api.model
    def _are_requested_in_portal(self, contact):
        """Return whether guarded data that customers enter become requests."""
        companies = self.env["res.company"]._companies_with("clerk_portal_changes")
        # sudo: the company of the contact is only compared.
        own = (contact or self.env.user.partner_id).sudo().company_id
        on = own.id in companies if own else bool(companies)
        return on and not self.env.user._is_internal()

    @api.model
    def _requests_in_portal(self, contact, values):
        """Return what becomes requests: ``[(contact, {field: text})]``.

        The address of a person is that of their company, and so is the name of the
        company that the form shows.

        :param values: as the form writes them
        """
        found = []
        for target, names in self._targets_in_portal(contact, values).items():
            of_target = {
                "name" if name == "company_name" else name: values[name]
                for name in names
            }
            if new := self._requested(target, of_target):
                found.append((target, new))
        return found

    @api.model
    def _targets_in_portal(self, contact, values):
        """Return the contacts that values of a form belong to: ``{contact: names}``."""
        person = contact.type == "contact" and contact.parent_id
        targets = {}
        for name in values:
            if name == "company_name":
                target = contact.commercial_partner_id if person else None
            elif name in rules.NAMES["address"] and person:
                target = contact.parent_id
            else:
                target = contact if name in rules.KIND_OF else None
            if target:
                targets.setdefault(target, []).append(name)
        return targets

    @api.model
    def _requested(self, contact, values):
        """Return which values become a request: ``{field: text}``."""
        guarded = contact._guarded_names_of(set(values), values.get("type"))
        new = {name: self._stored(name, values[name]) for name in guarded}
        old = self._stored_values(contact, new)
        return {line.name: line.new for line in rules.differences(old, new)}

    @api.model
    def _kept_in_portal(self, contact, values):
        """Return form values that leave guarded data as they are."""
        kept = {}
        for target, names in self._targets_in_portal(contact, values).items():
            for name in names:
                own = "name" if name == "company_name" else name
                if target._guarded_names_of({own}):
                    kept[name] = self._stored(own, target[own])
        return kept

    @api.model
    def _propose_in_portal(self, contact, new):
        """Propose what a customer asks for in the portal, and return the request.

        :raises AccessError: the contact belongs to another customer
        :raises UserError: a value is wrong, or a change is under way
        """
        customer = self.env.user.commercial_partner_id
        if contact.commercial_partner_id != customer:
            raise AccessError(
                self.env._("You cannot change the data of another customer.")
            )
        if self.search_count(self._open_domain(customer)) >= MAX_OPEN:
            raise AccessError(
                self.env._("Please wait until your earlier requests are reviewed.")
            )
        company = contact.company_id or self.env.company
        return self._propose(contact, new, source="portal", company_id=company)

    @api.model
    def _open_requests_of(self, customer):
        """Return the open requests of a customer, for pages of the portal."""
        return self.search(self._open_domain(customer))

    @api.model
    def _open_domain(self, customer):
        return (
            Domain("partner_id", "=", customer.id)
            & Domain("source", "=", "portal")
            & Domain("state", "in", rules.OPEN_STATES)
        )
