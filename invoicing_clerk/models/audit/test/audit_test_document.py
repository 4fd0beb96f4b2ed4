from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .audit_test_source import (
    SALES,
    NothingToTestError,
    Outcome,
    facts,
    figure,
    found,
)


class ClerkAuditRun(models.Model):
    """Tests of invoices and credit notes: twice, in the wrong period, without cause."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "undated": self.env._("Documents around the end without a delivery date"),
            "credited": self.env._("Credited afterwards for the period"),
            "lines": self.env._("Invoice lines that bear revenue"),
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "same_reference": self.env._(
                "Bears the same reference as %(other)s of %(date_other)s "
                "(%(amount_other)s): %(reference)s."
            ),
            "same_lines": self.env._(
                "Bills the same lines as %(other)s of %(date_other)s "
                "(%(amount_other)s)."
            ),
            "same_order": self.env._(
                "Bills the same order line as %(other)s of %(date_other)s "
                "(%(amount_other)s)."
            ),
            "billed_early": self.env._(
                "In the books on %(date_booked)s, delivered on %(date_delivered)s: "
                "after the end of the period."
            ),
            "billed_late": self.env._(
                "In the books on %(date_booked)s, delivered on %(date_delivered)s: "
                "before the end of the period."
            ),
            "credits_before": self.env._(
                "Credits %(other)s of %(date_other)s, %(count)s days after the end of "
                "the period."
            ),
            "no_order": self.env._("“%(label)s” bills no line of a sales order."),
            "no_delivery": self.env._(
                "“%(label)s” bills goods of %(order)s, of which nothing was delivered."
            ),
        }

    # DUP

    def _test_dup(self, ledger):
        """Invoices that repeat an earlier one: see `rules.audit_test.duplicates`."""
        count, total = ledger.totals(
            ledger.moves_sql(ledger.sales(("move_type", "=", "out_invoice"))),
            "amount_total_signed",
        )
        self._keep(self._duplicates_sql(ledger))
        return Outcome(count, total)

    def _duplicates_sql(self, ledger):
        """The later invoice of each pair, with the latest one before it.

        Only amounts that are near to each other are compared: each invoice meets those
        of its own step of the tolerance and of the two beside it.
        """
        candidates = ledger.moves_sql(
            Domain("move_type", "=", "out_invoice")
            & Domain("payment_state", "!=", "reversed")
            & Domain("date", ">=", ledger.first - timedelta(days=self.days))
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
                SELECT invoice.*, evidence.kind, evidence.key
                  FROM (%(evidence)s) AS evidence JOIN invoice USING (id)),
            pair AS (
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
                 WHERE later.date >= %(first)s
                 ORDER BY later.id, earlier.day DESC, earlier.id DESC, later.kind DESC)
            SELECT %(found)s FROM pair""",
            candidates=candidates,
            step=max(self.amount, 1.0),
            evidence=self._evidence_sql(),
            days=self.days,
            tolerance=self.amount,
            first=ledger.first,
            found=found(
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
        """What shows that two invoices bill the same; lines only where amounts agree.

        Lines are compared by text, product, quantity, price and discount.
        """
        evidence = [
            SQL(
                "SELECT id, 'same_reference' AS kind, reference AS key"
                " FROM invoice WHERE reference <> ''"
            ),
            SQL(
                """SELECT line.move_id, 'same_lines', MD5(STRING_AGG(CONCAT_WS('|',
                        line.name, line.product_id, TRIM_SCALE(line.quantity),
                        TRIM_SCALE(line.price_unit), TRIM_SCALE(line.discount)), '/'
                        ORDER BY line.name, line.product_id, line.quantity,
                        line.price_unit, line.discount))
                     FROM account_move_line AS line
                    WHERE line.display_type = 'product' AND line.move_id IN (
                        SELECT id FROM (
                            SELECT id, COUNT(*) OVER (
                                PARTITION BY customer, currency_id, total) AS alike
                              FROM invoice) AS billed WHERE alike > 1)
                    GROUP BY line.move_id"""
            ),
        ]
        if "sale_line_ids" in self.env["account.move.line"]._fields:
            evidence.append(
                SQL(
                    """SELECT line.move_id, 'same_order', rel.order_line_id::text
                         FROM sale_order_line_invoice_rel AS rel
                         JOIN account_move_line AS line
                           ON line.id = rel.invoice_line_id
                         JOIN invoice ON invoice.id = line.move_id"""
                )
            )
        return SQL(" UNION ALL ").join(evidence)

    # CUTOFF

    def _test_cutoff(self, ledger):
        """Documents whose delivery lies on the other side of the end of the period."""
        near = timedelta(days=self.days)
        first, last = ledger.last - near, ledger.last + near
        around = [
            Domain(name, ">=", first) & Domain(name, "<=", last)
            for name in ("date", "delivery_date")
        ]
        sales = Domain("move_type", "in", SALES)
        dated = Domain("delivery_date", "!=", False)
        rows = ledger.moves_sql(sales & dated & (around[0] | around[1]))
        undated = ledger.moves(sales & around[0] & ~dated)
        [[without]] = ledger.ask(undated.select(SQL("COUNT(*)")))
        count, total = ledger.totals(
            rows,
            "amount_untaxed_signed",
            self.env._(
                "None of the %(count)s customer documents within %(days)s days of "
                "%(day)s says when it was delivered, so cut-off cannot be tested by "
                "delivery.",
                count=without,
                days=self.days,
                day=format_date(self.env, ledger.last),
            ),
        )
        self._keep(self._cutoff_sql(ledger, rows))
        return Outcome(count, total, [figure("undated", "count", without)])

    def _cutoff_sql(self, ledger, rows):
        return SQL(
            "SELECT %(found)s FROM (%(rows)s) AS move"
            " WHERE (date > %(last)s) <> (delivery_date > %(last)s)",
            found=found(
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
        """Credit notes soon after the period for what was billed in it or before."""
        until = ledger.last + timedelta(days=self.days)
        after = Domain("date", ">", ledger.last) & Domain("date", "<=", until)
        count, total = ledger.totals(
            ledger.moves_sql(after & Domain("move_type", "in", SALES)),
            "amount_total_signed",
            self.env._(
                "Nothing was billed or credited from %(first)s to %(last)s yet. Run "
                "this test when the days after the period are in the books.",
                first=format_date(self.env, ledger.last + timedelta(days=1)),
                last=format_date(self.env, until),
            ),
        )
        rows = ledger.moves_sql(after & Domain("move_type", "=", "out_refund"))
        self._keep(self._credits_before_sql(ledger, rows))
        [[credited]] = ledger.ask(
            SQL(
                "SELECT COALESCE(SUM(amount), 0) FROM clerk_audit_exception"
                " WHERE run_id = %s",
                self.id,
            )
        )
        credited = ledger.currency.round(float(credited))
        return Outcome(count, total, [figure("credited", "money", credited)])

    def _credits_before_sql(self, ledger, rows):
        """Credit notes with their original: the reversed one, or what they settle."""
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
                  JOIN account_partial_reconcile AS part
                    ON part.credit_move_id = line.id
                  JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                  JOIN account_move AS original ON original.id = debit.move_id
                 WHERE credit.reversed_entry_id IS NULL
                   AND original.move_type IN ('out_invoice', 'out_receipt')),
            earliest AS (
                SELECT DISTINCT ON (id) id, name, date FROM origin
                 WHERE date <= %(last)s ORDER BY id, date, name)
            SELECT %(found)s FROM credit JOIN earliest ON earliest.id = credit.id""",
            rows=rows,
            last=ledger.last,
            found=found(
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
        """Revenue that no sales order, or no delivery of its goods, stands behind."""
        orders = self.env.get("sale.order.line")
        if orders is None:
            raise NothingToTestError(
                self.env._(
                    "Sales orders are not kept in these books (the Sales app is not "
                    "installed), so there is nothing to hold invoices against."
                )
            )
        rows = self._revenue_sql(ledger)
        count, total = ledger.totals(rows)
        self._keep(self._unmatched_sql(rows, "move_ids" in orders._fields))
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
        own = SQL("account_move_line")
        names = ("id", "move_id", "partner_id", "product_id", "name", "date")
        return query.select(
            *(SQL("%s.%s", own, SQL.identifier(name)) for name in names),
            SQL("-%s.balance AS amount", own),
        )

    def _unmatched_sql(self, rows, has_deliveries):
        """Lines of no order, and of goods that were ordered and not delivered."""
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
            SELECT %(found)s FROM billed LEFT JOIN ordered ON ordered.id = billed.id
             WHERE ABS(billed.amount) >= %(least)s
               AND (ordered.id IS NULL OR (%(deliveries)s AND NOT ordered.is_fine))""",
            rows=rows,
            least=self.amount,
            deliveries=has_deliveries,
            found=found(
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
