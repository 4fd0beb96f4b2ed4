from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.bucket import bucket_starts
from ..mixin.filtered import UserFilterError
from ..receivable.open_item import aged_sql, disputed_sql, promised_sql
from .statement_source import StatementLedger


class ClerkStatementRun(models.Model):
    """Computes the statements of a run by one SQL query, for all customers at once.

    Open items and movements are read once. Statements, balances and lines are written
    from the same rows, so that they cannot differ. Ageing is in `aged_sql` of
    `receivable/open_item`.
    """

    _inherit = "clerk.statement.run"

    def _compute_statements(self):
        self.ensure_one()
        ledger = self._ledger()
        # sudo: deletes the statements of this run only.
        self.sudo().statement_ids.unlink()
        # sudo: payments decide on promises, not the rights of the caller.
        self.env["clerk.promise"].sudo()._before_refresh()
        ledger.flush()
        with self.env["clerk.statement"]._automated([("run_id", "=", self.id)]):
            self.env.cr.execute(self._statements_sql(ledger))
            facts = self.env.cr.dictfetchall()
            self.env.invalidate_all()
            self._classify_statements(facts)
            self._prove(ledger)
            self._write_step("compute")

    def _ledger(self):
        """Return the ledger to compute from.

        A statement that a customer asked for needs only that customer's items. Those
        of a run are proved by the whole ledger. Statements by address are, too: the
        customer of an address may have changed since.
        """
        asked = self.kind == "request" and self.include == "chosen"
        alone = asked and self.grouping == "customer"
        return StatementLedger(self, self.partner_ids if alone else None)

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        # sudo(False): constraints run as the superuser, who may read anything.
        for run in self.sudo(False):
            run._customers_query(run.env["res.partner"])

    def _customers_query(self, partners):
        """Return the query of the customers that the filter selects.

        :raises UserError: the filter is not valid, or its author cannot read it
        """
        try:
            if partners.env.su:
                partners = self._as_author(partners)
            return self._search_filter(self.partner_domain, partners)
        except UserFilterError as error:
            raise UserError(
                self.env._(
                    "%(run)s: the filter of customers is not valid: %(error)s",
                    run=self.name,
                    error=error,
                )
            ) from error

    # The statement

    def _statements_sql(self, ledger):
        """Return the query that writes all statements and returns `_facts_sql`."""
        return SQL(
            "%(figures)s, customer AS MATERIALIZED (%(customer)s),"
            " owed AS MATERIALIZED (%(owed)s), new_statement AS (%(new_statement)s),"
            " new_balance AS (%(new_balance)s), new_open AS (%(new_open)s),"
            " new_movement AS (%(new_movement)s) %(facts)s",
            figures=self._figures_sql(ledger),
            customer=self._customer_sql(ledger),
            owed=self._owed_sql(),
            new_statement=self._new_statement_sql(),
            new_balance=self._new_balance_sql(),
            new_open=self._new_open_sql(),
            new_movement=self._new_movement_sql(),
            facts=self._facts_sql(),
        )

    def _figures_sql(self, ledger):
        """Return the first part of the query: the figures of statements.

        It has `open_line` and `movement`, and `block`: their figures for each customer
        and currency.
        """
        return SQL(
            "WITH item AS (%(open)s), matched AS (%(matched)s),"
            " movement AS (%(moved)s), disputed AS MATERIALIZED (%(disputed)s),"
            " promised AS MATERIALIZED (%(promised)s),"
            " open_line AS NOT MATERIALIZED (%(open_line)s), block AS (%(block)s)",
            open=ledger.open_sql(self.date),
            matched=ledger.matched_sql(self.date_from, self.date),
            moved=ledger.movement_sql(self.date_from, self.date),
            disputed=disputed_sql(),
            promised=promised_sql(),
            open_line=aged_sql(self.date, bucket_starts(self.bucket_days)),
            block=self._block_sql(),
        )

    def _block_sql(self):
        """Return the figures of each customer and currency.

        The opening balance is the closing balance less the movements.
        """
        buckets = SQL(", ").join(
            SQL("SUM(open) FILTER (WHERE bucket = %s AND open > 0)", number)
            for number in range(6)
        )
        flows = SQL(", ").join(
            SQL("COALESCE(SUM(amount) FILTER (WHERE kind = %s), 0)", kind)
            for kind in ("invoice", "credit", "payment", "adjustment")
        )
        return SQL(
            """SELECT COALESCE(now.customer, moved.customer) AS customer,
                      COALESCE(now.currency_id, moved.currency_id) AS currency_id,
                      COALESCE(closing, 0) AS closing,
                      COALESCE(closing_company, 0) AS closing_company,
                      COALESCE(overdue_company, 0) AS overdue_company,
                      COALESCE(has_open, FALSE) AS has_open,
                      bucket_0, bucket_1, bucket_2, bucket_3, bucket_4, bucket_5,
                      unapplied, disputed, promised, COALESCE(invoiced, 0) AS invoiced,
                      COALESCE(credited, 0) AS credited, COALESCE(paid, 0) AS paid,
                      COALESCE(adjusted, 0) AS adjusted
                 FROM (SELECT customer, currency_id, SUM(open) AS closing,
                              SUM(open_company) AS closing_company,
                              SUM(open_company) FILTER (WHERE bucket > 0 AND open > 0)
                                  AS overdue_company,
                              BOOL_OR(open <> 0) AS has_open,
                              SUM(open) FILTER (WHERE open < 0) AS unapplied,
                              SUM(disputed) AS disputed, SUM(promised) AS promised,
                              %(buckets)s
                         FROM open_line GROUP BY customer, currency_id)
                      AS now (customer, currency_id, closing, closing_company,
                              overdue_company, has_open, unapplied, disputed, promised,
                              bucket_0, bucket_1, bucket_2, bucket_3, bucket_4,
                              bucket_5)
                 FULL JOIN (SELECT customer, currency_id, %(flows)s
                              FROM movement GROUP BY customer, currency_id)
                      AS moved (customer, currency_id, invoiced, credited, paid,
                                adjusted)
                   ON moved.customer = now.customer
                  AND moved.currency_id = now.currency_id""",
            buckets=buckets,
            flows=flows,
        )

    def _customer_sql(self, ledger):
        """Return the selected customers who have a balance or movements."""
        selected = ledger.customers_sql()
        chosen = SQL()
        if self.include == "chosen":
            # Customers without a balance were selected too, and are shown as excluded.
            chosen = SQL("UNION SELECT id FROM res_partner WHERE id IN %s", selected)
        return SQL(
            """SELECT NEXTVAL('clerk_statement_id_seq') AS id, listed.customer
                 FROM (SELECT customer FROM block WHERE customer IS NOT NULL %s %s)
                   AS listed (customer)
                GROUP BY listed.customer""",
            SQL("AND customer IN %s", selected) if selected else SQL(),
            chosen,
        )

    def _owed_sql(self):
        """Return the totals of each customer over all currencies."""
        return SQL(
            """SELECT customer, SUM(closing_company) AS closing,
                      SUM(overdue_company) AS overdue,
                      ARRAY_AGG(block.closing) AS closings,
                      BOOL_OR(has_open) AS has_open,
                      BOOL_OR((invoiced, credited, paid, adjusted) <> (0, 0, 0, 0))
                          AS has_activity,
                      BOOL_OR(disputed > 0) AS disputed,
                      BOOL_OR(unapplied < 0) AS unapplied
                 FROM block GROUP BY customer"""
        )

    def _facts_sql(self):
        """Return what `rules.statement` classifies statements by."""
        return SQL(
            """SELECT customer.id, customer.customer AS partner_id,
                      COALESCE(closing, 0) AS closing_company,
                      COALESCE(closings, '{}') AS closings,
                      COALESCE(has_open, FALSE) AS has_open,
                      COALESCE(has_activity, FALSE) AS has_activity,
                      COALESCE(disputed, FALSE) AS disputed,
                      COALESCE(unapplied, FALSE) AS unapplied,
                      previous.closing_company AS previous,
                      again.partner_id IS NOT NULL AS again
                 FROM customer
                 JOIN new_statement ON new_statement.id = customer.id
                 LEFT JOIN owed ON owed.customer = customer.customer
                 LEFT JOIN (%s) AS previous ON previous.partner_id = customer.customer
                 LEFT JOIN (%s) AS again ON again.partner_id = customer.customer
                  AND again.type = new_statement.type
                ORDER BY customer.id""",
            self._previous_sql(),
            self._again_sql(),
        )

    def _again_sql(self):
        """Return customer and type of statements that other runs sent for this date,
        those of branches and of the company of a branch included."""
        return SQL(
            """SELECT DISTINCT statement.partner_id, statement.type
                 FROM clerk_statement AS statement
                 JOIN clerk_statement_run AS run ON run.id = statement.run_id
                WHERE statement.company_id = ANY(%s) AND statement.date = %s
                  AND statement.run_id <> %s
                  AND statement.state = 'ready' AND run.state IN ('sending', 'done')""",
            self._company_family().ids,
            self.date,
            self.id,
        )

    def _previous_sql(self):
        """Return the previous statement that was sent to each customer.

        It is read for all customers at once. To look it up for each one, PostgreSQL
        would have to know the size of a table that this query is filling.
        """
        return SQL(
            """SELECT DISTINCT ON (statement.partner_id)
                      statement.partner_id, statement.closing_company
                 FROM clerk_statement AS statement
                 JOIN clerk_statement_run AS run ON run.id = statement.run_id
                WHERE statement.company_id = %s AND statement.date < %s
                  AND statement.state = 'ready' AND run.state IN ('sending', 'done')
                ORDER BY statement.partner_id, statement.date DESC,
                      statement.id DESC""",
            self.company_id.id,
            self.date,
        )

    # Inserted rows

    def _log_sql(self):
        now = fields.Datetime.now()
        uid = self.env.uid
        return SQL("%s, %s, %s, %s", uid, uid, now, now)

    def _new_statement_sql(self):
        return SQL(
            """INSERT INTO clerk_statement (id, run_id, name, company_id, partner_id,
                    partner_ref, type, date, date_from, state, closing_company,
                    overdue_company, create_uid, write_uid, create_date, write_date)
               SELECT customer.id, %(run)s, 'ST' || LPAD(customer.id::text, 6, '0'),
                      %(company)s, customer.customer, partner.ref,
                      COALESCE(commercial.statement_type, %(type)s), %(day)s, %(first)s,
                      'ready', COALESCE(owed.closing, 0), COALESCE(owed.overdue, 0),
                      %(log)s
                 FROM customer
                 JOIN res_partner AS partner ON partner.id = customer.customer
                 JOIN res_partner AS commercial
                   ON commercial.id = partner.commercial_partner_id
                 LEFT JOIN owed ON owed.customer = customer.customer
               RETURNING id, partner_id, type""",
            run=self.id,
            company=self.company_id.id,
            type=self.type,
            day=self.date,
            first=self.date_from,
            log=self._log_sql(),
        )

    def _new_balance_sql(self):
        """Return the balances by currency, the largest first."""
        return SQL(
            """INSERT INTO clerk_statement_balance (statement_id,
                    currency_id, opening, invoiced, credited, paid, adjusted, closing,
                    closing_company, bucket_0, bucket_1, bucket_2, bucket_3, bucket_4,
                    bucket_5, unapplied, disputed, promised)
               SELECT new_statement.id, currency_id,
                      closing - invoiced - credited - paid - adjusted, invoiced,
                      credited, paid, adjusted, closing, closing_company,
                      COALESCE(bucket_0, 0), COALESCE(bucket_1, 0),
                      COALESCE(bucket_2, 0), COALESCE(bucket_3, 0),
                      COALESCE(bucket_4, 0), COALESCE(bucket_5, 0),
                      COALESCE(unapplied, 0), COALESCE(disputed, 0),
                      COALESCE(promised, 0)
                 FROM block JOIN new_statement ON new_statement.partner_id = customer
                ORDER BY new_statement.id, closing_company DESC"""
        )

    def _added_sql(self, section):
        """Return the names and the values of the columns that other modules store."""
        added = self.env["clerk.statement.line"]._column_sql(section)
        names = (SQL.identifier(name) for name in added)
        return [
            SQL().join(SQL(", %s", each) for each in parts)
            for parts in (names, added.values())
        ]

    def _new_open_sql(self):
        names, values = self._added_sql("open")
        return SQL(
            """INSERT INTO clerk_statement_line (statement_id, section,
                    kind, entry_id, move_id, name, ref, date, due_date,
                    currency_id, amount, open_amount, open_company, days_overdue,
                    bucket, disputed, promised%(names)s)
               SELECT new_statement.id, 'open', kind, line.id, move_id,
                      number, ref, line.date, due, currency_id, amount,
                      open, open_company, GREATEST(days, 0), bucket,
                      COALESCE(disputed, 0), COALESCE(promised, 0)%(values)s
                 FROM open_line AS line
                 JOIN new_statement ON new_statement.partner_id = line.customer
                ORDER BY new_statement.id, line.date, line.id""",
            names=names,
            values=values,
        )

    def _new_movement_sql(self):
        """Return movements with a running balance; open-item statements have none.

        Lines that are alike in all that orders them are stored as their balances run.
        """
        names, values = self._added_sql("movement")
        return SQL(
            """INSERT INTO clerk_statement_line (statement_id, section,
                    kind, entry_id, move_id, name, ref, date, due_date,
                    currency_id, amount, open_company, balance%(names)s)
               SELECT new_statement.id, 'movement', kind, line.id,
                      move_id, number, ref, line.date, due,
                      line.currency_id, amount, amount_company,
                      closing - invoiced - credited - paid - adjusted
                      + SUM(amount) OVER running%(values)s
                 FROM movement AS line
                 JOIN block ON block.customer = line.customer
                  AND block.currency_id = line.currency_id
                 JOIN new_statement ON new_statement.partner_id = line.customer
                WHERE new_statement.type <> 'open_item' AND amount <> 0
               WINDOW running AS (
                   PARTITION BY line.customer, line.currency_id
                   ORDER BY line.date, line.id, amount
                   ROWS UNBOUNDED PRECEDING)
                ORDER BY new_statement.id, line.date, line.id, amount,
                      ROW_NUMBER() OVER running""",
            names=names,
            values=values,
        )
