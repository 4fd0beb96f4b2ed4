from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ....rules.interval import days_before
from ...mixin.facts import Reason, facts
from ...mixin.matching import counted_sql
from ...mixin.series import series_sql
from .audit_test_source import (
    SALES,
    NothingToTestError,
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """Tests of invoices and credit notes: duplicates, cut-off and occurrence."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "undated": self.env._(
                "Documents around the period end without delivery date"
            ),
            "credited": self.env._("Credited subsequently for the period"),
            "regular": self.env._("Invoices at regular intervals, excluded"),
            "lines": self.env._("Revenue invoice lines"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "same_reference": Reason(
                self.env._("Same Reference"),
                self.env._(
                    "Has the same reference as %(other)s of %(date_other)s "
                    "(%(amount_other)s): %(reference)s."
                ),
            ),
            "same_lines": Reason(
                self.env._("Same Lines"),
                self.env._(
                    "Bills the same lines as %(other)s of %(date_other)s "
                    "(%(amount_other)s)."
                ),
            ),
            "same_order": Reason(
                self.env._("Same Order Line"),
                self.env._(
                    "Bills the same order line as %(other)s of %(date_other)s "
                    "(%(amount_other)s)."
                ),
            ),
            "billed_early": Reason(
                self.env._("Billed before Delivery"),
                self.env._(
                    "Dated %(date_booked)s, delivered on %(date_delivered)s: after "
                    "the end of the period."
                ),
            ),
            "billed_late": Reason(
                self.env._("Billed after Delivery"),
                self.env._(
                    "Dated %(date_booked)s, delivered on %(date_delivered)s: before "
                    "the end of the period."
                ),
            ),
            "credits_before": Reason(
                self.env._("Credits the Prior Period"),
                self.env._(
                    "Credits %(other)s of %(date_other)s (days after the end of the "
                    "period: %(count)s)."
                ),
            ),
            "no_order": Reason(
                self.env._("No Sales Order"),
                self.env._("“%(label)s” is not linked to a sales order line."),
            ),
            "no_delivery": Reason(
                self.env._("No Delivery"),
                self.env._(
                    "“%(label)s” bills goods of %(order)s that were not delivered."
                ),
            ),
        }

    # DUP

    def _test_dup(self, ledger):
        """Find duplicate invoices: see `rules.audit.test.audit_test.duplicates`."""
        count, total = ledger.totals(
            ledger.moves_sql(ledger.sales(("move_type", "=", "out_invoice"))),
            "amount_total_signed",
        )
        claims = self._claims_sql(ledger)
        self._add_exceptions(self._duplicates_sql(ledger, claims))
        [[regular]] = ledger.fetch(
            SQL(
                "%s SELECT COUNT(DISTINCT later.id) FROM member AS later"
                " WHERE later.date >= %s",
                claims,
                ledger.first,
            )
        )
        return Outcome(count, total, [figure("regular", "count", regular)])

    def _claims_sql(self, ledger):
        """Return the tables of duplicates: ``claim`` has a row for each invoice and
        what it may share with another, ``member`` those in a regular series."""
        before = timedelta(days=days_before(self.days))
        candidates = ledger.moves_sql(
            Domain("move_type", "=", "out_invoice")
            & Domain("payment_state", "!=", "reversed")
            & Domain("date", ">=", ledger.first - before)
            & Domain("date", "<=", ledger.last)
        )
        return SQL(
            """WITH invoice AS MATERIALIZED (
                SELECT id, name, commercial_partner_id AS customer, currency_id,
                       COALESCE(invoice_date, date) AS day, date, amount_total AS total,
                       amount_total_signed AS amount,
                       LOWER(TRIM(COALESCE(ref, ''))) AS reference,
                       FLOOR(amount_total / %(step)s) AS step
                  FROM (%(candidates)s) AS move WHERE amount_total > 0),
            claim AS MATERIALIZED (
                SELECT invoice.*, evidence.kind, evidence.key, evidence.subject
                  FROM (%(evidence)s) AS evidence JOIN invoice USING (id)),
            %(series)s
            """,
            candidates=candidates,
            step=max(self.amount, 1.0),
            evidence=self._evidence_sql(),
            series=series_sql(self.days),
        )

    def _duplicates_sql(self, ledger, claims):
        """Return SQL of the later invoice of each pair, with the closest earlier one.

        Only similar amounts are compared: amounts are grouped in steps as wide as the
        tolerance, and an invoice is compared with those of its own step and the two
        adjacent ones.
        """
        return SQL(
            """%(claims)s, pair AS (
                SELECT DISTINCT ON (later.id) later.*, earlier.name AS other,
                       earlier.day AS other_day, earlier.amount AS other_amount
                  FROM claim AS later CROSS JOIN GENERATE_SERIES(-1, 1) AS side
                  JOIN claim AS earlier ON earlier.customer = later.customer
                   AND earlier.currency_id = later.currency_id
                   AND earlier.kind = later.kind
                   AND earlier.key = later.key
                   AND earlier.step = later.step + side
                   AND (earlier.day, earlier.id) < (later.day, later.id)
                   AND earlier.day >= later.day - %(days)s
                   AND ABS(earlier.total - later.total) <= CASE later.kind
                        WHEN 'same_lines' THEN 0 ELSE %(tolerance)s END
                 WHERE later.date >= %(first)s AND NOT EXISTS (
                    SELECT 1 FROM member
                     WHERE (member.id, member.kind, member.subject)
                           = (later.id, later.kind, later.subject)
                       AND (later.day - earlier.day > member.half
                            OR NOT EXISTS (
                                SELECT 1 FROM member AS other
                                 WHERE (other.id, other.kind, other.subject,
                                        other.number)
                                       = (earlier.id, earlier.kind, earlier.subject,
                                          member.number))))
                 ORDER BY later.id, earlier.day DESC, earlier.id DESC, later.kind DESC)
            SELECT %(columns)s FROM pair""",
            claims=claims,
            days=self.days,
            tolerance=self.amount,
            first=ledger.first,
            columns=exception_columns(
                SQL("pair.kind"),
                res_model=SQL("'account.move'"),
                res_id=SQL("pair.id"),
                move_id=SQL("pair.id"),
                partner_id=SQL("pair.customer"),
                date=SQL("pair.day"),
                amount=SQL("pair.amount"),
                facts=facts(
                    other=SQL("pair.other"),
                    date_other=SQL("pair.other_day"),
                    amount_other=SQL("pair.other_amount"),
                    reference=SQL("pair.reference"),
                ),
            ),
        )

    def _evidence_sql(self):
        """Return SQL of the keys that duplicates share: reference, lines, order lines;
        and what the invoices of a series share: the same, but for a new price.

        Lines are compared by text, product, quantity, price and discount, and only of
        customers with several invoices of the same amount.
        """
        evidence = [
            SQL(
                "SELECT id, 'same_reference' AS kind, reference AS key,"
                " reference AS subject FROM invoice WHERE reference <> ''"
            ),
            SQL(
                """SELECT line.move_id, 'same_lines', MD5(STRING_AGG(CONCAT_WS('|',
                        line.name, line.product_id, TRIM_SCALE(line.quantity),
                        TRIM_SCALE(line.price_unit), TRIM_SCALE(line.discount)), '/'
                        ORDER BY line.name, line.product_id, line.quantity,
                        line.price_unit, line.discount)),
                        MD5(STRING_AGG(CONCAT_WS('|', line.name, line.product_id,
                        TRIM_SCALE(line.quantity)), '/'
                        ORDER BY line.name, line.product_id, line.quantity))
                     FROM account_move_line AS line
                    WHERE line.display_type = 'product' AND line.move_id IN (
                        SELECT id FROM invoice
                         WHERE (customer, currency_id) IN (
                            SELECT customer, currency_id FROM invoice
                             GROUP BY customer, currency_id, total
                            HAVING COUNT(*) > 1))
                    GROUP BY line.move_id"""
            ),
        ]
        if "sale_line_ids" in self.env["account.move.line"]._fields:
            evidence.append(
                SQL(
                    """SELECT line.move_id, 'same_order', rel.order_line_id::text,
                              rel.order_line_id::text
                         FROM sale_order_line_invoice_rel AS rel
                         JOIN account_move_line AS line
                           ON line.id = rel.invoice_line_id
                         JOIN invoice ON invoice.id = line.move_id"""
                )
            )
        return SQL(" UNION ALL ").join(evidence)

    # CUTOFF

    def _test_cutoff(self, ledger):
        """Find documents posted in one period and delivered in the other."""
        margin = timedelta(days=self.days)
        first, last = ledger.last - margin, ledger.last + margin
        around = [
            Domain(name, ">=", first) & Domain(name, "<=", last)
            for name in ("date", "delivery_date")
        ]
        sales = Domain("move_type", "in", SALES)
        dated = Domain("delivery_date", "!=", False)
        rows = ledger.moves_sql(sales & dated & (around[0] | around[1]))
        undated = ledger.moves(sales & around[0] & ~dated)
        [[without]] = ledger.fetch(undated.select(SQL("COUNT(*)")))
        count, total = ledger.totals(
            rows,
            "amount_untaxed_signed",
            self.env._(
                "No customer document dated around %(day)s has a delivery date, so "
                "cut-off cannot be tested (documents: %(count)s, days before and "
                "after: %(days)s).",
                count=without,
                days=self.days,
                day=format_date(self.env, ledger.last),
            ),
        )
        self._add_exceptions(self._cutoff_sql(ledger, rows))
        return Outcome(count, total, [figure("undated", "count", without)])

    def _cutoff_sql(self, ledger, rows):
        return SQL(
            "SELECT %(columns)s FROM (%(rows)s) AS move"
            " WHERE (date > %(last)s) <> (delivery_date > %(last)s)",
            columns=exception_columns(
                SQL(
                    "CASE WHEN delivery_date > %s THEN 'billed_early'"
                    " ELSE 'billed_late' END",
                    ledger.last,
                ),
                res_model=SQL("'account.move'"),
                res_id=SQL("id"),
                move_id=SQL("id"),
                partner_id=SQL("commercial_partner_id"),
                user_id=SQL("create_uid"),
                date=SQL("date"),
                amount=SQL("ABS(amount_untaxed_signed)"),
                facts=facts(
                    date_booked=SQL("date"), date_delivered=SQL("delivery_date")
                ),
            ),
            rows=rows,
            last=ledger.last,
        )

    # CNPOST

    def _test_cnpost(self, ledger):
        """Find credit notes after the period for documents of the period or before."""
        until = ledger.last + timedelta(days=self.days)
        after = Domain("date", ">", ledger.last) & Domain("date", "<=", until)
        count, total = ledger.totals(
            ledger.moves_sql(after & Domain("move_type", "in", SALES)),
            "amount_total_signed",
            self.env._(
                "There are no customer documents from %(first)s to %(last)s. Run this "
                "test once the documents after the period end have been posted.",
                first=format_date(self.env, ledger.last + timedelta(days=1)),
                last=format_date(self.env, until),
            ),
        )
        rows = ledger.moves_sql(after & Domain("move_type", "=", "out_refund"))
        self._add_exceptions(self._credits_before_sql(ledger, rows))
        [[credited]] = ledger.fetch(
            SQL(
                "SELECT COALESCE(SUM(amount), 0) FROM clerk_audit_exception"
                " WHERE run_id = %s",
                self.id,
            )
        )
        credited = ledger.currency.round(float(credited))
        return Outcome(count, total, [figure("credited", "money", credited)])

    def _credits_before_sql(self, ledger, rows):
        """Return SQL of credit notes with their original: reversed or reconciled."""
        return SQL(
            """WITH credit AS MATERIALIZED (%(rows)s),
            origin AS (
                SELECT credit.id, original.name, original.date
                  FROM credit JOIN account_move AS original
                    ON original.id = credit.reversed_entry_id
                UNION ALL
                SELECT credit.id, original.name, original.date
                  FROM credit
                  JOIN account_move_line AS line ON line.move_id = credit.id
                  JOIN %(partials)s AS part
                    ON part.credit_move_id = line.id
                  JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                  JOIN account_move AS original ON original.id = debit.move_id
                 WHERE credit.reversed_entry_id IS NULL
                   AND original.move_type IN ('out_invoice', 'out_receipt')),
            earliest AS (
                SELECT DISTINCT ON (id) id, name, date FROM origin
                 WHERE date <= %(last)s ORDER BY id, date, name)
            SELECT %(columns)s FROM credit JOIN earliest ON earliest.id = credit.id""",
            rows=rows,
            partials=counted_sql(),
            last=ledger.last,
            columns=exception_columns(
                "credits_before",
                res_model=SQL("'account.move'"),
                res_id=SQL("credit.id"),
                move_id=SQL("credit.id"),
                partner_id=SQL("credit.commercial_partner_id"),
                user_id=SQL("credit.create_uid"),
                date=SQL("credit.date"),
                amount=SQL("-credit.amount_total_signed"),
                facts=facts(
                    other=SQL("earliest.name"),
                    date_other=SQL("earliest.date"),
                    count=SQL("credit.date - %s::date", ledger.last),
                ),
            ),
        )

    # UNMATCHED

    def _test_unmatched(self, ledger):
        """Find revenue without a sales order, or without a delivery of the goods."""
        orders = self.env.get("sale.order.line")
        if orders is None:
            raise NothingToTestError(
                self.env._(
                    "The Sales app is not installed, so there are no sales orders to "
                    "compare invoices with."
                )
            )
        rows = self._revenue_sql(ledger)
        count, total = ledger.totals(rows)
        self._add_exceptions(self._unmatched_sql(rows, "move_ids" in orders._fields))
        return Outcome(count, total, [figure("lines", "count", count)])

    def _revenue_sql(self, ledger):
        query = ledger.items._search(
            Domain("company_id", "in", ledger.companies.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("move_id.move_type", "=", "out_invoice")
            & Domain("display_type", "=", "product")
            & Domain("account_id.internal_group", "=", "income")
            & ledger.period()
        )
        table = SQL("account_move_line")
        names = ("id", "move_id", "partner_id", "product_id", "name", "date")
        return query.select(
            *(SQL("%s.%s", table, SQL.identifier(name)) for name in names),
            SQL("-%s.balance AS amount", table),
        )

    def _unmatched_sql(self, rows, has_deliveries):
        """Return SQL of lines without an order, and of ordered goods not delivered."""
        return SQL(
            """WITH billed AS MATERIALIZED (%(rows)s),
            ordered AS (
                SELECT rel.invoice_line_id AS id, MAX(sale.name) AS name,
                       BOOL_OR(line.qty_delivered > 0
                               OR template.type IS DISTINCT FROM 'consu') AS is_fine
                  FROM sale_order_line_invoice_rel AS rel
                  JOIN sale_order_line AS line ON line.id = rel.order_line_id
                  JOIN sale_order AS sale ON sale.id = line.order_id
                  LEFT JOIN product_product AS product ON product.id = line.product_id
                  LEFT JOIN product_template AS template
                    ON template.id = product.product_tmpl_id
                 GROUP BY rel.invoice_line_id)
            SELECT %(columns)s FROM billed LEFT JOIN ordered ON ordered.id = billed.id
             WHERE ABS(billed.amount) >= %(minimum)s
               AND (ordered.id IS NULL OR (%(deliveries)s AND NOT ordered.is_fine))""",
            rows=rows,
            minimum=self.amount,
            deliveries=has_deliveries,
            columns=exception_columns(
                SQL(
                    "CASE WHEN ordered.id IS NULL THEN 'no_order'"
                    " ELSE 'no_delivery' END"
                ),
                res_model=SQL("'account.move.line'"),
                res_id=SQL("billed.id"),
                move_id=SQL("billed.move_id"),
                partner_id=SQL("billed.partner_id"),
                date=SQL("billed.date"),
                amount=SQL("billed.amount"),
                facts=facts(label=SQL("billed.name"), order=SQL("ordered.name")),
            ),
        )
