from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.attempt import attempt, reason_of
from .billing_check_source import DOCUMENT_TYPES, CheckedBooks, Subject

# Columns of a finding that a run sets, besides its check, subject and state.
COLUMNS = (
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

# More documents are not checked one by one.
MOST_WRITTEN = 5000


class ClerkBillingCheck(models.Model):
    """Runs: keep findings in line with the documents.

    For each check and company one statement adds, updates and closes findings. No
    document is read as a record. An error is kept on the check, and others go on.
    """

    _inherit = "clerk.billing.check"
    _guarded_fields = frozenset({"last_run", "run_error", "error_company_id"})

    last_run = fields.Datetime(readonly=True, copy=False)
    run_error = fields.Char(groups=fields.NO_ACCESS, copy=False)
    error_company_id = fields.Many2one(
        "res.company", groups=fields.NO_ACCESS, copy=False, ondelete="set null"
    )
    error_text = fields.Char(
        string="Error",
        compute="_compute_error_text",
        exportable=False,
        help="The reason why documents could not be checked.",
    )

    @api.depends("run_error", "error_company_id")
    @api.depends_context("uid", "lang")
    def _compute_error_text(self):
        """Show errors to people of the company only: they may name its records."""
        companies = self.env.user.company_ids
        for check in self:
            # sudo: shown only where the user has access to the company.
            text, company = check.sudo().run_error, check.sudo().error_company_id
            if text and company not in companies:
                text = self.env._("Documents of another company cannot be checked.")
            check.error_text = text

    @api.model
    def _cron_check(self):
        """Check documents written since the last run, and all of them once a day.

        Each company is committed before the next, and has a checkpoint of its own.
        """
        progress = self.env["ir.cron"]
        horizon = self.env["clerk.checkpoint"]._horizon()
        companies = self.env["res.company"].search([("active", "=", True)])
        progress._commit_progress(remaining=len(companies))
        for company in companies:
            self._check_since(company, horizon)
            if not progress._commit_progress(1):
                break

    @api.model
    def _check_since(self, company, horizon):
        """Check the documents of a company that were written since.

        Drafts are checked as well, before they are posted; once a day, all posted
        documents are.
        """
        checkpoint = self.env["clerk.checkpoint"]
        name = f"{self._name},{company.id}"
        since, moves = checkpoint._since(name), None
        if not checkpoint._is_whole_due(name):
            moves = self._written_since(company, since)
        if moves is None or moves:
            self._run_all(company, moves)
        if drafts := self._written(company, since, "draft")[:MOST_WRITTEN]:
            self._run_all(company, drafts)
        checkpoint._advance(name, horizon, whole=moves is None)

    @api.model
    def _written_since(self, company, since):
        """Return the documents to check; ``None`` if checking all is no more work."""
        moves = self._written(company, since, "posted")
        return moves if len(moves) <= MOST_WRITTEN else None

    @api.model
    def _written(self, company, since, state):
        documents = Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", state),
                ("move_type", "in", DOCUMENT_TYPES),
            ]
        )
        if since:
            documents &= Domain("write_date", ">=", since)
        return self.env["account.move"].search(
            documents,
            order="id desc",
            limit=MOST_WRITTEN + 1,
        )

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
    def _run_all(self, company, moves=None, codes=None):
        """Run all active checks on the documents of a company.

        :param moves: check only these; all posted documents by default
        :param codes: run only the checks with these codes
        """
        # sudo: findings are shown to those only who may read their company, and say
        # what belongs to the document; who may run checks was asked before.
        checks = self.sudo()._in_force(company).filtered("active")
        if moves is not None:
            checks = checks.filtered(lambda check: check._is_by_document())
        if codes is not None:
            checks = checks.filtered(lambda check: check.code in codes)
        self.env.flush_all()
        checks._prepare_run(company, moves)
        with self._automated_findings(company, moves):
            for check in self._in_order(checks):
                check._run(company, moves)
        self.env["clerk.billing.finding"].invalidate_model()

    @api.model
    def _automated_findings(self, company, moves):
        """Call automation rules for findings that are added, updated or closed, once
        for all checks.
        """
        domain = Domain("company_id", "=", company.id)
        if moves is not None:
            domain &= Domain("move_id", "in", moves.ids)
        return self.env["clerk.billing.finding"]._automated(domain)

    def _is_by_document(self):
        """Return whether single documents tell all that the check needs."""
        return self.subject == "document"

    def _prepare_run(self, company, moves):
        """Build tables that several of these checks read."""

    def _run(self, company, moves=None):
        """Run a check, and keep its error until all documents of the company pass."""
        error = attempt(self.env, lambda: self._find(company, moves))
        if error:
            reason = reason_of(error)
            if isinstance(error, DatabaseError):
                reason = self.env._("The database refused the query: %s", reason)
            self._inside().write({"run_error": reason, "error_company_id": company.id})
        elif moves is None:
            self._note_run(company)

    def _find(self, company, moves):
        books = CheckedBooks(self, company, moves)
        self.env.cr.execute(self._refresh_sql(books), log_exceptions=False)
        self._cover(company)

    def _note_run(self, company):
        values = {"last_run": fields.Datetime.now()}
        if self.error_company_id in (company, company.browse()):
            values.update(run_error=False, error_company_id=False)
        self._inside().write(values)

    # The statement

    def _subject_document(self, books):
        """Return documents and their lines as what findings are about."""
        return Subject(
            columns=("move_id", "move_line_id"),
            conflict=SQL(
                "(check_id, move_id, COALESCE(move_line_id, 0))"
                " WHERE move_id IS NOT NULL"
            ),
            tables=SQL("account_move AS move"),
            id=SQL("move.id"),
            company=SQL("move.company_id"),
            partner=SQL("move.commercial_partner_id"),
            currency=SQL("move.currency_id"),
            rate=SQL("move.invoice_currency_rate"),
            covered=books.covered(),
        )

    def _refresh_sql(self, books):
        subject = getattr(self, f"_subject_{self.subject}")(books)
        return SQL(
            """WITH source AS MATERIALIZED (%(source)s),
            kept AS (
                INSERT INTO clerk_billing_finding AS finding (%(columns)s, state,
                    found_on, create_uid, write_uid, create_date, write_date)
                SELECT %(columns)s, 'open', %(now)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM source
                    ON CONFLICT %(conflict)s
                    DO UPDATE SET %(pairs)s, state = %(state)s, gone_on = NULL,
                       write_date = %(now)s
                 WHERE finding.fingerprint IS DISTINCT FROM EXCLUDED.fingerprint
                    OR finding.severity IS DISTINCT FROM EXCLUDED.severity
                    OR finding.state <> %(state)s
             RETURNING 1),
            closed AS (
                UPDATE clerk_billing_finding AS finding
                   SET state = 'gone', gone_on = %(now)s, write_date = %(now)s
                  FROM %(tables)s
                 WHERE %(id)s = finding.%(key)s
                   AND finding.check_id = %(check)s
                   AND finding.company_id = %(company)s
                   AND finding.state IN ('open', 'accepted')
                   AND %(covered)s
                   AND NOT EXISTS (SELECT 1 FROM source WHERE %(same)s)
             RETURNING 1)
            SELECT (SELECT COUNT(*) FROM kept), (SELECT COUNT(*) FROM closed)""",
            source=self._source_sql(books, subject),
            columns=_names("check_id", *subject.columns, *COLUMNS),
            pairs=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                for name in COLUMNS
            ),
            same=SQL(" AND ").join(
                SQL(
                    "source.%s IS NOT DISTINCT FROM finding.%s",
                    SQL.identifier(name),
                    SQL.identifier(name),
                )
                for name in subject.columns
            ),
            conflict=subject.conflict,
            tables=subject.tables,
            id=subject.id,
            key=SQL.identifier(subject.key),
            covered=subject.covered,
            state=self._state_sql(books),
            now=fields.Datetime.now(),
            uid=self.env.uid,
            check=self.id,
            company=books.company.id,
        )

    def _cover(self, company):
        """Accept open findings that a standing acceptance covers, and reopen those that
        none covers any longer.
        """
        today = fields.Date.context_today(self)
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_billing_finding AS finding
                      SET state = CASE WHEN covered.acceptance_id IS NULL
                              THEN 'open' ELSE 'accepted' END,
                          acceptance_id = covered.acceptance_id,
                          write_date = %(now)s
                     FROM (
                        SELECT finding.id, %(covering)s AS acceptance_id
                          FROM clerk_billing_finding AS finding
                          JOIN clerk_billing_check AS present
                            ON present.id = finding.check_id
                         WHERE finding.check_id = ANY(%(checks)s)
                           AND finding.company_id = %(company)s
                           AND (finding.state = 'open'
                                OR finding.state = 'accepted'
                               AND finding.acceptance_id IS NOT NULL)) AS covered
                    WHERE covered.id = finding.id
                      AND (covered.acceptance_id IS DISTINCT FROM finding.acceptance_id
                           OR finding.state = 'open'
                          AND covered.acceptance_id IS NOT NULL)""",
                now=fields.Datetime.now(),
                covering=self.env["clerk.billing.acceptance"]._covering_sql(today),
                checks=self.ids,
                company=company.id,
            ),
            log_exceptions=False,
        )

    def _state_sql(self, books):
        """Return the state of what is found again: see `rules.state_found`."""
        return SQL(
            """CASE WHEN finding.state = 'case' THEN 'case'
                    WHEN finding.state = 'accepted'
                     AND finding.acceptance_id IS NOT NULL THEN 'accepted'
                    WHEN finding.accepted_fingerprint = EXCLUDED.fingerprint
                     AND COALESCE(finding.accepted_until >= %s, TRUE) THEN 'accepted'
                    ELSE 'open' END""",
            books.today,
        )

    def _source_sql(self, books, subject):
        """Return what the check finds with all columns of findings, one a subject."""
        return SQL(
            """SELECT DISTINCT ON (%(columns)s)
                    %(check)s AS check_id, %(columns)s,
                    found.reason, %(severity)s AS severity, %(company)s AS company_id,
                    %(partner)s AS partner_id, %(currency)s AS currency_id,
                    ROUND(found.amount, currency.decimal_places) AS amount,
                    ROUND(COALESCE(found.company_amount, found.amount
                        / COALESCE(NULLIF(%(rate)s, 0)::numeric, 1)),
                        %(places)s) AS amount_company,
                    found.facts,
                    MD5(CONCAT_WS('|', found.reason, TRIM_SCALE(found.amount),
                        found.facts)) AS fingerprint
               FROM (%(found)s) AS found
              CROSS JOIN %(tables)s
               JOIN res_currency AS currency ON currency.id = %(currency)s
              WHERE %(id)s = found.%(key)s AND %(unsuppressed)s
              ORDER BY %(columns)s, ABS(found.amount) DESC, found.reason,
                    found.facts""",
            columns=_names(*subject.columns, table="found"),
            check=self.id,
            severity=self.severity,
            company=subject.company,
            partner=subject.partner,
            currency=subject.currency,
            rate=subject.rate,
            tables=subject.tables,
            id=subject.id,
            key=SQL.identifier(subject.key),
            places=books.currency.decimal_places,
            found=self._handler(self.code)(books),
            unsuppressed=self._unsuppressed_sql(subject),
        )

    def _unsuppressed_sql(self, subject):
        return SQL(
            """NOT EXISTS (SELECT 1 FROM clerk_billing_finding AS cause
                             JOIN clerk_billing_check AS causing
                               ON causing.id = cause.check_id AND causing.active
                            WHERE cause.%(key)s = found.%(key)s
                              AND causing.code = ANY(%(causes)s)
                              AND cause.state IN ('open', 'case'))""",
            key=SQL.identifier(subject.key),
            causes=self._cause_codes(),
        )


def _names(*columns, table=None):
    """Return names of columns, of a table if given, as SQL."""
    parts = (SQL.identifier(*filter(None, (table, name))) for name in columns)
    return SQL(", ").join(parts)
