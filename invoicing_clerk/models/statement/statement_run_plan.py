import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...rules.statement import statement_plan as rules
from ...rules.working_day import LONGEST_CLOSURE, next_working_day
from ..mixin.roles import company_supervisors
from ..mixin.working_day import closed_days

_logger = logging.getLogger(__name__)


class ClerkStatementRun(models.Model):
    """Creates the monthly run of each company that is set up for it.

    A run that could not be computed keeps the error, and is retried until it is
    computed or cancelled. If the run of a month is cancelled, no other one is created.
    """

    _inherit = "clerk.statement.run"

    @api.model
    def _cron_plan(self):
        """Create the monthly runs that are due, and commit after each."""
        companies = (
            self.env["res.company"]
            .search([("clerk_statement_plan", "=", True), ("parent_id", "=", False)])
            .sorted("id")
        )
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(companies))
        for company in companies:
            self._plan_company(company, self._today_in(company))
            if not progress._commit_progress(1):
                break

    @api.model
    def _plan_company(self, company, today):
        """Create and compute the monthly run of a company if it is due, or retry it."""
        run = self.search(self._monthly_domain(company, today), limit=1)
        if not run and today >= self._planned_day(company, today):
            run = self._make_monthly(company, today)
        if run.state == "draft":
            run._compute_monthly()

    @api.model
    def _monthly_domain(self, company, today):
        return [
            ("company_id", "=", company.id),
            ("kind", "=", "monthly"),
            ("date", "=", rules.as_of(today)),
        ]

    @api.model
    def _today_in(self, company):
        zone = company.clerk_statement_user_id.tz or company.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.model
    def _planned_day(self, company, today):
        day = rules.planned_day(today, company.clerk_statement_day)
        last = day + timedelta(days=LONGEST_CLOSURE)
        return next_working_day(day, closed_days(company, day, last))

    @api.model
    def _make_monthly(self, company, today):
        """Return the new run, or none if somebody else creates it at the same time."""
        try:
            with self.env.cr.savepoint():
                return self.create(self._monthly_values(company, today))
        except UniqueViolation:
            _logger.info("%s: the monthly statements already exist", company.name)
            return self.browse()

    @api.model
    def _monthly_values(self, company, today):
        return {
            "kind": "monthly",
            "company_id": company.id,
            "date": rules.as_of(today),
            "type": company.clerk_statement_type,
            "grouping": company.clerk_statement_grouping,
            "delivery_way": company.clerk_statement_delivery or "email",
            "minimum": company.clerk_statement_minimum,
            "with_zero": company.clerk_statement_with_zero,
            "with_credit": company.clerk_statement_with_credit,
        }

    def _compute_monthly(self):
        """Compute with the access rights of the reviewer, and schedule the review."""
        reviewer = self.company_id.clerk_statement_user_id
        try:
            self._check_reviewer(reviewer)
            with self.env.cr.savepoint():
                self.with_user(reviewer).with_company(self.company_id).action_compute()
        except (UserError, AccessError) as error:
            self._report_failure(reviewer, str(error))
        else:
            self._schedule_review(reviewer, self.env._("Review the monthly statements"))

    def _check_reviewer(self, reviewer):
        if not reviewer.active:
            raise UserError(
                self.env._(
                    "%(user)s, the reviewer of the statements of %(company)s, is "
                    "archived. Select another reviewer in the settings.",
                    user=reviewer.name,
                    company=self.company_id.name,
                )
            )

    def _report_failure(self, reviewer, reason):
        is_new = self.error != reason
        self._inside().error = reason
        if is_new:
            self._schedule_review(
                reviewer, self.env._("Monthly statements failed"), reason
            )

    def _schedule_review(self, reviewer, summary, note=""):
        """Schedule one activity for the reviewer, or else for the supervisors."""
        self._close_activities()
        people = reviewer.filtered("active") or company_supervisors(self.company_id)
        for user in people:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=summary,
                note=note,
            )

    def _close_activities(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])
