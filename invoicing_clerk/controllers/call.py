from odoo.http import Controller, request, route

from ..rules.limits import maximum
from .mixin_sheet import companies_in_use, sheet_response


class CallController(Controller):
    """Screen pop for softphones, and export of a customer's calls."""

    @route(
        "/clerk/call",
        type="http",
        auth="user",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def open_call(self, number="", **_softphone):
        """Open the pad of the call in progress with a number, or of a new call.

        A repeated request within minutes opens the same call, so that reloading the
        page does not log a second one. Further parameters of softphones are ignored.
        """
        request.update_context(allowed_company_ids=companies_in_use())
        call = request.env["clerk.call"]._call_of_number(self._restore_plus(number))
        return request.redirect(f"/odoo/calls/{call.id}")

    @route(
        "/clerk/call/export/<int:partner_id>",
        type="http",
        auth="user",
        max_content_length=maximum("request"),
    )
    def export_calls(self, partner_id):
        """Export the calls of a customer or contact, and log it in the chatter."""
        request.update_context(allowed_company_ids=companies_in_use())
        partner = request.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        table = partner._exported_calls()
        name = f"{request.env._('Calls')} {partner.display_name}"
        return sheet_response(name, *table)

    def _restore_plus(self, number):
        """Restore a leading ``+``, which is a space in a URL unless it is encoded."""
        return f"+{number[1:]}" if number.startswith(" ") else number
