from contextlib import contextmanager
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ...models.mixin.amount import amount_text
from ...rules.receipt.bank_file import BankFileError


class ClerkReceiptImport(models.TransientModel):
    """Problems of a file, in sentences."""

    _inherit = "clerk.receipt.import"

    @contextmanager
    def _problems(self):
        """:raises UserError: a rule has refused the file"""
        try:
            yield
        except BankFileError as error:
            raise UserError(self._problem_text(error)) from error

    def _problem_text(self, error):
        values = {name: self._text(name, each) for name, each in error.values.items()}
        if "stated" in values:
            return self._difference_text(error.code, values)
        texts = {**self._file_texts(), **self._content_texts(), **self._row_texts()}
        return texts[error.code] % values

    def _text(self, name, value):
        """Return a value of an error for a person."""
        if isinstance(value, Decimal):
            places = -value.normalize().as_tuple().exponent
            is_fine = places <= self.currency_id.decimal_places
            return amount_text(self.currency_id, value) if is_fine else str(value)
        if isinstance(value, list):
            return ", ".join(value)
        if name == "meaning":
            field = self.env["clerk.receipt.import.column"]._fields["meaning"]
            return dict(field._description_selection(self.env))[value]
        if name in ("place", "other") and value:
            is_sheet = self.source == "sheet"
            row, entry = self.env._("Row %s", value), self.env._("Entry %s", value)
            return row if is_sheet else entry
        return str(value)

    def _file_texts(self):
        """Return why a file is of a kind that is not read."""
        return {
            "empty": self.env._("The file is empty."),
            "pdf": self.env._(
                "The file is a PDF. Import a spreadsheet (.xlsx, .csv) or a bank "
                "statement in XML (camt.053, camt.054)."
            ),
            "xls": self.env._(
                "The file is an old spreadsheet (.xls) or another Office document. "
                "Save it as .xlsx."
            ),
            "mt940": self.env._(
                "The file is an MT940 statement. Ask the bank for camt.053 or camt.054."
            ),
            "xml": self.env._(
                "The XML is damaged or cut off, at line %(line)s. Download the file "
                "again."
            ),
            "entities": self.env._(
                "The XML declares a document type. Bank statements have none: the file "
                "is not read."
            ),
            "other_xml": self.env._(
                "The XML is no bank statement: it begins with “%(name)s”. camt.053 and "
                "camt.054 are read."
            ),
            "interim": self.env._(
                "The file is a report of the day (camt.052), whose entries are not "
                "final. Import the statement (camt.053)."
            ),
        }

    def _content_texts(self):
        """Return what is wrong with a file as a whole."""
        return {
            "no_header": self.env._(
                "There is no header row. A row above the receipts has to name the "
                "columns."
            ),
            "no_column": self.env._("Select the column that has the amounts."),
            "same_column": self.env._(
                "%(meaning)s is selected for several columns. Select one."
            ),
            "no_entries": self.env._("The file has no incoming payments."),
            "many": self.env._(
                "The file has %(count)s receipts; a batch can have %(most)s. Split the "
                "file."
            ),
            "currencies": self.env._(
                "The file has receipts in %(names)s. A batch has one currency: split "
                "the file."
            ),
            "accounts": self.env._(
                "The file has statements of several accounts: %(names)s. Ask the bank "
                "for a file of each account."
            ),
            "unknown_currency": self.env._("There is no currency “%(name)s”."),
            "inactive_currency": self.env._(
                "%(name)s is not active. Ask an accountant to activate the currency."
            ),
            "other_currency": self.env._(
                "The file has receipts in %(name)s, but the batch is in %(own)s. "
                "Import it into a new batch."
            ),
            "twice": self.env._(
                "Check %(number)s of %(payer)s is in the file twice: %(place)s and "
                "%(other)s."
            ),
        }

    def _row_texts(self):
        """Return what is wrong with a row of a sheet, or an entry of a statement."""
        return {
            "no_amount": self.env._(
                "%(place)s has no amount. The file may be cut off, or have a formula "
                "that was never computed."
            ),
            "not_amount": self.env._("%(place)s: “%(text)s” is not an amount."),
            "ambiguous": self.env._(
                "%(place)s: “%(text)s” can be read in two ways. Select the decimal "
                "mark."
            ),
            "amount": self.env._(
                "%(place)s: the amount is %(amount)s. Receipts have an amount above "
                "zero."
            ),
            "precision": self.env._(
                "%(place)s: %(amount)s has more decimals than the currency."
            ),
            "date": self.env._("%(place)s: “%(text)s” is not a date."),
            "date_order": self.env._(
                "%(place)s: “%(text)s” can be read in two ways, or does not have the "
                "order of the other dates. Select the order of dates."
            ),
            "long": self.env._("%(place)s has a text that is too long."),
            "row_cut_off": self.env._(
                "%(place)s ends before the last column: the file is cut off."
            ),
            "indicator": self.env._("%(place)s is neither a credit nor a debit."),
        }

    def _difference_text(self, code, values):
        """Return by how much a total that the file states differs from its entries."""
        labels = {
            "total": self.env._("total amount"),
            "count": self.env._("number of receipts"),
            "details": self.env._("amount of the entry and its details"),
            "batch": self.env._("amount of the batch"),
            "batch_count": self.env._("number of payments in the batch"),
            "entries": self.env._("total of the entries"),
            "entries_count": self.env._("number of entries"),
            "credits": self.env._("total of the credits"),
            "credits_count": self.env._("number of credits"),
            "debits": self.env._("total of the debits"),
            "debits_count": self.env._("number of debits"),
            "net": self.env._("net amount of the entries"),
            "balance": self.env._("closing balance"),
        }
        return self.env._(
            "The %(total)s does not agree: the file states %(stated)s, its contents "
            "have %(found)s, and the difference is %(difference)s. Nothing was "
            "imported.",
            **{"total": labels[code], **values},
        )
