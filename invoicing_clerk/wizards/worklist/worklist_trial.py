from odoo import api, fields, models
from odoo.fields import Command

from ...models.worklist.worklist_source import BrokenWorklistError
from ...rules.worklist import worklist as rules

# The most urgent records that a test shows.
SHOWN = 80


class ClerkWorklistTrial(models.TransientModel):
    """What a worklist would catch right now, asked as the person who sets it up."""

    _name = "clerk.worklist.trial"
    _description = "Test of a Worklist"

    worklist_id = fields.Many2one("clerk.worklist", required=True, ondelete="cascade")
    record_count = fields.Integer(string="Records", readonly=True)
    error = fields.Char(readonly=True)
    line_ids = fields.One2many("clerk.worklist.trial.line", "trial_id", readonly=True)

    @api.model
    def _of(self, worklist):
        """Ask without keeping the answer; what is wrong becomes a sentence."""
        values = {"worklist_id": worklist.id}
        try:
            with worklist._asking():
                rows = worklist._answer(limit=SHOWN)
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
    """One record that a worklist would catch."""

    _name = "clerk.worklist.trial.line"
    _description = "Record of a Worklist Test"
    _order = "id"

    trial_id = fields.Many2one(
        "clerk.worklist.trial", required=True, ondelete="cascade"
    )
    record_name = fields.Char(string="Record", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    score = fields.Integer(readonly=True)
    why = fields.Char(readonly=True)
