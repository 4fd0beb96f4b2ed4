from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.customer.customer_change_sheet import ChangeSheet
from ...rules.customer import customer_change as rules


class ClerkCustomerChangeImport(models.TransientModel):
    """A spreadsheet of changes: a dry run first, then one proposal per contact."""

    _name = "clerk.customer.change.import"
    _description = "Propose Changes from a Spreadsheet"
    _inherit = "clerk.sheet.import"

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
    good_count = fields.Integer(string="Rows to Propose")

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

    def _read_rows(self, rows):
        return ChangeSheet(self.env).checked_rows(rows)

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
