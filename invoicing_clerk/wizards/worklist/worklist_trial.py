from odoo import api, fields, models
from odoo.fields import Command

from ...models.worklist.worklist_source import BrokenWorklistError
from ...rules.worklist import score as rules

# Number of records that a test shows, the most urgent first.
SHOWN = 80


class ClerkWorklistTrial(models.TransientModel):
    """Records that a worklist would contain now, by the rights of whoever tests it."""

    _name = "clerk.worklist.trial"
    _description = "Worklist Test"
    _inherit = "clerk.checked"

    worklist_id = fields.Many2one("clerk.worklist", required=True, ondelete="cascade")
    record_count = fields.Integer(string="Records", readonly=True)
    error = fields.Char(readonly=True)
    line_ids = fields.One2many("clerk.worklist.trial.line", "trial_id", readonly=True)

    @api.model
    def _run(self, worklist):
        """Return a test of the worklist, with its records or with its error."""
        values = {"worklist_id": worklist.id}
        try:
            with worklist._explaining_errors():
                rows = worklist._query_rows(limit=SHOWN)
        except BrokenWorklistError as error:
            return self.create({**values, "error": str(error)})
        return self.create(
            {
                **values,
                "record_count": rows[0]["total"] if rows else 0,
                "line_ids": [
                    Command.create(line) for line in self._lines(worklist, rows)
                ],
            }
        )

    @api.model
    def _lines(self, worklist, rows):
        names = {str(rule.id): rule.name for rule in worklist.rule_ids}
        records = self.env[worklist.model].browse([row["res_id"] for row in rows])
        for record, row in zip(records, rows, strict=True):
            yield {
                "record_name": record.display_name,
                "partner_id": row["partner_id"],
                "amount": row["amount"],
                "currency_id": row["currency_id"],
                "date": row["date"],
                "score": row["score"],
                "why": rules.breakdown(rules.reasons(row["points"], names)),
            }


class ClerkWorklistTrialLine(models.TransientModel):
    """A record that a worklist would contain."""

    _name = "clerk.worklist.trial.line"
    _inherit = "clerk.checked"
    _description = "Worklist Test Line"
    _order = "id"

    trial_id = fields.Many2one(
        "clerk.worklist.trial",
        string="Preview of Worklist",
        required=True,
        ondelete="cascade",
    )
    record_name = fields.Char(string="Record", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    score = fields.Integer(readonly=True)
    why = fields.Char(string="Reasons", readonly=True)
