from odoo.http import Controller, content_disposition, request, route

from odoo.addons.web.controllers.export import ExportXlsxWriter

from ..rules.limits import maximum

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        request.update_context(allowed_company_ids=self._companies_in_use())
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
        request.update_context(allowed_company_ids=self._companies_in_use())
        partner = request.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        table = partner._exported_calls()
        name = f"{request.env._('Calls')} {partner.display_name}.xlsx"
        headers = {
            "Content-Type": XLSX,
            "Content-Disposition": content_disposition(name),
        }
        return request.make_response(self._sheet(*table), headers)

    def _sheet(self, columns, rows):
        names = [column["string"] for column in columns]
        with ExportXlsxWriter(columns, names, len(rows)) as writer:
            # Text of customers must not be evaluated as a formula.
            writer.worksheet.strings_to_formulas = False
            writer.worksheet.strings_to_urls = False
            for index, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(index, column, value)
        return writer.value

    def _restore_plus(self, number):
        """Restore a leading ``+``, which is a space in a URL unless it is encoded."""
        return f"+{number[1:]}" if number.startswith(" ") else number

    def _companies_in_use(self):
        """Return the companies selected in the web client, the current one first."""
        allowed = request.env.user._get_company_ids()
        selected = request.cookies.get("cids", "").split("-")
        ids = [int(company) for company in selected if company.isdecimal()]
        default = request.env.user.company_id.id
        return [company for company in ids if company in allowed] or [default]
