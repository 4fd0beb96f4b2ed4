import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.mixin.amount import amount_text, exact
from ...rules.limits import LimitError, decoded_size
from ...rules.receipt import bank_file, camt
from ...rules.receipt import column_map as rules
from ...rules.receipt.bank_file import BankFileError

# Rows of which a column shows the cells.
SAMPLES = 3


class ClerkReceiptImport(models.TransientModel):
    """Fill a receipt batch from a file: a sheet, or a statement of the bank."""

    _name = "clerk.receipt.import"
    _description = "Import Receipts"
    _inherit = "clerk.checked"
    _check_company_auto = True

    batch_id = fields.Many2one("clerk.receipt.batch", string="Receipt Batch")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    content = fields.Binary(
        string="File",
        attachment=False,
        required=True,
        help="A spreadsheet (.xlsx, .csv) or a bank statement in XML (camt.053, "
        "camt.054).",
    )
    file_name = fields.Char()
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    source = fields.Selection(
        [("sheet", "Spreadsheet"), ("camt", "Bank Statement")],
        compute="_compute_source",
    )
    column_ids = fields.One2many(
        "clerk.receipt.import.column",
        "import_id",
        string="Columns",
        compute="_compute_column_ids",
        store=True,
        readonly=False,
    )
    decimal_mark = fields.Selection(
        rules.DECIMAL_MARKS,
        compute="_compute_column_ids",
        store=True,
        readonly=False,
        help="Needed only where amounts such as 1.234 can be read in two ways.",
    )
    date_order = fields.Selection(
        rules.DATE_ORDERS,
        string="Order of Dates",
        compute="_compute_column_ids",
        store=True,
        readonly=False,
        help="Needed only where dates such as 03/04/2026 can be read in two ways.",
    )
    is_credited = fields.Boolean(
        string="Already on the Bank Account",
        compute="_compute_column_ids",
        store=True,
        readonly=False,
        help="The bank has credited the money, as with transfers: there is nothing to "
        "be taken to the bank.",
    )
    control_count = fields.Integer(
        string="Number of Receipts",
        compute="_compute_control",
        store=True,
        readonly=False,
        help="According to the tape or the letter that came with the file.",
    )
    control_amount = fields.Monetary(
        string="Total Amount", compute="_compute_control", store=True, readonly=False
    )
    states_totals = fields.Boolean(compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")
    problem = fields.Char(compute="_compute_summary")
    twin_note = fields.Char(
        string="Possible Duplicates", compute="_compute_summary", exportable=False
    )

    # What is given

    @api.depends("batch_id")
    @api.depends_context("company")
    def _compute_company_id(self):
        for each in self:
            each.company_id = each.batch_id.company_id or self.env.company

    @api.depends("batch_id", "content")
    def _compute_journal_id(self):
        for each in self:
            of_file = each._journal_of_file() if each._is_camt() else False
            kept = each.batch_id.journal_id or of_file or each.journal_id
            each.journal_id = kept or each._default_journal()

    def _default_journal(self):
        batches = self.env["clerk.receipt.batch"].with_company(self.company_id)
        return batches._default_journal()

    def _journal_of_file(self):
        """Return the journal of the account that the statement is of."""
        try:
            account = camt.read(self._bytes()).account
        except (BankFileError, LimitError):
            # The dialog shows what is wrong: see `problem`.
            return False
        journals = self.env["account.journal"]
        return account and journals.search(
            [
                *journals._check_company_domain(self.company_id),
                ("type", "=", "bank"),
                ("bank_account_id.sanitized_acc_number", "=", account.upper()),
            ],
            limit=1,
        )

    @api.depends("batch_id", "journal_id", "company_id")
    def _compute_currency_id(self):
        for each in self:
            own = each.batch_id.currency_id or each.journal_id.currency_id
            each.currency_id = own or each.company_id.currency_id

    @api.depends("content")
    def _compute_source(self):
        for each in self:
            kind = "camt" if each._is_camt() else "sheet"
            each.source = each.content and kind

    @api.depends("batch_id")
    def _compute_control(self):
        for each in self:
            each.control_count = each.batch_id.control_count
            each.control_amount = each.batch_id.control_amount

    def _bytes(self):
        encoded = self.with_context(bin_size=False).content or b""
        self.env["clerk.limited"]._check_limit(
            "sheet", decoded_size(encoded), self.env._("The file")
        )
        return base64.b64decode(encoded)

    def _is_camt(self):
        return bank_file.kind_of(self._bytes()) == "xml"

    # Columns

    @api.depends("content", "journal_id")
    def _compute_column_ids(self):
        """Guess the columns, or take them as they were last time."""
        for each in self:
            each.column_ids = False
            each.decimal_mark = each.date_order = False
            each.is_credited = each.batch_id.is_credited
            try:
                rows, header = each._sheet() if each.content else ([], 0)
            except UserError:
                # The dialog shows what is wrong: see `problem`.
                continue
            if rows:
                each._take_columns(rows, header)

    def _sheet(self):
        """Return the rows of a sheet, and which of them is the header; none for XML.

        :raises UserError: it cannot be read
        """
        content = self._bytes()
        kind = bank_file.kind_of(content)
        if kind == "xml":
            return [], 0
        with self._problems():
            if kind != "sheet":
                raise BankFileError(kind)
            rows = self.env["clerk.sheet"]._rows_of(content)
            return rows, rules.header_row(rows, self._layouts())

    def _layouts(self):
        layouts = self.env["clerk.receipt.layout"]
        return layouts._of_journal(self.company_id, self.journal_id._origin)

    def _take_columns(self, rows, header):
        titles = rows[header]
        layout = self._layouts().get(rules.key_of(titles))
        columns = layout.columns if layout else rules.guess(titles)
        meanings = {at: name for name, places in columns.items() for at in places}
        samples = [row for row in rows[header + 1 :] if any(row)][:SAMPLES]
        width = max(map(len, (titles, *samples)))
        self.column_ids = [
            fields.Command.create(
                {
                    "position": at,
                    "title": _cell(titles, at),
                    "sample": " · ".join(filter(None, (_cell(r, at) for r in samples))),
                    "meaning": meanings.get(at),
                }
            )
            for at in range(width)
        ]
        if layout:
            self.decimal_mark = layout.decimal_mark
            self.date_order = layout.date_order
            self.is_credited = layout.is_credited

    def _layout(self):
        columns = {}
        for column in self.column_ids.sorted("position"):
            if column.meaning and column.position >= 0:
                columns.setdefault(column.meaning, []).append(column.position)
        return rules.Layout(columns, self.decimal_mark or "", self.date_order or "")

    # Reading

    @api.depends(
        *("content", "journal_id", "batch_id", "decimal_mark", "date_order"),
        *("column_ids.meaning", "column_ids.position"),
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for each in self:
            each.summary = each.problem = each.twin_note = False
            each.states_totals = False
            if not each.content:
                continue
            try:
                found, currency = each._read()
            except UserError as error:
                each.problem = str(error)
                continue
            each.states_totals = found.total is not None
            each.summary = each._summary_text(found, currency)
            each.twin_note = each.batch_id._possible_text(found, currency)

    def _summary_text(self, found, currency):
        text = self.env._(
            "Receipts: %(count)s, in total %(amount)s.",
            count=len(found.entries),
            amount=amount_text(currency, found.amount),
        )
        excluded = self.env["clerk.receipt.batch"]._excluded_text(found)
        if not excluded:
            return text
        return f"{text} {self.env._('Excluded: %s.', excluded)}"

    def _read(self):
        """Return what the file has, and its currency.

        :raises UserError: says what is wrong with it
        """
        content = self._bytes()
        limited = self.env["clerk.limited"]
        with self._problems(), limited._limits_of(self.env._("The file")):
            if self._is_camt():
                found = bank_file.checked(camt.read(content))
            else:
                rows, header = self._sheet()
                found = bank_file.checked(rules.read(rows, header, self._layout()))
            currency = self._currency_of(found)
            for entry in found.entries:
                if exact(currency, float(entry.amount)) != entry.amount:
                    raise BankFileError(
                        "precision", place=entry.place, amount=entry.amount
                    )
        self._check_account(found)
        batch = self.batch_id
        batch._check_file_new(self.company_id, content, found.message)
        return batch._without_entered(found, self.journal_id, currency), currency

    def _currency_of(self, found):
        """Return the currency of the file.

        :raises BankFileError: it is unknown, or another one than that of the batch
        """
        own = self.currency_id
        if not found.currencies:
            return own
        name = found.currencies[0]
        names = (own.name, own.symbol, own.currency_unit_label)
        if name.casefold() in {each.casefold().rstrip(".") for each in names if each}:
            return own
        currencies = self.env["res.currency"]
        of_symbol = currencies.search([("symbol", "=", name)])
        every = currencies.with_context(active_test=False)
        currency = every.search([("name", "=", name.upper())]) or of_symbol
        if len(currency) != 1:
            raise BankFileError("unknown_currency", name=name)
        if not currency.active:
            raise BankFileError("inactive_currency", name=name)
        if self.batch_id:
            raise BankFileError("other_currency", name=name, own=own.name)
        return currency

    def _check_account(self, found):
        """:raises UserError: the statement is of the account of another journal"""
        account = self.journal_id.bank_account_id.sanitized_acc_number
        if account and found.account and account != found.account.upper():
            raise UserError(
                self.env._(
                    "The statement is of the account %(other)s, but %(journal)s has "
                    "the account %(own)s. Select another journal.",
                    other=found.account,
                    journal=self.journal_id.name,
                    own=account,
                )
            )

    # The step

    def action_import(self):
        """Fill the batch, or a new one, and open it.

        :raises UserError: says what is wrong with the file; nothing is changed
        """
        self.ensure_one()
        self.env["clerk.receipt.batch"].check_access("create")
        found, currency = self._read()
        batch = self.batch_id or self._new_batch(found, currency)
        batch._fill(
            found,
            self.source,
            self.file_name or self.env._("Receipts"),
            self._bytes(),
            is_credited=self.is_credited or self.source == "camt",
            control_count=self.control_count,
            control_amount=self.control_amount,
        )
        if self.source == "sheet":
            self._remember()
        return batch.get_formview_action()

    def _new_batch(self, found, currency):
        dates = [entry.date for entry in found.entries if entry.date]
        return (
            self.env["clerk.receipt.batch"]
            .with_company(self.company_id)
            .create(
                {
                    "company_id": self.company_id.id,
                    "journal_id": self.journal_id.id,
                    "currency_id": currency.id,
                    "date": max(dates, default=fields.Date.context_today(self)),
                }
            )
        )

    def _remember(self):
        rows, header = self._sheet()
        layout = self._layout()
        self.env["clerk.receipt.layout"]._remember(
            self.company_id,
            self.journal_id,
            rows[header],
            columns=layout.columns,
            decimal_mark=self.decimal_mark,
            date_order=self.date_order,
            is_credited=self.is_credited,
        )


class ClerkReceiptImportColumn(models.TransientModel):
    """A column of the sheet, with its first cells, and what it means."""

    _name = "clerk.receipt.import.column"
    _description = "Column of the Sheet"
    _inherit = "clerk.checked"
    _order = "position, id"

    import_id = fields.Many2one(
        "clerk.receipt.import", required=True, ondelete="cascade", index=True
    )
    position = fields.Integer(required=True, exportable=False)
    title = fields.Char(string="Column")
    sample = fields.Char(string="First Rows")
    meaning = fields.Selection(rules.MEANINGS, string="Is")


def _cell(row, at):
    return row[at][:200] if at < len(row) else ""
