from odoo import api, fields, models
from odoo.fields import Command

from .correction_billed import LedgerMismatchError, UnclearLinesError


class ClerkCorrectionMatch(models.Model):
    """A line of the document that a line of an earlier note may amend.

    Offered where Odoo does not store which of several similar lines a credit note made
    by hand amends: a person selects it.
    """

    _name = "clerk.correction.match"
    _inherit = ["clerk.correction.part"]
    _description = "Line That a Note May Amend"
    _order = "note_line_id, move_line_id"
    _guarded_fields = frozenset({"note_line_id", "move_line_id"})

    note_line_id = fields.Many2one(
        "account.move.line",
        string="Line of the Note",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    note_id = fields.Many2one(related="note_line_id.move_id", string="Note")
    note_text = fields.Char(related="note_line_id.name", string="Text")
    note_quantity = fields.Float(related="note_line_id.quantity", string="Qty")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Amended Line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(related="move_line_id.name", string="Line")
    quantity = fields.Float(related="move_line_id.quantity", string="Qty Invoiced")
    account_id = fields.Many2one(related="move_line_id.account_id")
    analytic_distribution = fields.Json(related="move_line_id.analytic_distribution")
    analytic_precision = fields.Integer(related="move_line_id.analytic_precision")
    is_selected = fields.Boolean(
        string="Amended", help="The note amends this line of the document."
    )

    _line_unique = models.Constraint(
        "UNIQUE (correction_id, note_line_id, move_line_id)",
        "Each line is offered only once.",
    )

    def write(self, vals):
        """Select one line at a time, and reload what is billed."""
        if vals.get("is_selected"):
            others = self.correction_id.match_ids - self
            others.filtered(
                lambda each: each.is_selected and each.note_line_id in self.note_line_id
            ).is_selected = False
        done = super().write(vals)
        if "is_selected" in vals:
            self.correction_id.action_reload()
        return done


class ClerkCorrection(models.Model):
    _inherit = "clerk.correction"

    match_ids = fields.One2many(
        "clerk.correction.match", "correction_id", string="Lines Amended by Notes"
    )

    is_unclear = fields.Boolean(
        compute="_compute_is_unclear",
        exportable=False,
        help="The lines amended by earlier notes must be selected manually.",
        export_string_translation=False,
    )

    @api.depends("move_id", "match_ids.is_selected")
    def _compute_is_unclear(self):
        for correction in self:
            correction.is_unclear = (
                bool(correction.move_id) and correction._has_unclear_lines()
            )

    def _has_unclear_lines(self):
        try:
            self._ledger().billed_terms()
        except UnclearLinesError:
            return True
        except LedgerMismatchError:
            return False
        return False

    def _match_answers(self):
        """Return the selected lines of the document, by line of a note."""
        return {
            match.note_line_id: match.move_line_id
            for match in self.match_ids
            if match.is_selected
        }

    def _offer_matches(self, unclear):
        """Offer lines of the document to select from: ``{note line: [lines]}``."""
        known = {(each.note_line_id, each.move_line_id) for each in self.match_ids}
        self._inside().match_ids = [
            Command.create({"note_line_id": note_line.id, "move_line_id": line.id})
            for note_line, lines in unclear.items()
            for line in lines
            if (note_line, line) not in known
        ]
