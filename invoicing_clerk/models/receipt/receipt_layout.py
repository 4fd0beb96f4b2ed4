from odoo import api, fields, models

from ...rules.receipt import column_map as rules


class ClerkReceiptLayout(models.Model):
    """The columns of the sheets that a bank or a lockbox sends for a journal.

    Kept when a sheet is imported, and found again by its header row.
    """

    _name = "clerk.receipt.layout"
    _description = "Columns of Receipt Sheets"
    _inherit = ["clerk.guarded"]
    # Supervisors change them; the columns are those of an import.
    _writable_fields = frozenset({"date_order", "decimal_mark", "is_credited"})
    _order = "journal_id, titles, id"
    _rec_name = "titles"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    journal_id = fields.Many2one(
        "account.journal", required=True, ondelete="cascade", check_company=True
    )
    key = fields.Char(required=True, exportable=False)
    titles = fields.Char(string="Header Row", required=True)
    columns = fields.Json(
        string="Column Numbers",
        required=True,
        exportable=False,
        help="The columns by what they mean.",
    )
    decimal_mark = fields.Selection(rules.DECIMAL_MARKS)
    date_order = fields.Selection(rules.DATE_ORDERS, string="Order of Dates")
    column_text = fields.Char(
        string="Columns",
        compute="_compute_column_text",
        help="The columns as letters, as spreadsheets name them.",
    )
    is_credited = fields.Boolean(
        string="Already on the Bank Account",
        help="The bank has credited the money, as with transfers.",
    )

    _one_per_header = models.Constraint(
        "UNIQUE (company_id, journal_id, key)",
        "The columns of this header row are already known.",
    )

    @api.depends("columns")
    @api.depends_context("lang")
    def _compute_column_text(self):
        meaning = self.env["clerk.receipt.import.column"]._fields["meaning"]
        labels = dict(meaning._description_selection(self.env))
        for layout in self:
            layout.column_text = ", ".join(
                f"{labels[name]} {' '.join(map(rules.letters, places))}"
                for name, places in sorted(
                    (layout.columns or {}).items(), key=lambda column: column[1]
                )
            )

    # Guards

    def _forged(self, vals, creates):
        """Keep the columns as they were imported, and clerks from changing them."""
        names = super()._forged(vals, creates)
        if self.env.user.has_group("invoicing_clerk.group_supervisor"):
            return names
        return names | (vals.keys() & self._fields.keys())

    @api.model
    def _guard_hint(self):
        return self.env._(
            "Columns are remembered when a sheet is imported. Supervisors can delete "
            "them: they are asked for again then."
        )

    # Remembered by imports

    @api.model
    def _of_journal(self, company, journal):
        """Return the known layouts of a journal by their keys."""
        found = self.search(
            [("company_id", "=", company.id), ("journal_id", "=", journal.id)]
        )
        return {layout.key: layout for layout in found}

    @api.model
    def _remember(self, company, journal, titles, **values):
        """Keep which columns a person has meant."""
        key = rules.key_of(titles)
        inside = self._inside()
        if known := inside._of_journal(company, journal).get(key):
            known.write(values)
            return
        inside.create(
            {
                "company_id": company.id,
                "journal_id": journal.id,
                "key": key,
                "titles": " · ".join(filter(None, titles))[:200],
                **values,
            }
        )
