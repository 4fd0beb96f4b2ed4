"""Answer with a spreadsheet."""

from odoo.http import content_disposition, request

from odoo.addons.web.controllers.export import ExportXlsxWriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_response(name, columns, rows):
    """Return a spreadsheet for download.

    :param name: of the file, without its ending
    :param columns: dictionaries with ``string``, the title
    :param rows: the values of each row
    """
    headers = {
        "Content-Type": XLSX,
        "Content-Disposition": content_disposition(f"{name}.xlsx"),
    }
    return request.make_response(_sheet(columns, rows), headers)


def _sheet(columns, rows):
    names = [column["string"] for column in columns]
    with ExportXlsxWriter(columns, names, len(rows)) as writer:
        # Text of customers must not be evaluated as a formula.
        writer.worksheet.strings_to_formulas = False
        writer.worksheet.strings_to_urls = False
        for index, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                writer.write_cell(index, column, value)
    return writer.value


def companies_in_use():
    """Return the companies selected in the web client, the current one first."""
    allowed = request.env.user._get_company_ids()
    selected = request.cookies.get("cids", "").split("-")
    ids = [int(company) for company in selected if company.isdecimal()]
    default = request.env.user.company_id.id
    return [company for company in ids if company in allowed] or [default]
