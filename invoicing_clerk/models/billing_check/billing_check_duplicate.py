from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.interval import days_before
from ..mixin.facts import Reason, facts
from ..mixin.series import intervals_sql, is_interval_sql, series_sql
from .billing_check_source import found_columns


class ClerkBillingCheck(models.Model):
    """DUP: invoices that bill again what another invoice has billed."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "duplicate": Reason(
                self.env._("Duplicate"),
                self.env._(
                    "Bills the same lines as %(other)s of %(date_other)s "
                    "(%(amount_other)s)."
                ),
                found=self.env._("%(other)s and %(name)s"),
                expected=self.env._("%(other)s only"),
            ),
        }

    def _find_dup(self, books):
        """Find the later one of two invoices with the same lines and total.

        Two orders differ by their reference, services of two periods by their
        text, and deliveries by their date. Invoices a month apart may be a subscription
        whatever their reference; without a reference of both, those a week apart, too.
        Series of three or more are regular, as in the audit test.
        """
        return SQL(
            """WITH %(invoices)s, %(series)s, pair AS (
                SELECT DISTINCT ON (later.id) later.*, earlier.name AS other,
                       earlier.day AS other_day, earlier.total AS other_total
                  FROM claim AS later
                  JOIN claim AS earlier USING (customer, currency_id, key, total)
                 WHERE later.is_checked
                   AND earlier.is_posted
                   AND (later.is_posted, earlier.day, earlier.id)
                       < (TRUE, later.day, later.id)
                   AND earlier.id <> later.id
                   AND ABS(later.day - earlier.day) <= %(days)s
                   AND (later.reference = earlier.reference
                        OR '' IN (later.reference, earlier.reference))
                   AND COALESCE(later.delivered = earlier.delivered, TRUE)
                   AND COALESCE(later.repeats <> earlier.repeats, TRUE)
                   AND NOT (%(regular)s)
                   AND NOT EXISTS (
                    SELECT 1 FROM member
                     WHERE member.id = later.id
                       AND ABS(later.day - earlier.day) > member.half)
                 ORDER BY later.id, earlier.day DESC, earlier.id DESC)
            SELECT %(columns)s FROM pair""",
            invoices=self._alike_sql(books),
            series=series_sql(books.days),
            days=books.days,
            regular=self._regular_sql(books),
            columns=found_columns(
                "duplicate",
                SQL("pair.id"),
                facts(
                    name=SQL("pair.name"),
                    other=SQL("pair.other"),
                    date_other=SQL("pair.other_day"),
                    amount_other=SQL("pair.other_total"),
                ),
                amount=SQL("pair.total"),
            ),
        )

    def _regular_sql(self, books):
        """Return whether two invoices may be the first of a regular series."""
        return SQL(
            """EXISTS (
                SELECT 1 FROM %(intervals)s
                 WHERE (every.months > 0 OR every.days >= 28
                        OR '' IN (later.reference, earlier.reference))
                   AND (%(apart)s))""",
            intervals=intervals_sql(books.days),
            apart=is_interval_sql(SQL("earlier.day"), SQL("later.day")),
        )

    def _alike_sql(self, books):
        """Return the tables of invoices, and of what they bill: ``key`` is the same for
        equal lines, ``subject`` for those at other prices.

        Only lines of customers that were billed the same total before are read.
        """
        return SQL(
            """checked AS MATERIALIZED (%(checked)s),
            invoice AS MATERIALIZED (
                SELECT move.id, COALESCE(move.name, '/') AS name,
                       move.commercial_partner_id AS customer, move.currency_id,
                       COALESCE(move.invoice_date, %(today)s) AS day,
                       COALESCE(move.invoice_date, %(today)s) AS date,
                       move.amount_total AS total, move.state = 'posted' AS is_posted,
                       REGEXP_REPLACE(LOWER(COALESCE(move.ref, '')),
                           '[^0-9a-z]', '', 'g') AS reference,
                       move.delivery_date AS delivered,
                       move.auto_post_origin_id AS repeats,
                       move.id IN (SELECT id FROM checked) AS is_checked
                  FROM account_move AS move
                 WHERE move.id IN (%(candidates)s)
                   AND NOT %(undone)s),
            claim AS MATERIALIZED (
                SELECT invoice.*, 'lines' AS kind, alike.key, alike.subject
                  FROM invoice JOIN (
                    SELECT line.move_id, MD5(STRING_AGG(CONCAT_WS('|',
                            LOWER(REGEXP_REPLACE(line.name, '\\s+', ' ', 'g')),
                            line.product_id, TRIM_SCALE(line.quantity),
                            TRIM_SCALE(line.price_unit), TRIM_SCALE(line.discount)), '/'
                            ORDER BY line.name, line.product_id, line.quantity,
                            line.price_unit, line.discount)) AS key,
                           MD5(STRING_AGG(CONCAT_WS('|',
                            LOWER(REGEXP_REPLACE(line.name, '\\s+', ' ', 'g')),
                            line.product_id, TRIM_SCALE(line.quantity)), '/'
                            ORDER BY line.name, line.product_id, line.quantity)
                            ) AS subject
                      FROM account_move_line AS line
                     WHERE line.display_type = 'product' AND line.move_id IN (
                        SELECT id FROM invoice
                         WHERE (customer, currency_id) IN (
                            SELECT customer, currency_id FROM invoice
                             GROUP BY customer, currency_id, total
                            HAVING COUNT(*) > 1 AND BOOL_OR(is_checked)))
                     GROUP BY line.move_id) AS alike ON alike.move_id = invoice.id)""",
            checked=self._ids_sql(books.documents([("move_type", "=", "out_invoice")])),
            candidates=self._billed_sql(books),
            today=books.today,
            undone=self._undone_sql(),
        )

    @api.model
    def _ids_sql(self, documents):
        return SQL("SELECT id FROM account_move WHERE id IN %s", documents)

    def _billed_sql(self, books):
        """Return the ids of invoices that may be one of a pair."""
        moves = books.env["account.move"]
        domain = (
            Domain("company_id", "=", books.company.id)
            & Domain("move_type", "=", "out_invoice")
            & Domain("amount_total", ">", 0)
        )
        states = Domain("state", "=", "posted")
        if books.moves is not None:
            domain &= Domain(
                "commercial_partner_id", "in", books.moves.commercial_partner_id.ids
            )
            domain &= self._around(books)
            states |= Domain("id", "in", books.moves.ids)
        return moves._search(domain & states).select()

    @api.model
    def _around(self, books):
        """Return the domain of invoices around the dates of those to check, with those
        of a series that has begun before.
        """
        days = [move.invoice_date or books.today for move in books.moves]
        margin = days_before(books.days)
        first = fields.Date.subtract(min(days), days=margin)
        last = fields.Date.add(max(days), days=margin)
        return (
            Domain("invoice_date", ">=", first) & Domain("invoice_date", "<=", last)
        ) | Domain("invoice_date", "=", False)

    @api.model
    def _undone_sql(self):
        """Return whether an invoice was credited in full, or replaces another one."""
        return SQL(
            """(move.payment_state = 'reversed'
                OR move.correction_role IS NOT DISTINCT FROM 'rebill'
                OR EXISTS (
                    SELECT 1 FROM account_move AS note
                     WHERE note.reversed_entry_id = move.id
                       AND note.move_type = 'out_refund'
                       AND note.state = 'posted'
                       AND note.amount_total >= move.amount_total))"""
        )
