import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.limits import decoded_size


class ClerkSheetImport(models.AbstractModel):
    """A dialog that reads a spreadsheet: a dry run first, then rows without problems.

    The rows are read again when they are used: what the dialog shows is for people.

    **How to use**: inherit it, and declare ``line_ids``, computed by
    ``_compute_line_ids``, stored, of a model with a field ``problem``. ``_read_rows``
    returns the rows, each with a ``problem`` or none, and ``_line_values`` the values
    of the line of one.
    """

    _name = "clerk.sheet.import"
    _description = "Spreadsheet with a Dry Run"
    _inherit = "clerk.checked"

    content = fields.Binary(string="Spreadsheet", required=True)
    file_name = fields.Char()
    problem = fields.Char(compute="_compute_line_ids", store=True)
    good_count = fields.Integer(
        string="Rows without Problems", compute="_compute_line_ids", store=True
    )
    bad_count = fields.Integer(
        string="Rows with Problems", compute="_compute_line_ids", store=True
    )

    @api.depends("content")
    def _compute_line_ids(self):
        for each in self:
            each.line_ids = each.problem = False
            each.good_count = each.bad_count = 0
            if not each.content:
                continue
            try:
                rows = each._read()
            except UserError as error:
                each.problem = str(error)
                continue
            each.line_ids = [Command.create(each._line_values(row)) for row in rows]
            each.bad_count = sum(1 for row in rows if row.problem)
            each.good_count = len(rows) - each.bad_count

    def _read(self):
        """Return the rows of the sheet, with what is wrong with each.

        :raises UserError: the file cannot be read, or has no such columns
        """
        encoded = self.with_context(bin_size=False).content or b""
        limited = self.env["clerk.limited"]
        limited._check_limit("sheet", decoded_size(encoded), self.env._("The file"))
        return self._read_rows(
            self.env["clerk.sheet"]._rows_of(base64.b64decode(encoded))
        )

    def _read_rows(self, rows):
        """Return objects with a ``problem``, one for each of these rows of cells."""
        raise NotImplementedError

    def _line_values(self, row):
        """Return the values of the line that shows a row."""
        raise NotImplementedError
