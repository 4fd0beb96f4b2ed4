from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

BATCH_SIZE = 1000


class ClerkStatementRun(models.Model):
    """Deletes lines and PDFs of old runs after the retention period of the company.

    Totals, seals and delivery status are kept. With the seal, a copy of the PDF can
    still be verified; the items are no longer stored.
    """

    _inherit = "clerk.statement.run"
    _guarded_fields = frozenset({"reduced_on"})

    reduced_on = fields.Date(
        string="Lines Deleted On",
        readonly=True,
        copy=False,
        help="Date on which the lines were deleted, after the retention period of the "
        "company. Totals and seals are kept.",
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
        """Delete lines and PDFs, and return whether there was time for all of them."""
        progress = self.env["ir.cron"]
        while statements := self._not_reduced():
            statements._reduce()
            if not progress._commit_progress(len(statements)):
                return False
        self._drop_evidence("print")
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
