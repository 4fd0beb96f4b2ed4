from odoo.exceptions import AccessError, MissingError
from odoo.http import Controller, request, route

from odoo.addons.invoicing_clerk.controllers.mixin_sheet import (
    companies_in_use,
    sheet_response,
)
from odoo.addons.invoicing_clerk.rules.limits import maximum


class CountController(Controller):
    """Export of the list of a count."""

    @route(
        "/clerk/count/<int:count_id>/list",
        type="http",
        auth="user",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def export_list(self, count_id):
        """Download the list, without the quantities in Inventory."""
        request.update_context(allowed_company_ids=companies_in_use())
        count = request.env["clerk.count"].browse(count_id)
        try:
            table = count._export_table()
        except (AccessError, MissingError):
            return request.not_found()
        return sheet_response(count.name.replace("/", "-"), *table)
