from odoo import fields, models
from odoo.fields import Domain

from .statement_source import StatementLedger

POPULATIONS = [
    ("invoices", "Invoices"),
    ("credit_notes", "Credit Notes"),
    ("items", "Entries on Receivables"),
    ("open", "Open Items"),
    ("receipts", "Receipts"),
]
RECEIVABLES = [
    ("account_id.account_type", "=", "asset_receivable"),
    ("parent_state", "=", "posted"),
]
IN_BANK_AND_CASH = [("journal_id.type", "in", ("bank", "cash", "credit"))]
# In the words of a filter, whose names its query knows.
IN_PERIOD = "('date', '>=', date_from), ('date', '<=', date_to)"
MOVES = "[('move_type', '=', %r), ('state', '=', 'posted'), " + IN_PERIOD + "]"
ITEMS = str(RECEIVABLES)[:-1] + ", " + IN_PERIOD + "]"
RECEIPTS = str(RECEIVABLES + IN_BANK_AND_CASH)[:-1] + ", " + IN_PERIOD
RECEIPTS += ", ('credit', '>', 0)]"
MOVE_COLUMNS = "name,date,partner_id,amount_untaxed_signed,amount_total_signed"
ITEM_COLUMNS = "move_name,date,date_maturity,partner_id,balance"


class AuditPopulation(models.AbstractModel):
    """The populations that are tested and sampled most, ready made."""

    _name = "clerk.audit.population"
    _description = "Populations of an Audit"

    query_ids = fields.One2many("clerk.audit.query", "audit_id", string="Queries")

    def _population(self, code):
        """The query of a ready-made population, made when it is first asked for.

        :param code: one of ``POPULATIONS``
        """
        self.ensure_one()
        known = self.query_ids.filtered(lambda query: query.population == code)
        return known[:1] or known.create(
            {"audit_id": self.id, "population": code, **self._population_values(code)}
        )

    def _population_values(self, code):
        moves, items = (
            ("account.move", MOVE_COLUMNS),
            ("account.move.line", ITEM_COLUMNS),
        )
        (model, columns), amount, domain = {
            "invoices": (moves, "amount_total_signed", MOVES % "out_invoice"),
            "credit_notes": (moves, "amount_total_signed", MOVES % "out_refund"),
            "items": (items, "balance", ITEMS),
            "open": (items, "amount_residual", ITEMS),
            "receipts": (items, "credit", RECEIPTS),
        }[code]
        queries = self.env["clerk.audit.query"]
        names = dict(queries._fields["population"]._description_selection(self.env))
        return {
            "name": names[code],
            # sudo: which row stands for a model is no secret.
            "model_id": self.env["ir.model"].sudo()._get_id(model),
            "columns": columns,
            "amount_path": amount,
            "domain": domain,
        }


class AuditProof(models.AbstractModel):
    """What the general ledger says to the control total of a ready-made population."""

    _name = "clerk.audit.proof"
    _description = "Proof of an Audit Query"

    population = fields.Selection(
        POPULATIONS, readonly=True, help="A ready-made one, which the ledger proves."
    )

    def _day(self):
        """The day that the answer is about: the end of the period by default."""
        return self.date or self.audit_id.date_to

    def _ledger_total(self):
        """What the ledger says, in company currency; None where it has no such sum.

        Open items are the balance of the receivables at the day; all else is what was
        entered on them in the period, by documents of a kind or in bank and cash.
        """
        self.ensure_one()
        kinds = {
            "invoices": [("move_id.move_type", "=", "out_invoice")],
            "credit_notes": [("move_id.move_type", "=", "out_refund")],
            "items": [],
            "open": [],
            "receipts": IN_BANK_AND_CASH,
        }
        if self.population not in kinds:
            return None
        dates = Domain("date", "<=", self._day())
        if self.population != "open":
            audit = self.audit_id
            dates = Domain("date", ">=", audit.date_from) & Domain(
                "date", "<=", audit.date_to
            )
        self.env["account.move.line"].check_access("read")
        column = "credit" if self.population == "receipts" else "balance"
        # sudo: one sum of the engagement's own books, for somebody who may read them;
        # what rules hide from the population has to show as a difference.
        [[total]] = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain(RECEIVABLES)
                & Domain("company_id", "child_of", self.company_id.id)
                & Domain(kinds[self.population])
                & dates,
                aggregates=[f"{column}:sum"],
            )
        )
        return self.currency_id.round(total or 0.0)

    def _open_rows(self):
        """SQL of (id, amount) of what was open at the day, as statements say it."""
        run = self.env["clerk.statement.run"].new(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "grouping": "customer",
                "ageing_basis": "due",
            }
        )
        ledger = StatementLedger(run)
        ledger.flush()
        return ledger.open_rows_sql(self._day())
