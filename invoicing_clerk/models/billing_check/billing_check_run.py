from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .billing_check_source import DOCUMENT_TYPES, CheckedBooks

# Columns of a finding that a run sets, besides its state.
COLUMNS = (
    "check_id",
    "move_id",
    "move_line_id",
    "reason",
    "severity",
    "company_id",
    "partner_id",
    "currency_id",
    "amount",
    "amount_company",
    "facts",
    "fingerprint",
)


class ClerkBillingCheck(models.Model):
    """Runs: keep findings in line with the documents.

    For each check and company one statement adds, updates and closes findings. No
    document is read as a record. An error is kept on the check, and others go on.
    """

    _inherit = "clerk.billing.check"
    _guarded_fields = frozenset({"last_run", "run_error", "error_company_id"})

    last_run = fields.Datetime(readonly=True, copy=False)
    run_error = fields.Char(
        string="Error",
        readonly=True,
        copy=False,
        help="The reason why documents could not be checked.",
    )
    error_company_id = fields.Many2one(
        "res.company",
        string="Company with the Error",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    @api.model
    def _cron_check(self):
        """Check all posted documents, and commit each company before the next."""
        progress = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        progress._commit_progress(remaining=len(companies))
        for company in companies:
            self._run_all(company)
            if not progress._commit_progress(1):
                break

    @api.model
    def _check_may_run(self):
        """:raises AccessError: the caller is not a clerk"""
        self.check_access("read")
        if not self.env.user.has_group("invoicing_clerk.group_clerk"):
            raise AccessError(
                self.env._("Only clerks can check documents. Ask one of them.")
            )

    @api.model
    def _check_moves(self, moves):
        """Check these customer documents, drafts included."""
        moves = moves.filtered(lambda move: move.move_type in DOCUMENT_TYPES)
        for company, of_company in moves.grouped("company_id").items():
            self._run_all(company, of_company)

    @api.model
    def _run_all(self, company, moves=None):
        """Run all active checks on the documents of a company.

        :param moves: check only these; all posted documents by default
        """
        # sudo: findings are shown to those only who may read their company, and say
        # what belongs to the document; who may run checks was asked before.
        checks = self.sudo().search([("active", "=", True)])
        self.env.flush_all()
        for check in self._in_order(checks):
            check._run(company, moves)
        self.env["clerk.billing.finding"].invalidate_model()

    def _run(self, company, moves=None):
        """Run a check, and keep its error until all documents of the company pass."""
        error = False
        try:
            with self.env.cr.savepoint(flush=False):
                books = CheckedBooks(self, company, moves)
                self.env.cr.execute(self._refresh_sql(books), log_exceptions=False)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as refusal:
            error = str(refusal)
        except DatabaseError as failure:
            error = self.env._(
                "The database refused the query: %s",
                str(failure).strip().partition("\n")[0],
            )
        if error:
            self._inside().write({"run_error": error, "error_company_id": company.id})
        elif moves is None:
            self._note_run(company)

    def _note_run(self, company):
        values = {"last_run": fields.Datetime.now()}
        if self.error_company_id in (company, company.browse()):
            values.update(run_error=False, error_company_id=False)
        self._inside().write(values)

    # The statement

    def _refresh_sql(self, books):
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        return SQL(
            """WITH source AS MATERIALIZED (%(source)s),
            kept AS (
                INSERT INTO clerk_billing_finding AS finding (%(columns)s, state,
                    found_on, create_uid, write_uid, create_date, write_date)
                SELECT %(columns)s, 'open', %(now)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM source
                    ON CONFLICT (check_id, move_id, COALESCE(move_line_id, 0))
                    DO UPDATE SET %(pairs)s, state = %(state)s, gone_on = NULL,
                       write_date = %(now)s
                 WHERE finding.fingerprint IS DISTINCT FROM EXCLUDED.fingerprint
                    OR finding.severity IS DISTINCT FROM EXCLUDED.severity
                    OR finding.state <> %(state)s
             RETURNING 1),
            closed AS (
                UPDATE clerk_billing_finding AS finding
                   SET state = 'gone', gone_on = %(now)s, write_date = %(now)s
                  FROM account_move AS move
                 WHERE move.id = finding.move_id
                   AND finding.check_id = %(check)s
                   AND finding.company_id = %(company)s
                   AND finding.state IN ('open', 'accepted')
                   AND %(covered)s
                   AND NOT EXISTS (
                    SELECT 1 FROM source
                     WHERE source.move_id = finding.move_id
                       AND source.move_line_id
                           IS NOT DISTINCT FROM finding.move_line_id)
             RETURNING 1)
            SELECT (SELECT COUNT(*) FROM kept), (SELECT COUNT(*) FROM closed)""",
            source=self._source_sql(books),
            columns=columns,
            pairs=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                for name in COLUMNS[3:]
            ),
            state=self._state_sql(books),
            now=fields.Datetime.now(),
            uid=self.env.uid,
            check=self.id,
            company=books.company.id,
            covered=books.covered(),
        )

    def _state_sql(self, books):
        """Return the state of what is found again: see `rules.state_found`."""
        return SQL(
            """CASE WHEN finding.state = 'case' THEN 'case'
                    WHEN finding.accepted_fingerprint = EXCLUDED.fingerprint
                     AND COALESCE(finding.accepted_until >= %s, TRUE) THEN 'accepted'
                    ELSE 'open' END""",
            books.today,
        )

    def _source_sql(self, books):
        """Return what the check finds with all columns of findings, one a subject."""
        return SQL(
            """SELECT DISTINCT ON (found.move_id, found.move_line_id)
                    %(check)s AS check_id, found.move_id, found.move_line_id,
                    found.reason, %(severity)s AS severity, move.company_id,
                    move.commercial_partner_id AS partner_id, move.currency_id,
                    ROUND(found.amount, currency.decimal_places) AS amount,
                    ROUND(COALESCE(found.company_amount, found.amount
                        / COALESCE(NULLIF(move.invoice_currency_rate, 0)::numeric, 1)),
                        %(places)s) AS amount_company,
                    found.facts,
                    MD5(CONCAT_WS('|', found.reason, TRIM_SCALE(found.amount),
                        found.facts)) AS fingerprint
               FROM (%(found)s) AS found
               JOIN account_move AS move ON move.id = found.move_id
               JOIN res_currency AS currency ON currency.id = move.currency_id
              WHERE %(unsuppressed)s
              ORDER BY found.move_id, found.move_line_id, ABS(found.amount) DESC,
                    found.reason, found.facts""",
            check=self.id,
            severity=self.severity,
            places=books.currency.decimal_places,
            found=self._handler(self.code)(books),
            unsuppressed=self._unsuppressed_sql(),
        )

    def _unsuppressed_sql(self):
        causes = self.suppressed_by_ids.filtered("active").ids
        return SQL(
            """NOT EXISTS (SELECT 1 FROM clerk_billing_finding AS cause
                            WHERE cause.move_id = found.move_id
                              AND cause.check_id = ANY(%s)
                              AND cause.state IN ('open', 'case'))""",
            causes,
        )
