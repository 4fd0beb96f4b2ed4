from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

BATCH_SIZE = 1000


class ClerkStatementRun(models.Model):
    """Drops lines and PDFs of old runs, where a company wants that.

    Totals, seals and what became of each statement stay: that a copy which somebody
    still has is the true one can be proved, what it said item by item cannot be read.
    """

    _inherit = "clerk.statement.run"

    reduced_on = fields.Date(
        string="Lines Dropped On",
        readonly=True,
        copy=False,
        help="By the company's retention setting. Totals and seals were kept.",
    )

    @api.model
    def _cron_reduce(self):
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search(
            [("clerk_statement_keep_months", ">", 0)]
        )
        for company in companies:
            months = company.clerk_statement_keep_months
            old = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("done", "cancelled")),
                    ("date", "<", today - relativedelta(months=months)),
                    ("reduced_on", "=", False),
                ],
                order="date, id",
            )
            for run in old:
                if not run._reduce():
                    return

    def _reduce(self):
        """Whether it is done: what is left when time is up, waits for the next one."""
        progress = self.env["ir.cron"]
        while statements := self._not_reduced():
            statements._reduce()
            if not progress._commit_progress(len(statements)):
                return False
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        ).unlink()
        self.reduced_on = fields.Date.context_today(self)
        return bool(progress._commit_progress())

    def _not_reduced(self):
        statements = self.env["clerk.statement"]
        return statements.search(
            [
                ("run_id", "=", self.id),
                "|",
                ("line_ids", "!=", False),
                ("document_id", "!=", False),
            ],
            limit=BATCH_SIZE,
        )
