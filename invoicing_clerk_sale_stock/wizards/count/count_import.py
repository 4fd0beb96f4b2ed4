import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.rules.limits import decoded_size


class ClerkCountImport(models.TransientModel):
    """Figures from a spreadsheet: a dry run first, then all rows without problems.

    Its rows are read again when they are entered: what the dialog shows is for people.
    """

    _name = "clerk.count.import"
    _description = "Figures from a Spreadsheet"
    _inherit = "clerk.checked"

    count_id = fields.Many2one("clerk.count", required=True, ondelete="cascade")
    content = fields.Binary(string="Spreadsheet", required=True)
    file_name = fields.Char()
    line_ids = fields.One2many(
        "clerk.count.import.line",
        "import_id",
        string="Dry Run",
        compute="_compute_line_ids",
        store=True,
    )
    problem = fields.Char(compute="_compute_line_ids", store=True)
    good_count = fields.Integer(
        string="Rows to Enter", compute="_compute_line_ids", store=True
    )
    bad_count = fields.Integer(
        string="Rows with Problems", compute="_compute_line_ids", store=True
    )

    @api.depends("content", "count_id")
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
            each.line_ids = [
                fields.Command.create(
                    {
                        "row": row.number,
                        "goods": row.goods,
                        "counted": row.counted,
                        "problem": row.problem,
                    }
                )
                for row in rows
            ]
            each.bad_count = sum(1 for row in rows if row.problem)
            each.good_count = len(rows) - each.bad_count

    def _read(self):
        """Return the rows of the sheet, with what is wrong with each.

        :raises UserError: the file cannot be read, or has no such columns
        """
        encoded = self.with_context(bin_size=False).content or b""
        limited = self.env["clerk.limited"]
        limited._check_limit("sheet", decoded_size(encoded), self.env._("The file"))
        rows = self.env["clerk.sheet"]._rows_of(base64.b64decode(encoded))
        return self.count_id._read_figures(rows)

    def action_enter(self):
        """Enter the figures of all rows without problems.

        :raises UserError: no row has a figure
        """
        self.ensure_one()
        good = [row for row in self._read() if not row.problem]
        if not good:
            raise UserError(
                self.env._("No row has a figure. Correct the rows, and try again.")
            )
        self.count_id._import_figures(good)
        return {"type": "ir.actions.act_window_close"}


class ClerkCountImportLine(models.TransientModel):
    """A row of the spreadsheet in the dry run."""

    _name = "clerk.count.import.line"
    _description = "Row of a Spreadsheet of Figures"
    _inherit = "clerk.checked"
    _order = "row, id"

    import_id = fields.Many2one(
        "clerk.count.import", required=True, ondelete="cascade", index=True
    )
    row = fields.Integer(exportable=False)
    goods = fields.Char()
    counted = fields.Char()
    problem = fields.Char(string="Result")
