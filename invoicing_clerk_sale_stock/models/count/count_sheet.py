from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one
from odoo.addons.invoicing_clerk.rules.sheet import is_filled

from ...rules import count as rules


@dataclass
class Row:
    """A row of a spreadsheet of figures, and what is wrong with it."""

    number: int
    goods: str
    counted: str
    line: models.BaseModel
    problem: str = ""


class ClerkCount(models.Model):
    """The list of a count as a spreadsheet, and its figures from one.

    The list says neither before nor after the count how many there should be, so that
    a sheet can be handed on.
    """

    _inherit = "clerk.count"

    @api.model
    def _sheet_columns(self):
        """Return column titles by field."""
        return {
            "number": self.env._("No."),
            "location": self.env._("Location"),
            "product": self.env._("Product"),
            "lot": self.env._("Lot/Serial Number"),
            "unit": self.env._("Unit"),
            "counted": self.env._("Counted"),
            "remark": self.env._("Remark"),
        }

    # Export

    def action_export(self):
        """Download the list to count with."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/clerk/count/{only_one(self).id}/list",
            "target": "download",
        }

    def _export_table(self):
        """Return columns and rows of the list."""
        only_one(self).check_access("read")
        columns = [
            {"name": name, "string": title, "type": "char"}
            for name, title in self._sheet_columns().items()
        ]
        rows = [
            (
                *(line.number, line.location_id.complete_name, line.name),
                *(line.lot_name or "", line.uom_id.name or ""),
                *(line.counted or "", line.remark or ""),
            )
            for line in self.line_ids
        ]
        return columns, rows

    # Import

    def _read_figures(self, rows):
        """Return the rows below the header, with what is wrong with each.

        :raises UserError: a column is missing, or there are too many rows
        """
        filled = [(number, row) for number, row in enumerate(rows, 1) if is_filled(row)]
        if not filled:
            raise UserError(self.env._("The spreadsheet is empty."))
        (_number, titles), *filled = filled
        if len(filled) > rules.MAX_LINES:
            raise UserError(
                self.env._(
                    "The number of rows is above the limit (%s). Use the list of this "
                    "count.",
                    rules.MAX_LINES,
                )
            )
        places = self._figure_places(titles)
        lines = {str(line.number): line for line in self.line_ids}
        seen = set()
        return [
            self._figure(number, row, places, lines, seen) for number, row in filled
        ]

    def _figure_places(self, titles):
        names = {}
        for lang in ("en_US", self.env.lang):
            columns = self.with_context(lang=lang)._sheet_columns()
            names |= {columns[name].casefold(): name for name in rules.COLUMNS}
        try:
            return rules.places_of(titles, names)
        except rules.HeaderError as error:
            raise UserError(
                self.env._(
                    "The column “%(column)s” is missing. Download the list of the "
                    "count, and enter the figures there.",
                    column=self._sheet_columns()[error.column],
                )
            ) from error

    def _figure(self, number, row, places, lines, seen):
        def cell(name):
            at = places.get(name, len(row))
            return row[at][:200].strip() if at < len(row) else ""

        line = lines.get(cell("number"), self.line_ids.browse())
        read = Row(number, line.display_name or cell("product"), cell("counted"), line)
        read.problem = self._figure_problem(read, cell("number"), cell("product"), seen)
        seen.add(line)
        return read

    def _figure_problem(self, row, number, product, seen):
        """Return why a row has no figure, or nothing."""
        if not row.line:
            return self.env._("The list has no row “%s”.", number)
        if row.line in seen:
            return self.env._("The row appears more than once.")
        if product and product != row.line.name:
            return self.env._(
                "No. %(number)s is %(product)s on the list.",
                number=number,
                product=row.line.name,
            )
        if not row.counted:
            return self.env._("Nothing was counted.")
        return row.line._quantity_problem(row.counted)

    def _import_figures(self, rows):
        """Enter the figures of rows without problems."""
        self._check_counting()
        for row in rows:
            row.line.counted = row.counted
