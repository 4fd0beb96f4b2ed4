from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class ChangePortal(CustomerPortal):
    """Address forms of the portal, whose guarded data become requests.

    Core writes what customers enter as superuser. Where the setting is on, what two
    people change is proposed instead, and the form saves the remainder.
    """

    def _changes_sudo(self):
        """Return changes, for methods that check whose contact they are about."""
        # sudo: customers have no access rights to changes.
        return request.env["clerk.customer.change"].sudo()

    def _prepare_address_data(self, partner_sudo, **kwargs):
        values = super()._prepare_address_data(partner_sudo, **kwargs)
        return {**values, "change_requests": self._requests_of_visitor()}

    def _prepare_my_account_rendering_values(self, *args, **kwargs):
        values = super()._prepare_my_account_rendering_values(*args, **kwargs)
        return {**values, "change_requests": self._requests_of_visitor()}

    def _requests_of_visitor(self):
        customer = request.env.user.commercial_partner_id
        return self._changes_sudo()._open_requests_of(customer)

    def _create_or_update_address(self, partner_sudo, *args, **form_data):
        changes_sudo = self._changes_sudo()
        if not changes_sudo._are_requested_in_portal(partner_sudo):
            return super()._create_or_update_address(partner_sudo, *args, **form_data)
        if not partner_sudo:
            create = super()._create_or_update_address
            return self._create_requested_address(create, partner_sudo, args, form_data)
        values, _extra = self._parse_form_data(dict(form_data))
        requests = changes_sudo._requests_in_portal(partner_sudo, values)
        if not requests:
            return super()._create_or_update_address(partner_sudo, *args, **form_data)
        problems = self._problems_of_form(partner_sudo, *args, **form_data)
        if problems:
            return partner_sudo, problems
        if problems := self._request_changes(requests):
            return partner_sudo, problems
        kept = changes_sudo._kept_in_portal(partner_sudo, values)
        return super()._create_or_update_address(
            partner_sudo,
            *args,
            **{**form_data, **kept, "verify_address_values": False},
        )

    def _problems_of_form(
        self,
        partner_sudo,
        address_type="billing",
        use_delivery_as_billing=False,
        required_fields=False,
        **form_data,
    ):
        """Return what core finds wrong with the form, as feedback; or nothing."""
        for name in ("callback", "verify_address_values"):
            form_data.pop(name, None)
        values, extra = self._parse_form_data(form_data)
        invalid, missing, messages = self._validate_address_values(
            values,
            partner_sudo,
            address_type,
            use_delivery_as_billing in (True, "true", "1"),
            required_fields or "",
            **extra,
        )
        if not messages:
            return None
        return {"invalid_fields": list(invalid | missing), "messages": messages}

    def _request_changes(self, requests):
        """Propose what the customer asks for; return feedback if that fails."""
        try:
            with request.env.cr.savepoint():
                for contact_sudo, new in requests:
                    self._changes_sudo()._propose_in_portal(contact_sudo, new)
        except (AccessError, UserError) as error:
            names = {name for _contact, new in requests for name in new}
            return {"invalid_fields": sorted(names), "messages": [str(error)]}
        return None

    def _create_requested_address(self, create, partner_sudo, args, form_data):
        """Create an address to which invoices go only once that is approved."""
        with request.env.cr.savepoint() as savepoint:
            created_sudo, feedback = create(partner_sudo, *args, **form_data)
            if not (
                created_sudo
                and created_sudo.type == "invoice"
                and created_sudo._needs_two_people("address")
            ):
                return created_sudo, feedback
            created_sudo.type = "other"
            problems = self._request_changes([(created_sudo, {"type": "invoice"})])
            if not problems:
                return created_sudo, feedback
            savepoint.rollback()
        return partner_sudo, problems
