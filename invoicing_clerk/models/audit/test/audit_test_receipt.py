from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ....rules.audit.test import audit_test as rules
from ...mixin.facts import Reason, facts
from ...mixin.matching import counted_sql
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """The test of subsequent receipts."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "received": self.env._("Received subsequently"),
            "coverage": self.env._("Coverage by subsequent receipts"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "not_received": Reason(
                self.env._("Not Received Subsequently"),
                self.env._(
                    "%(amount_received)s of %(amount_open)s was received by "
                    "%(date_until)s."
                ),
            ),
        }

    def _test_subseq(self, ledger):
        """Find items open at the end of the period and not received subsequently."""
        # Future days cannot have receipts.
        today = fields.Date.context_today(self)
        until = min(ledger.last + timedelta(days=self.days), today)
        rows = self._later_receipts_sql(ledger, until)
        count, open_total = ledger.totals(rows, "open_company")
        [[received]] = ledger.fetch(
            SQL("SELECT COALESCE(SUM(received), 0) FROM (%s) AS row", rows)
        )
        self._add_exceptions(self._not_received_sql(ledger, rows, until))
        received = ledger.currency.round(float(received))
        return Outcome(
            count,
            open_total,
            [
                figure("open_items", "money", open_total),
                figure("received", "money", received),
                figure("coverage", "share", rules.coverage(received, open_total)),
            ],
        )

    def _later_receipts_sql(self, ledger, until):
        """Return SQL of items open at the end of the period with later receipts."""
        return SQL(
            """SELECT item.*, COALESCE(receipt.amount, 0) AS received
                 FROM (%(open)s) AS item
                 LEFT JOIN (
                    SELECT part.debit_move_id, SUM(part.amount) AS amount
                      FROM %(partials)s AS part
                      JOIN account_move_line AS line ON line.id = part.credit_move_id
                      JOIN account_move AS move ON move.id = line.move_id
                      JOIN account_journal AS journal ON journal.id = line.journal_id
                     WHERE part.max_date > %(last)s AND part.max_date <= %(until)s
                       AND (%(kind)s) = 'payment'
                     GROUP BY part.debit_move_id
                    ) AS receipt ON receipt.debit_move_id = item.id
                WHERE item.open_company >= %(tolerance)s""",
            open=ledger.open_sql(ledger.last),
            partials=counted_sql(),
            last=ledger.last,
            until=until,
            kind=ledger._kind_sql(),
            tolerance=ledger.tolerance(),
        )

    def _not_received_sql(self, ledger, rows, until):
        left = SQL("item.open_company - item.received")
        return SQL(
            "SELECT %(columns)s FROM (%(rows)s) AS item"
            " WHERE %(left)s >= GREATEST(%(tolerance)s, %(minimum)s)",
            columns=exception_columns(
                "not_received",
                res_model=SQL("'account.move.line'"),
                res_id=SQL("item.id"),
                move_id=SQL("item.move_id"),
                partner_id=SQL("item.customer"),
                date=SQL("item.due"),
                amount=left,
                facts=facts(
                    amount_open=SQL("item.open_company"),
                    amount_received=SQL("item.received"),
                    date_until=SQL("%s::date", until),
                ),
            ),
            rows=rows,
            left=left,
            tolerance=ledger.tolerance(),
            minimum=self.amount,
        )
