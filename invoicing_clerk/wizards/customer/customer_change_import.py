import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.customer import customer_change as rules
from ...rules.limits import decoded_size


class ClerkCustomerChangeImport(models.TransientModel):
    """A spreadsheet of changes: a dry run first, then one proposal per contact.

    Its rows are read again when they are proposed: what the dialog shows is for people.
    """

    _name = "clerk.customer.change.import"
    _description = "Propose Changes from a Spreadsheet"
    _inherit = "clerk.checked"

    content = fields.Binary(string="Spreadsheet", required=True)
    file_name = fields.Char()
    source = fields.Selection(rules.SOURCES, required=True, default="internal")
    note = fields.Text(string="Request")
    effective_date = fields.Date(string="Effective From")
    line_ids = fields.One2many(
        "clerk.customer.change.import.line",
        "import_id",
        string="Dry Run",
        compute="_compute_line_ids",
        store=True,
    )
    problem = fields.Char(compute="_compute_line_ids", store=True)
    good_count = fields.Integer(
        string="Rows to Propose", compute="_compute_line_ids", store=True
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
            each.line_ids = [
                fields.Command.create(self._line_values(row)) for row in rows
            ]
            each.bad_count = sum(1 for row in rows if row.problem)
            each.good_count = len(rows) - each.bad_count

    @api.model
    def _line_values(self, row):
        return {
            "row": row.number,
            "customer": row.customer,
            "contact_id": row.contact.id,
            "field": row.field,
            "old_text": row.old_text,
            "new_text": row.new_text or row.value,
            "problem": row.problem,
        }

    def _read(self):
        """Return the rows of the sheet, with what is wrong with each.

        :raises UserError: the file cannot be read, or has no such columns
        """
        encoded = self.with_context(bin_size=False).content or b""
        limited = self.env["clerk.limited"]
        limited._check_limit("sheet", decoded_size(encoded), self.env._("The file"))
        rows = self.env["clerk.sheet"]._rows_of(base64.b64decode(encoded))
        return self.env["clerk.customer.change.sheet"]._read(rows)

    def action_propose(self):
        """Propose the changes of all rows without problems, and open them.

        :raises UserError: no row can be proposed
        """
        self.ensure_one()
        good = [row for row in self._read() if not row.problem]
        if not good:
            raise UserError(
                self.env._("No row can be proposed. Correct the rows, and try again.")
            )
        by_contact = {}
        for row in good:
            by_contact.setdefault(row.contact, []).append(row)
        changes = self.env["clerk.customer.change"]
        made = changes.union(
            *(self._propose(contact, rows) for contact, rows in by_contact.items())
        )
        return {**made._get_records_action(), "name": self.env._("Proposed Changes")}

    def _propose(self, contact, rows):
        numbers = ", ".join(str(row.number) for row in rows)
        origin = self.env._(
            "%(file)s, rows: %(rows)s",
            file=self.file_name or self.env._("Spreadsheet"),
            rows=numbers,
        )
        account = next((row.account for row in rows if row.account), None)
        return self.env["clerk.customer.change"]._propose(
            contact,
            {row.name: row.stored for row in rows if not row.account},
            account,
            source=self.source,
            note="\n".join(filter(None, (self.note, origin))),
            effective_date=self.effective_date,
        )


class ClerkCustomerChangeImportLine(models.TransientModel):
    """A row of the spreadsheet in the dry run."""

    _name = "clerk.customer.change.import.line"
    _description = "Row of a Spreadsheet of Changes"
    _inherit = "clerk.checked"
    _order = "row, id"

    import_id = fields.Many2one(
        "clerk.customer.change.import", required=True, ondelete="cascade", index=True
    )
    row = fields.Integer(exportable=False)
    customer = fields.Char()
    contact_id = fields.Many2one("res.partner", ondelete="cascade")
    field = fields.Char(string="Data")
    old_text = fields.Char(string="Old Value")
    new_text = fields.Char(string="New Value")
    problem = fields.Char(string="Result")
