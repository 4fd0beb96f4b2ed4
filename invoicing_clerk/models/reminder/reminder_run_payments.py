from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules.reminder import reminder_share as parts


class ClerkReminderRun(models.Model):
    """Reads payments that the bank has not confirmed yet.

    Methods without outstanding account make no journal entry, so the residual amount of
    the invoice does not change until the bank's entry is reconciled.
    """

    _inherit = "clerk.reminder.run"

    def _payments_in_process(self, ledger):
        """Return payments that have no journal entry, ``{customer id: [Payment]}``.

        They count for the customers of their documents, whoever has paid.
        """
        self.env["account.payment"].check_access("read")
        self.env.cr.execute(self._payments_sql(ledger))
        found = {}
        for row in self.env.cr.dictfetchall():
            payment = parts.Payment(
                row["currency"],
                Decimal(row["amount"]),
                frozenset(row["documents"]),
                row["name"],
                row["is_paid"],
                Decimal(row["confirmed"]),
            )
            found.setdefault(row["customer"], []).append(payment)
        return found

    def _payments_sql(self, ledger):
        """Return a row for each payment and customer of its documents."""
        own = SQL("TRUE")
        if ledger.contacts:
            own = SQL(
                """(payment.partner_id = ANY(%(contacts)s)
                    OR invoice.commercial_partner_id = ANY(%(contacts)s))""",
                contacts=ledger.contacts,
            )
        return SQL(
            """SELECT COALESCE(invoice.commercial_partner_id,
                               partner.commercial_partner_id) AS customer,
                      payment.currency_id AS currency, payment.amount::text AS amount,
                      COALESCE(payment.name, payment.memo, '') AS name,
                      payment.state = 'paid' AS is_paid,
                      (%(confirmed)s)::text AS confirmed,
                      ARRAY_REMOVE(ARRAY_AGG(invoice.id), NULL) AS documents
                 FROM account_payment AS payment
                 LEFT JOIN res_partner AS partner ON partner.id = payment.partner_id
                 LEFT JOIN account_move__account_payment AS link
                   ON link.payment_id = payment.id
                 LEFT JOIN account_move AS invoice ON invoice.id = link.invoice_id
                WHERE payment.move_id IS NULL
                  AND payment.payment_type = 'inbound'
                  AND payment.partner_type = 'customer'
                  AND payment.company_id = ANY(%(companies)s)
                  AND (payment.state = 'in_process'
                       OR payment.state = 'paid' AND invoice.payment_state
                          IN ('in_payment', 'paid', 'partial'))
                  AND %(own)s
                GROUP BY payment.id, customer
                ORDER BY payment.id""",
            confirmed=self._confirmed_sql(),
            companies=ledger.companies.ids,
            own=own,
        )

    def _confirmed_sql(self):
        """Return what the bank's entries since a payment settled of its documents."""
        return SQL(
            """SELECT COALESCE(SUM(part.debit_amount_currency), 0)
                 FROM account_move__account_payment AS paid
                 JOIN account_move_line AS debit ON debit.move_id = paid.invoice_id
                 JOIN account_partial_reconcile AS part
                   ON part.debit_move_id = debit.id
                 JOIN account_move_line AS credit ON credit.id = part.credit_move_id
                 JOIN account_move AS entry ON entry.id = credit.move_id
                WHERE paid.payment_id = payment.id
                  AND debit.currency_id = payment.currency_id
                  AND entry.statement_line_id IS NOT NULL
                  AND entry.state = 'posted'
                  AND entry.date >= payment.date"""
        )
