from odoo import api, models

from ...rules.statement.statement_column import Column, position, shown_in


class ClerkStatement(models.Model):
    """The columns of a statement: one list for PDF, spreadsheet and portal.

    Another module adds a column to ``_document_columns``, which all statements have, to
    ``_open_columns`` or to ``_movement_columns``. What is not a field of the lines yet,
    it declares as one of ``clerk.statement.line`` and fills by ``_column_sql`` there:
    it is stored when the statement is computed, and sealed.
    """

    _inherit = "clerk.statement"

    def _columns(self, section):
        """Return the columns of a section, in the language of the environment.

        :param section: ``open`` or ``movement``
        """
        if section == "movement":
            return [*self._document_columns(), *self._movement_columns()]
        return [*self._document_columns(), *self._open_columns()]

    def _document_columns(self):
        """Return the columns that tell which document a line is about."""
        paper = ("pdf", "xlsx")
        return [
            Column("date", self.env._("Date"), "date", lambda line: line.date),
            # The portal heads its rows with it, and with a link to the document.
            Column(
                "name", self.env._("Document"), "text", lambda line: line.name, paper
            ),
            Column(
                "ref",
                self.env._("Your Reference"),
                "text",
                self._shown_reference,
                paper,
            ),
        ]

    def _open_columns(self):
        paper = ("pdf", "xlsx")
        return [
            Column(
                "due_date", self.env._("Due Date"), "date", lambda line: line.due_date
            ),
            Column(
                "days_overdue",
                self.env._("Days Overdue"),
                "number",
                lambda line: line.days_overdue,
                paper,
            ),
            Column(
                "amount",
                self.env._("Amount"),
                "amount",
                lambda line: line.amount,
                paper,
            ),
            Column(
                "open_amount",
                self.env._("Open"),
                "amount",
                lambda line: line.open_amount,
                paper,
            ),
            Column(
                "stated",
                self.env._("On the Statement"),
                "amount",
                lambda line: line.open_amount or None,
                ("portal",),
            ),
            # In the PDF it stands under the reference.
            Column("mark", self.env._("Note"), "text", self._mark, ("xlsx",)),
        ]

    def _movement_columns(self):
        has_balance = self.type == "forward"
        return [
            Column(
                "charged",
                self.env._("Charged"),
                "amount",
                lambda line: line.amount if line.amount > 0 else None,
                ("pdf",),
            ),
            Column(
                "credited",
                self.env._("Credited"),
                "amount",
                lambda line: -line.amount if line.amount < 0 else None,
                ("pdf",),
            ),
            Column(
                "amount",
                self.env._("Amount"),
                "amount",
                lambda line: line.amount,
                ("xlsx",),
            ),
            Column(
                "balance",
                self.env._("Balance"),
                "amount",
                lambda line: line.balance,
                ("pdf", "xlsx") if has_balance else ("xlsx",),
            ),
        ]

    def _columns_in(self, place, section):
        """Return the columns of a section in ``pdf``, ``xlsx`` or ``portal``."""
        return shown_in(self._columns(section), place)

    @api.model
    def _column_position(self, columns, key):
        """Return how many columns stand before one."""
        return position(columns, key)

    def _shown_cell(self, column, line, with_symbol=False):
        """Return the value of a line in a column, as text."""
        value = column.value(line)
        if column.kind == "amount":
            if value is None:
                return ""
            show = self._shown if with_symbol else self._shown_number
            return show(value, line.currency_id)
        if column.kind == "date":
            return self._shown_date(value)
        return str(value) if value else ""

    def _shown_reference(self, line):
        """Return the reference of a line, unless it is its number."""
        return line.ref if line.ref and line.ref != line.name else ""

    def _mark(self, line):
        """Return the disputed and promised amounts of a line, as text."""
        currency = line.currency_id
        marks = []
        if not currency.is_zero(line.disputed):
            marks.append(
                self.env._("disputed: %s", self._shown(line.disputed, currency))
            )
        if not currency.is_zero(line.promised):
            marks.append(
                self.env._("promised: %s", self._shown(line.promised, currency))
            )
        return ", ".join(marks)
