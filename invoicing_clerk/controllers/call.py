from odoo.http import Controller, content_disposition, request, route

from odoo.addons.web.controllers.export import ExportXlsxWriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CallController(Controller):
    """The addresses of calls: one for softphones, one for what a customer asks."""

    @route("/clerk/call", type="http", auth="user", methods=["GET"])
    def open_call(self, number="", **_softphone):
        """Open the pad of the call in progress of a number, beginning it if needed.

        Opening it again within minutes opens the same call, so that neither a reload
        nor an address that is fetched twice makes a second one. What else softphones
        add to the address does not matter.
        """
        request.update_context(allowed_company_ids=self._companies_in_use())
        call = request.env["clerk.call"]._call_of_number(self._as_written(number))
        return request.redirect(f"/odoo/calls/{call.id}")

    @route("/clerk/call/export/<int:partner_id>", type="http", auth="user")
    def export_calls(self, partner_id):
        """All calls of a customer or contact in one sheet; the chatter tells of it."""
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
            # What a customer said is text, even where it reads as a formula.
            writer.worksheet.strings_to_formulas = False
            writer.worksheet.strings_to_urls = False
            for index, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(index, column, value)
        return writer.value

    def _as_written(self, number):
        """An address in which nobody encoded the ``+`` has a space in its place."""
        return f"+{number[1:]}" if number.startswith(" ") else number

    def _companies_in_use(self):
        """The companies that are chosen in the web client, the current one first."""
        mine = request.env.user._get_company_ids()
        chosen = request.cookies.get("cids", "").split("-")
        ids = [int(company) for company in chosen if company.isdecimal()]
        home = request.env.user.company_id.id
        return [company for company in ids if company in mine] or [home]
