from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkCountImport(models.TransientModel):
    """Figures from a spreadsheet: a dry run first, then all rows without problems."""

    _name = "clerk.count.import"
    _description = "Figures from a Spreadsheet"
    _inherit = "clerk.sheet.import"

    count_id = fields.Many2one("clerk.count", required=True, ondelete="cascade")
    line_ids = fields.One2many(
        "clerk.count.import.line",
        "import_id",
        string="Dry Run",
        compute="_compute_line_ids",
        store=True,
    )
    good_count = fields.Integer(string="Rows to Enter")

    @api.depends("count_id")
    def _compute_line_ids(self):
        return super()._compute_line_ids()

    def _line_values(self, row):
        return {
            "row": row.number,
            "goods": row.goods,
            "counted": row.counted,
            "problem": row.problem,
        }

    def _read_rows(self, rows):
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
