from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ...statement.statement_source import StatementLedger


class ClerkAuditConfirmationRun(models.Model):
    """Selects customers, and stores their balances as of the confirmation date.

    Balances are those of the statements: the same query of the ledger, for all
    customers at once. All customers are the population; requests, balances and open
    items are created from the one result.
    """

    _inherit = "clerk.audit.confirmation.run"

    population_count = fields.Integer(
        string="Customers with a Balance", readonly=True, copy=False
    )
    population_amount = fields.Monetary(
        string="Debit Balances", readonly=True, copy=False
    )
    population_credit = fields.Monetary(
        string="Credit Balances",
        readonly=True,
        copy=False,
        help="Balances owed to customers.",
    )
    no_customer_amount = fields.Monetary(
        string="Entries without a Customer",
        readonly=True,
        copy=False,
        help="Receivable entries without a partner, which cannot be confirmed.",
    )
    ledger_amount = fields.Monetary(
        string="General Ledger",
        readonly=True,
        copy=False,
        help="Balance of the receivable accounts as of the date.",
    )
    is_proved = fields.Boolean(
        string="Reconciled to the General Ledger", compute="_compute_is_proved"
    )

    @api.depends(
        "population_amount", "population_credit", "no_customer_amount", "ledger_amount"
    )
    def _compute_is_proved(self):
        for run in self:
            # A new run has no engagement yet, and so no currency.
            currency = run.currency_id or self.env.company.currency_id
            run.is_proved = (
                currency.compare_amounts(run._population_total(), run.ledger_amount)
                == 0
            )

    def _population_total(self):
        return self.population_amount + self.population_credit + self.no_customer_amount

    def _create_requests(self):
        self.ensure_one()
        # sudo: only requests of this run, none of them released.
        self.sudo().confirmation_ids.unlink()
        with self.env["clerk.audit.confirmation"]._automated(
            [("run_id", "=", self.id)]
        ):
            self._insert_requests()

    def _insert_requests(self):
        # After the deletion, which clears the cache with the ledger's new run in it.
        ledger = self._ledger()
        ledger.flush()
        [[count, owed, credit, no_customer]] = self.env.execute_query(
            self._requests_sql(ledger)
        )
        [[total]] = self.env.execute_query(
            SQL(
                "SELECT SUM(balance) FROM (%s) AS account", ledger.ledger_sql(self.date)
            )
        )
        self.env.invalidate_all()
        self._write_step(
            "compute",
            population_count=count,
            population_amount=owed,
            population_credit=credit,
            no_customer_amount=no_customer,
            ledger_amount=total or 0,
        )
        # sudo: auditors may write the run; only steps write its requests.
        self.sudo().confirmation_ids._complete_new()

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        # sudo(False): constraints run as the superuser, who may read anything.
        for run in self.sudo(False):
            run._filtering_run()._customers_query(run.env["res.partner"])

    def _ledger(self):
        """Return the ledger as a statement run for the same customers reads it."""
        if self.include == "chosen" and not self.partner_ids:
            raise UserError(self.env._("%s: select the customers.", self.name))
        return StatementLedger(self._filtering_run())

    def _filtering_run(self):
        return self.env["clerk.statement.run"].new(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "grouping": "customer",
                "ageing_basis": "due",
                "include": self.include,
                "partner_ids": [Command.set(self.partner_ids.ids)],
                "partner_domain": self.partner_domain,
                "filter_author_id": self.filter_author_id.id,
            }
        )

    def _requests_sql(self, ledger):
        return SQL(
            "WITH item AS MATERIALIZED (%(open)s),"
            " owed AS MATERIALIZED (%(owed)s),"
            " customer AS MATERIALIZED (%(customer)s),"
            " picked AS MATERIALIZED (%(picked)s),"
            " confirmation AS (%(confirmation)s), balance AS (%(balance)s), line AS "
            "(%(line)s) %(population)s",
            open=ledger.open_sql(self.date),
            owed=self._owed_sql(),
            customer=self._customer_sql(),
            picked=self._picked_sql(ledger),
            confirmation=self._request_sql(),
            balance=self._balance_sql(),
            line=self._line_sql(),
            population=self._population_sql(),
        )

    def _owed_sql(self):
        return SQL(
            """SELECT customer, currency_id, SUM(open) AS stated,
                      SUM(open_company) AS stated_company
                 FROM item GROUP BY customer, currency_id"""
        )

    def _customer_sql(self):
        return SQL(
            """SELECT customer, SUM(stated_company) AS total FROM owed
                WHERE customer IS NOT NULL GROUP BY customer
               HAVING BOOL_OR(stated <> 0 OR stated_company <> 0)"""
        )

    def _population_sql(self):
        return SQL(
            """SELECT (SELECT COUNT(*) FROM customer),
                      (SELECT COALESCE(SUM(total), 0) FROM customer WHERE total > 0),
                      (SELECT COALESCE(SUM(total), 0) FROM customer WHERE total < 0),
                      (SELECT COALESCE(SUM(stated_company), 0) FROM owed
                        WHERE customer IS NULL)"""
        )

    def _picked_sql(self, ledger):
        among = ledger.customers_sql()
        owing = SQL(
            """SELECT customer, total FROM customer
                WHERE ABS(total) >= %(minimum)s %(among)s
                ORDER BY ABS(total) DESC, customer %(limit)s""",
            minimum=self.minimum,
            among=SQL("AND customer IN %s", among) if among else SQL(),
            limit=SQL("LIMIT %s", self.largest) if self.largest else SQL(),
        )
        if self.include != "chosen":
            return owing
        return SQL(
            """SELECT partner.id AS customer, COALESCE(customer.total, 0) AS total
                 FROM res_partner AS partner
                 LEFT JOIN customer ON customer.customer = partner.id
                WHERE partner.id IN %s""",
            among,
        )

    # Insertion

    def _log_sql(self):
        now = fields.Datetime.now()
        uid = self.env.uid
        return SQL("%s, %s, %s, %s", uid, uid, now, now)

    def _request_sql(self):
        return SQL(
            """INSERT INTO clerk_audit_confirmation (run_id, audit_id, company_id,
                    partner_id, date, type, state, delivery_way, stated_company,
                    is_credit, reminder_count, create_uid, write_uid, create_date,
                    write_date)
               SELECT %(run)s, %(audit)s, %(company)s, picked.customer, %(day)s,
                      %(type)s, 'draft',
                      COALESCE(partner.statement_delivery, 'email'), picked.total,
                      picked.total < 0, 0, %(log)s
                 FROM picked JOIN res_partner AS partner ON partner.id = picked.customer
                ORDER BY ABS(picked.total) DESC, picked.customer
               RETURNING id, partner_id""",
            run=self.id,
            audit=self.audit_id.id,
            company=self.company_id.id,
            day=self.date,
            type=self.type,
            log=self._log_sql(),
        )

    def _balance_sql(self):
        """Insert a balance per currency; a zero balance is one in company currency."""
        return SQL(
            """INSERT INTO clerk_audit_confirmation_balance (confirmation_id, audit_id,
                    company_id, document_currency_id, stated, stated_company,
                    create_uid, write_uid, create_date, write_date)
               SELECT confirmation.id, %(audit)s, %(company)s,
                      COALESCE(owed.currency_id, %(currency)s),
                      COALESCE(owed.stated, 0), COALESCE(owed.stated_company, 0),
                      %(log)s
                 FROM confirmation
                 LEFT JOIN owed ON owed.customer = confirmation.partner_id
                      AND (owed.stated <> 0 OR owed.stated_company <> 0)
                ORDER BY confirmation.id, owed.stated_company DESC""",
            audit=self.audit_id.id,
            company=self.company_id.id,
            currency=self.currency_id.id,
            log=self._log_sql(),
        )

    def _line_sql(self):
        return SQL(
            """INSERT INTO clerk_audit_confirmation_item (confirmation_id, audit_id,
                    company_id, entry_id, move_id, name, date, due_date,
                    document_currency_id, amount, amount_company, received,
                    received_company, create_uid, write_uid, create_date, write_date)
               SELECT confirmation.id, %(audit)s, %(company)s, item.id, item.move_id,
                      item.number, item.date, item.due, item.currency_id, item.open,
                      item.open_company, 0, 0, %(log)s
                 FROM item JOIN confirmation ON confirmation.partner_id = item.customer
                ORDER BY confirmation.id, item.date, item.id""",
            audit=self.audit_id.id,
            company=self.company_id.id,
            log=self._log_sql(),
        )
