from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.plural import plural
from ..mixin.amount import amount_text

# Invoices may be unsent for this number of days before the step is open.
FRESH_DAYS = 30


class ClerkSetupStep(models.Model):
    """Search what is configured in a company: whether a step is done, and why."""

    _inherit = "clerk.setup.step"

    def _find_roles(self, company):
        names = {
            role: self._members(f"invoicing_clerk.group_{role}", company).mapped("name")
            for role in ("clerk", "supervisor", "auditor")
        }
        clerks = [name for name in names["clerk"] if name not in names["supervisor"]]
        finding = self.env._(
            "Clerks: %(clerks)s, supervisors: %(supervisors)s, auditors: %(auditors)s",
            clerks=len(clerks),
            supervisors=len(names["supervisor"]),
            auditors=len(names["auditor"]),
        )
        return bool(clerks and names["supervisor"]), finding

    def _members(self, group, company):
        # sudo: supervisors see how many colleagues of their company have a role.
        users = self.env.ref(group).sudo().all_user_ids
        return users.filtered(lambda user: user.active and company in user.company_ids)

    def _find_mail_server(self, company):
        # sudo: only whether there is one; its settings are not read.
        server = self.env["ir.mail_server"].sudo().search([], limit=1)
        if server:
            return True, self.env._("There is an outgoing mail server.")
        return False, self.env._("No outgoing mail server is set up.")

    def _find_work_start(self, company):
        if company.clerk_work_start:
            day = format_date(self.env, company.clerk_work_start)
            return True, self.env._("Invoices dated before %s count as sent.", day)
        before = fields.Date.context_today(self) - timedelta(days=FRESH_DAYS)
        old = self._unsent_domain(company) & Domain("invoice_date", "<", before)
        count = self.env["account.move"].search_count(old)
        if not count:
            return True, self.env._("All older invoices are marked as sent.")
        return False, plural(
            f"{count:,}",
            self.env._(
                "%(count)s open invoice is older than %(days)s days and not marked as "
                "sent.",
                count=f"{count:,}",
                days=FRESH_DAYS,
            ),
            self.env._(
                "%(count)s open invoices are older than %(days)s days and not marked "
                "as sent.",
                count=f"{count:,}",
                days=FRESH_DAYS,
            ),
        )

    def _unsent_domain(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("is_move_sent", "=", False)
            & Domain("is_unpaid", "=", True)
        )

    def _find_write_off(self, company):
        account = company.clerk_write_off_account_id
        if account:
            return True, self.env._(
                "Up to %(amount)s to %(account)s.",
                amount=amount_text(company.currency_id, company.clerk_write_off_limit),
                account=account.display_name,
            )
        return False, self.env._("Without an account, nothing can be written off.")

    def _find_approval_limits(self, company):
        limits = self.env["clerk.approval.limit"].search(
            [("company_id", "in", (False, company.id))]
        )
        finding = plural(
            len(limits),
            self.env._("%s limit, as installed or changed.", len(limits)),
            self.env._("%s limits, as installed or changed.", len(limits)),
        )
        changed = limits.filtered(lambda limit: limit.write_date > limit.create_date)
        return bool(changed), finding

    def _find_monthly_statements(self, company):
        if company.clerk_statement_plan:
            return True, self.env._(
                "Computed on day %(day)s of each month; %(reviewer)s reviews them.",
                day=company.clerk_statement_day,
                reviewer=company.clerk_statement_user_id.name,
            )
        return False, self.env._("Statements are created manually.")

    def _find_statement_addresses(self, company):
        debtors = self.env["clerk.receivable"].search(
            [("company_id", "=", company.id), ("owed", ">", 0)]
        )
        if not debtors:
            return False, self.env._(
                "There are no customer balances yet: press Refresh on the desk first."
            )
        lacking = debtors.partner_id.filtered("lacks_email")
        finding = plural(
            len(lacking),
            self.env._(
                "%(lacking)s of %(count)s customers with a balance has no email "
                "address.",
                lacking=len(lacking),
                count=len(debtors.partner_id),
            ),
            self.env._(
                "%(lacking)s of %(count)s customers with a balance have no email "
                "address.",
                lacking=len(lacking),
                count=len(debtors.partner_id),
            ),
        )
        return not lacking, finding

    def _find_credit_limits(self, company):
        if company.account_use_credit_limit:
            return True, self.env._("Credit limits are in use.")
        return False, self.env._("Credit limits are not in use.")

    def _find_retention(self, company):
        periods = {
            "calls": company.clerk_call_retention,
            "statements": company.clerk_statement_keep_months,
        }
        if company.clerk_call_retention_confirmed:
            return True, self.env._(
                "Months confirmed: calls %(calls)s, statements %(statements)s. 0 means "
                "forever.",
                **periods,
            )
        return False, self.env._(
            "Months to confirm: calls %(calls)s, statements %(statements)s. 0 means "
            "forever.",
            **periods,
        )

    def _find_invoice_files(self, company):
        kinds = self.env["clerk.invoice.kind"].search(Domain.TRUE)
        if not kinds:
            return False, self.env._("No documents are required.")
        return True, self.env._(
            "Documents are required for: %s.", ", ".join(kinds.mapped("name"))
        )
