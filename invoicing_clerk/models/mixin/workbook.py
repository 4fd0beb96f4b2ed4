"""Spreadsheets that people download."""

import io

import xlsxwriter

# Text is never a formula or a link, even if it begins with "=".
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def workbook_content(write):
    """Return the file of a workbook.

    :param write: function that writes the sheets of the workbook it is given
    """
    with io.BytesIO() as content:
        book = xlsxwriter.Workbook(content, OPTIONS)
        write(book)
        book.close()
        return content.getvalue()


def amount_format(currency):
    """Return the number format of cells with amounts in a currency."""
    decimals = "." + "0" * currency.decimal_places if currency.decimal_places else ""
    return f"#,##0{decimals}"
