from odoo import api, fields, models


class ClerkReceiptMatch(models.Model):
    """Match rate and wrong matches, by payment and by line.

    Of matches that were applied, whether or not they were undone later.
    """

    _inherit = "clerk.receipt.match"

    automatic_share = fields.Float(
        string="Match Rate (Automatic)",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Share of payments that were applied without asking.",
    )
    wrong_share = fields.Float(
        string="Wrong Matches",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Share of payments whose application was undone.",
    )
    automatic_line_count = fields.Integer(
        string="Items Applied Automatically", compute="_compute_rates", store=True
    )
    wrong_line_count = fields.Integer(
        string="Wrong Items", compute="_compute_rates", store=True
    )

    @api.depends("state", "was_automatic", "line_count")
    def _compute_rates(self):
        for match in self:
            is_wrong = match.state == "undone"
            match.automatic_share = float(match.was_automatic)
            match.wrong_share = float(is_wrong)
            match.automatic_line_count = match.was_automatic * match.line_count
            match.wrong_line_count = is_wrong * match.line_count
