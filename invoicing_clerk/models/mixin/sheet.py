from odoo import api, models
from odoo.exceptions import UserError

from ...rules import sheet as rules


class ClerkSheet(models.AbstractModel):
    """Spreadsheets and texts with separators that people upload."""

    _name = "clerk.sheet"
    _description = "Spreadsheets"

    @api.model
    def _rows_of(self, content):
        """Return the rows of a file as texts.

        :raises UserError: it cannot be read, or is too large
        """
        try:
            with self.env["clerk.limited"]._limits_of(self.env._("The file")):
                return rules.rows_of(content)
        except rules.SheetError as error:
            raise UserError(self._sheet_text(error)) from error

    @api.model
    def _sheet_text(self, error):
        texts = {
            "workbook": self.env._("The file is not a readable spreadsheet (.xlsx)."),
            "binary": self.env._("The file is neither a spreadsheet nor text."),
            "encoding": self.env._(
                "The text is not in the encoding that the file states. Save it again "
                "as UTF-8."
            ),
            "quotes": self.env._(
                "A quotation mark is not closed, or not followed by a separator. The "
                "file may be cut off."
            ),
            "cut_off": self.env._(
                "The file ends inside a character: it is cut off. Download it again."
            ),
        }
        return texts[error.code]
