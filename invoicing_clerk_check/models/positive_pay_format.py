from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import positive_pay as rules


class ClerkPositivePayFormat(models.Model):
    """The format in which a bank receives the checks of a company."""

    _name = "clerk.positive.pay.format"
    _description = "Positive Pay Format"
    _inherit = "clerk.checked"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True, size=100)
    kind = fields.Selection(
        rules.KINDS, string="Layout", required=True, default="delimited"
    )
    delimiter = fields.Selection(rules.DELIMITERS, default="comma")
    line_length = fields.Integer(
        help="The number of characters of each line of a fixed width."
    )
    line_end = fields.Selection(rules.LINE_ENDS, required=True, default="crlf")
    extension = fields.Selection(
        [("csv", "csv"), ("txt", "txt")],
        string="File Extension",
        required=True,
        default="csv",
    )
    field_ids = fields.One2many(
        "clerk.positive.pay.field", "format_id", string="Fields", copy=True
    )

    @api.constrains("kind", "delimiter", "line_length", "field_ids")
    def _check_layout(self):
        """:raises ValidationError: names the field that has no place on the line"""
        for record in self:
            if problem := record._layout_problem():
                raise ValidationError(problem)

    def _layout_problem(self):
        """Return what is wrong with the layout, as a sentence, or nothing."""
        if self.kind == "delimited":
            return not self.delimiter and self.env._("Select a delimiter.")
        if not 1 <= self.line_length <= rules.MAX_LENGTH:
            return self.env._("Enter a line length between 1 and %s.", rules.MAX_LENGTH)
        layout = self._rule()
        labels = dict(self.field_ids._fields["source"]._description_selection(self.env))
        for field in layout.outside():
            return self.env._(
                "%(field)s is not within the %(length)s characters of a line. Enter "
                "its first position and its length.",
                field=labels[field.source],
                length=self.line_length,
            )
        for before, after in layout.overlaps():
            return self.env._(
                "%(before)s and %(after)s overlap at position %(position)s.",
                before=labels[before.source],
                after=labels[after.source],
                position=after.start,
            )
        return None

    def _rule(self):
        return rules.Format(
            self.kind,
            [field._rule() for field in self.field_ids.sorted()],
            self.delimiter or "comma",
            self.line_length,
            self.line_end,
        )


class ClerkPositivePayField(models.Model):
    """A field of a format: what it holds, and how."""

    _name = "clerk.positive.pay.field"
    _description = "Positive Pay Field"
    _inherit = "clerk.checked"
    _order = "sequence, id"

    format_id = fields.Many2one(
        "clerk.positive.pay.format", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    record = fields.Selection(rules.RECORDS, required=True, default="check")
    source = fields.Selection(rules.SOURCES, string="Content", required=True)
    start = fields.Integer(string="From", help="The position of the first character.")
    width = fields.Integer(
        string="Length",
        help="The number of characters. Names are cut off; a file is refused if "
        "anything else is longer. 0: any, in delimited files.",
    )
    pad = fields.Selection(rules.PADS, required=True, default="space")
    justify = fields.Selection(
        rules.SIDES, string="Alignment", required=True, default="left"
    )
    amount_format = fields.Selection(
        rules.AMOUNTS,
        required=True,
        default="point",
        help="Implied decimals: 1,234.56 is written as 123456.",
    )
    date_format = fields.Selection(rules.DATES, required=True, default="mm_dd_yyyy")
    issue_value = fields.Char(string="If Issued", size=20)
    void_value = fields.Char(string="If Void", size=20)
    constant = fields.Char(size=100)

    _not_negative = models.Constraint(
        "CHECK (start BETWEEN 0 AND 1000 AND width BETWEEN 0 AND 1000)",
        "Position and length of a field must be between 0 and 1000.",
    )

    @api.constrains("start", "width", "record")
    def _check_layout(self):
        """:raises ValidationError: the field has no place on the line"""
        self.format_id._check_layout()

    def _rule(self):
        return rules.Field(
            self.source,
            self.record,
            self.start,
            self.width,
            self.pad,
            self.justify,
            self.amount_format,
            self.date_format,
            self.issue_value or "",
            self.void_value or "",
            self.constant or "",
        )
