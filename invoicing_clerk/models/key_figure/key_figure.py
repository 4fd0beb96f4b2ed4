from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.key_figure import key_figure as rules


class ClerkKeyFigure(models.Model):
    """A key figure of a company in a month, with the amounts it is computed from.

    `rules.key_figure` has the formulas. The scheduled action computes months again
    until they are final; from then on the figure is frozen. `key_figure_compute` says
    how to add a figure.
    """

    _name = "clerk.key.figure"
    _description = "Key Figure"
    _inherit = ["clerk.guarded"]
    # Frozen figures stay as they are, whoever asks.
    _guards_all = True
    _guards_superuser = True
    _order = "month desc, sequence, company_id, id"
    _rec_name = "code"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    month = fields.Date(
        required=True, readonly=True, help="The first day of the month."
    )
    until = fields.Date(
        required=True,
        readonly=True,
        help="The last day that the figure includes: the end of the month, or the day "
        "on which the current month was computed.",
    )
    code = fields.Selection(
        [(code, figure.name) for code, figure in rules.FIGURES.items()],
        string="Key Figure",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(readonly=True, exportable=False, aggregator=None)
    inputs = fields.Json(readonly=True, exportable=False)
    value = fields.Float(
        string="Figure",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        exportable=False,
        help="0 where the figure has no value: the reason says why.",
    )
    unit = fields.Selection(rules.UNITS, required=True, readonly=True)
    empty_reason = fields.Selection(
        rules.EMPTY_REASONS, string="Reason for No Value", readonly=True
    )
    state = fields.Selection(
        rules.STATES, string="Status", required=True, readonly=True
    )
    computed_on = fields.Datetime(required=True, readonly=True)
    computed_afterwards = fields.Boolean(
        readonly=True,
        help="The month was final before it was computed. Records may have changed in "
        "the meantime.",
    )
    error = fields.Char(string="Error of the Last Computation", readonly=True)
    recomputations = fields.Text(
        string="Computed Again",
        readonly=True,
        help="Who had a frozen figure computed again, why, and its value before.",
    )

    _one = models.Constraint(
        "UNIQUE (company_id, month, code)",
        "There can be only one figure of each kind per company and month.",
    )
    _first_day = models.Constraint(
        "CHECK (EXTRACT(DAY FROM month) = 1)",
        "The month of a key figure is given by its first day.",
    )

    @api.model
    def _guard_hint(self):
        return self.env._("Key figures are computed every night, until they are final.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        """:raises UserError: names the frozen figure"""
        for figure in self.filtered(lambda figure: figure.state == "frozen"):
            raise UserError(
                self.env._("%s is frozen and cannot be deleted.", figure.display_name)
            )
