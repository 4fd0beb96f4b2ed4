from odoo import fields, models

POPULATIONS = [
    ("invoices", "Invoices"),
    ("credit_notes", "Credit Notes"),
    ("items", "Receivable Journal Items"),
    ("open", "Open Items"),
    ("receipts", "Receipts"),
]
RECEIVABLES = [
    ("account_id.account_type", "=", "asset_receivable"),
    ("parent_state", "=", "posted"),
]
IN_BANK_AND_CASH = [("journal_id.type", "in", ("bank", "cash", "credit"))]
# In the syntax of a query's filter; `_filter_names` of the query resolves the names.
IN_PERIOD = "('date', '>=', date_from), ('date', '<=', date_to)"
MOVES = "[('move_type', '=', %r), ('state', '=', 'posted'), " + IN_PERIOD + "]"
ITEMS = str(RECEIVABLES)[:-1] + ", " + IN_PERIOD + "]"
RECEIPTS = str(RECEIVABLES + IN_BANK_AND_CASH)[:-1] + ", " + IN_PERIOD
RECEIPTS += ", ('credit', '>', 0)]"
MOVE_COLUMNS = "name,date,partner_id,amount_untaxed_signed,amount_total_signed"
ITEM_COLUMNS = "move_name,date,date_maturity,partner_id,balance"


class ClerkAudit(models.Model):
    """The standard populations for tests and samples."""

    _inherit = "clerk.audit"

    query_ids = fields.One2many("clerk.audit.query", "audit_id", string="Queries")

    def _population(self, code):
        """Return the query of a standard population, created on first use.

        :param code: one of ``POPULATIONS``
        """
        self.ensure_one()
        queries = self.query_ids.filtered(lambda query: query.population == code)
        return queries[:1] or queries.create(
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
            # sudo: only the id of the model is read.
            "model_id": self.env["ir.model"].sudo()._get_id(model),
            "columns": columns,
            "amount_path": amount,
            "domain": domain,
        }
