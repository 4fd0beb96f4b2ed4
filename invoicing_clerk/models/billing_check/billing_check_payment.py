from odoo import api, models
from odoo.tools import SQL

from ..mixin.facts import Reason, facts
from ..mixin.matching import counted_sql
from .billing_check_source import found_columns


class ClerkBillingCheck(models.Model):
    """EPD, ROUND, SHORT, UNAPP and MISAPP: what payments say about invoices.

    Reconciliations count only while both entries are posted: see `mixin.matching`.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "discount_not_given": Reason(
                self.env._("Discount Not Granted"),
                self.env._(
                    "Paid on %(date_paid)s, in time for the early payment discount "
                    "until %(date_discount)s: the %(amount_open)s deducted is still "
                    "open."
                ),
                self.env._("%(amount_due)s"),
                self.env._("%(amount_billed)s"),
            ),
            "rounding": Reason(
                self.env._("Small Open Amount"),
                self.env._(
                    "%(amount_open)s of %(amount_billed)s is open after the payment "
                    "of %(date_paid)s."
                ),
                found=self.env._("%(amount_open)s"),
            ),
            "short": Reason(
                self.env._("Short Payment"),
                self.env._(
                    "%(amount_open)s of %(amount_billed)s, due on %(date_due)s, is "
                    "open after the payment of %(date_paid)s."
                ),
                self.env._("%(amount_billed)s"),
                self.env._("%(amount_paid)s"),
            ),
            "unearned": Reason(
                self.env._("Unearned Discount"),
                self.env._(
                    "The early payment discount of %(amount_open)s was deducted on "
                    "%(date_paid)s, after %(date_discount)s."
                ),
                self.env._("%(amount_billed)s"),
                self.env._("%(amount_paid)s"),
            ),
            "unapplied": Reason(
                self.env._("Unapplied Payment"),
                self.env._(
                    "%(other)s of %(date_other)s has %(amount_credit)s that is not "
                    "applied to it, and %(amount_open)s is open."
                ),
            ),
            "misapplied": Reason(
                self.env._("Misapplied Payment"),
                self.env._(
                    "%(payment)s of %(date_payment)s refers to this document, but was "
                    "applied to %(other)s."
                ),
                self.env._("%(name)s"),
                self.env._("%(other)s"),
            ),
        }

    # EPD, ROUND, SHORT

    def _find_epd(self, books):
        """Find invoices paid in time less the discount, which was not given."""
        return self._instalments_sql(
            books,
            "discount_not_given",
            SQL("took_discount AND last_paid <= discount_day"),
        )

    def _find_round(self, books):
        """Find instalments of which a payment left a small amount open."""
        return self._instalments_sql(
            books, "rounding", SQL("NOT took_discount AND small <= %s", books.tolerance)
        )

    def _find_short(self, books):
        """Find instalments that are due and were paid in part.

        Disputes and promises are being worked on. An early payment discount that was
        deducted too late is reported at once.
        """
        return SQL(
            "%s UNION ALL %s",
            self._instalments_sql(
                books,
                "short",
                SQL(
                    "NOT took_discount AND small > %s AND due + %s < %s",
                    books.tolerance,
                    books.days,
                    books.today,
                ),
                handled=False,
            ),
            self._instalments_sql(
                books,
                "unearned",
                SQL("took_discount AND last_paid > discount_day"),
                handled=False,
            ),
        )

    def _instalments_sql(self, books, reason, where, handled=True):
        """Return instalments paid in part: see `rules.payment_check.verdict`.

        :param handled: off to leave out what is disputed or promised
        """
        return SQL(
            """(WITH line AS MATERIALIZED (
                SELECT line.id, line.move_id, line.date_maturity AS due,
                       line.amount_currency AS amount, line.balance,
                       line.discount_date AS discount_day,
                       line.discount_amount_currency AS discounted,
                       currency.rounding::numeric AS unit
                  FROM account_move AS move
                  JOIN account_move_line AS line ON line.move_id = move.id
                  JOIN res_currency AS currency ON currency.id = line.currency_id
                 WHERE move.id IN %(documents)s
                   AND line.display_type = 'payment_term'
                   AND line.reconciled IS NOT TRUE AND line.amount_currency > 0
                   AND %(unhandled)s),
            settled AS (
                SELECT line.id, SUM(part.debit_amount_currency) AS amount,
                       SUM(part.debit_amount_currency) FILTER (
                           WHERE other.move_type = 'entry') AS paid,
                       MAX(item.date) FILTER (WHERE other.move_type = 'entry') AS day
                  FROM line
                  JOIN %(partials)s AS part ON part.debit_move_id = line.id
                  JOIN account_move_line AS item ON item.id = part.credit_move_id
                  JOIN account_move AS other ON other.id = item.move_id
                 GROUP BY line.id),
            instalment AS (
                SELECT line.*, settled.paid, settled.day AS last_paid,
                       line.amount - settled.amount AS open,
                       (line.amount - settled.amount) * line.balance / line.amount
                           AS small,
                       COALESCE(line.discount_day IS NOT NULL
                           AND line.discounted < line.amount
                           AND settled.amount = settled.paid
                           AND ABS(settled.paid - line.discounted) < line.unit / 2,
                           FALSE)
                           AS took_discount
                  FROM line JOIN settled USING (id)
                 WHERE settled.paid > 0
                   AND line.amount - settled.amount >= line.unit / 2)
            SELECT %(columns)s FROM instalment WHERE %(where)s)""",
            documents=books.documents(
                [("move_type", "=", "out_invoice")], drafts=False
            ),
            unhandled=SQL("TRUE") if handled else self._unhandled_sql(),
            partials=counted_sql(),
            where=where,
            columns=found_columns(
                reason,
                SQL("instalment.move_id"),
                facts(
                    amount_open=SQL("instalment.open"),
                    amount_billed=SQL("instalment.amount"),
                    amount_due=SQL("instalment.discounted"),
                    amount_paid=SQL("instalment.paid"),
                    date_paid=SQL("instalment.last_paid"),
                    date_due=SQL("instalment.due"),
                    date_discount=SQL("instalment.discount_day"),
                ),
                line=SQL("instalment.id"),
                amount=SQL("instalment.open"),
            ),
        )

    @api.model
    def _unhandled_sql(self):
        return SQL(
            """move.has_open_billing_error IS NOT TRUE
               AND NOT EXISTS (SELECT 1 FROM clerk_promise_line AS promised
                                WHERE promised.move_line_id = line.id
                                  AND promised.is_active)"""
        )

    # UNAPP

    def _find_unapp(self, books):
        """Find customers with an unapplied payment or credit note and open invoices.

        The finding is about the oldest open invoice. Recent payments are left to those
        who apply them; credits excluded from follow-up are held by agreement, and
        disputed invoices wait for a decision.
        """
        return SQL(
            """WITH open AS MATERIALIZED (
                SELECT line.id, line.move_id, line.date, line.account_id,
                       line.currency_id, contact.commercial_partner_id AS customer,
                       line.amount_currency - COALESCE((
                           SELECT SUM(part.debit_amount_currency)
                             FROM %(partials)s AS part
                            WHERE part.debit_move_id = line.id), 0)
                       + COALESCE((
                           SELECT SUM(part.credit_amount_currency)
                             FROM %(partials)s AS part
                            WHERE part.credit_move_id = line.id), 0) AS amount,
                       currency.rounding::numeric AS unit
                  FROM account_move_line AS line
                  JOIN account_account AS account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner AS contact ON contact.id = line.partner_id
                  JOIN res_currency AS currency ON currency.id = line.currency_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE AND %(customers)s),
            credit AS (
                SELECT DISTINCT ON (open.customer, open.account_id, open.currency_id)
                       open.*,
                       move.name,
                       -SUM(open.amount) OVER (
                           PARTITION BY open.customer, open.account_id,
                               open.currency_id) AS credit
                  FROM open JOIN account_move AS move ON move.id = open.move_id
                  JOIN account_journal AS journal ON journal.id = move.journal_id
                  JOIN account_move_line AS line ON line.id = open.id
                 WHERE open.amount < -GREATEST(%(most)s, open.unit / 2)
                   AND open.date <= %(today)s::date - %(days)s
                   AND (journal.type IN ('bank', 'cash', 'credit')
                        OR move.origin_payment_id IS NOT NULL
                        OR move.move_type = 'out_refund')
                   AND (line.no_followup IS NOT TRUE OR journal.type = 'general')
                 ORDER BY open.customer, open.account_id, open.currency_id,
                       open.date, open.id),
            debit AS (
                SELECT DISTINCT ON (open.customer, open.account_id, open.currency_id)
                       open.*,
                       SUM(open.amount) OVER (
                           PARTITION BY open.customer, open.account_id,
                               open.currency_id) AS debit
                  FROM open JOIN account_move AS move ON move.id = open.move_id
                 WHERE open.amount >= open.unit / 2
                   AND move.move_type = 'out_invoice'
                   AND move.has_open_billing_error IS NOT TRUE
                 ORDER BY open.customer, open.account_id, open.currency_id,
                       open.date, open.id)
            SELECT %(columns)s
              FROM debit JOIN credit USING (customer, account_id, currency_id)
             WHERE debit.move_id IN %(documents)s""",
            partials=counted_sql(),
            company=books.company.id,
            customers=self._customers_sql(books),
            most=books.tolerance,
            today=books.today,
            days=books.days,
            documents=books.documents(
                [("move_type", "=", "out_invoice")], drafts=False
            ),
            columns=found_columns(
                "unapplied",
                SQL("debit.move_id"),
                facts(
                    other=SQL("credit.name"),
                    date_other=SQL("credit.date"),
                    amount_credit=SQL("credit.credit"),
                    amount_open=SQL("debit.debit"),
                ),
                amount=SQL("LEAST(credit.credit, debit.debit)"),
            ),
        )

    @api.model
    def _customers_sql(self, books):
        """Return the condition that ``contact`` belongs to a customer to check."""
        if books.moves is None:
            return SQL("TRUE")
        ids = books.moves.commercial_partner_id.ids
        return SQL("contact.commercial_partner_id = ANY(%s)", ids)

    # MISAPP

    @api.model
    def _tokens_sql(self, text):
        """Return the references that a text names: see `rules.payment_check.tokens`."""
        return SQL(
            """SELECT DISTINCT part.text
                 FROM REGEXP_MATCHES(%s, '[0-9a-z]+(?:[/._-]+[0-9a-z]+)*', 'g')
                      AS found (texts)
                CROSS JOIN LATERAL (
                    SELECT found.texts[1] AS text
                     UNION SELECT UNNEST(STRING_TO_ARRAY(found.texts[1], '-'))
                    ) AS part
                WHERE part.text <> ''""",
            text,
        )

    def _find_misapp(self, books):
        """Find open invoices that a payment names which was applied to others.

        Whole numbers are compared, not parts of them: see `rules.payment_check.tokens`.
        A payment that names the invoice it was applied to is excluded.
        """
        return SQL(
            """WITH named AS MATERIALIZED (
                SELECT move.id, move.name, move.commercial_partner_id AS customer,
                       token.text, move.amount_residual AS open
                  FROM account_move AS move
                 CROSS JOIN LATERAL (VALUES (LOWER(move.name)),
                       (LOWER(move.payment_reference))) AS token (text)
                 WHERE move.id IN %(documents)s AND token.text <> ''),
            applied AS (
                SELECT item.id, item.move_id, item.date,
                       contact.commercial_partner_id AS customer,
                       MIN(other.name) AS other,
                       ARRAY_AGG(other.id) AS others,
                       ARRAY_AGG(LOWER(other.name))
                           || ARRAY_AGG(LOWER(other.payment_reference)) AS own,
                       SUM(part.credit_amount_currency) AS amount,
                       LOWER(CONCAT_WS(' ', payment.memo, entry.ref, item.name,
                           statement.payment_ref)) AS text
                  FROM %(partials)s AS part
                  JOIN account_move_line AS item ON item.id = part.credit_move_id
                   AND item.company_id = %(company)s
                  JOIN res_partner AS contact ON contact.id = item.partner_id
                  JOIN account_move AS entry ON entry.id = item.move_id
                   AND entry.move_type = 'entry'
                  JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                  JOIN account_move AS other ON other.id = debit.move_id
                   AND other.move_type = 'out_invoice'
                  LEFT JOIN account_payment AS payment
                    ON payment.id = entry.origin_payment_id
                  LEFT JOIN account_bank_statement_line AS statement
                    ON statement.id = entry.statement_line_id
                 WHERE contact.commercial_partner_id IN (SELECT customer FROM named)
                 GROUP BY item.id, contact.id, payment.id, entry.id, statement.id),
            token AS (
                SELECT applied.id, part.text
                  FROM applied CROSS JOIN LATERAL (%(tokens)s) AS part),
            chosen AS (
                SELECT DISTINCT ON (named.id) named.*, applied.move_id AS payment_id,
                       applied.date, applied.other, applied.amount
                  FROM token
                  JOIN named ON named.text = token.text
                  JOIN applied ON applied.id = token.id
                   AND applied.customer = named.customer
                 WHERE NOT named.id = ANY(applied.others)
                   AND NOT EXISTS (
                    SELECT 1 FROM token AS own
                     WHERE own.id = applied.id AND own.text = ANY(applied.own))
                 ORDER BY named.id, applied.date, applied.id)
            SELECT %(columns)s
              FROM chosen
              JOIN account_move AS payment ON payment.id = chosen.payment_id""",
            documents=books.documents(
                [
                    ("move_type", "=", "out_invoice"),
                    ("payment_state", "in", ("not_paid", "partial")),
                ],
                drafts=False,
            ),
            partials=counted_sql(),
            company=books.company.id,
            tokens=self._tokens_sql(SQL("applied.text")),
            columns=found_columns(
                "misapplied",
                SQL("chosen.id"),
                facts(
                    name=SQL("chosen.name"),
                    payment=SQL("payment.name"),
                    date_payment=SQL("chosen.date"),
                    other=SQL("chosen.other"),
                ),
                amount=SQL("LEAST(chosen.open, chosen.amount)"),
            ),
        )
