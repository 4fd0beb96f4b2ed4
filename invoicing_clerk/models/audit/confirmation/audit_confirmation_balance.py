from odoo import api, fields, models


class ClerkAuditConfirmationBalance(models.Model):
    """A balance in one currency, in our records and in the customer's."""

    _name = "clerk.audit.confirmation.balance"
    _description = "Confirmed Balance"
    _inherit = ["clerk.guarded", "clerk.audit.part"]
    _guards_all = True
    _order = "confirmation_id, id"
    _rec_name = "document_currency_id"

    confirmation_id = fields.Many2one(
        "clerk.audit.confirmation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    document_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    stated = fields.Monetary(
        string="Our Records", currency_field="document_currency_id", readonly=True
    )
    stated_company = fields.Monetary(string="In Company Currency", readonly=True)
    answered = fields.Monetary(
        string="Customer's Records",
        currency_field="document_currency_id",
        readonly=True,
    )
    is_answered = fields.Boolean(string="Reply Received", readonly=True)
    difference = fields.Monetary(
        currency_field="document_currency_id",
        compute="_compute_difference",
        store=True,
        help="Customer's balance less our balance.",
    )
    explained = fields.Monetary(
        currency_field="document_currency_id", compute="_compute_explained"
    )
    unexplained = fields.Monetary(
        currency_field="document_currency_id",
        compute="_compute_explained",
    )

    _one_per_currency = models.UniqueIndex(
        "(confirmation_id, document_currency_id)",
        "Each currency may be entered only once.",
    )

    @api.depends("stated", "answered", "is_answered")
    def _compute_difference(self):
        for balance in self:
            difference = balance.answered - balance.stated
            balance.difference = difference if balance.is_answered else 0

    @api.depends(
        "difference",
        "confirmation_id.difference_ids.amount",
        "confirmation_id.difference_ids.document_currency_id",
    )
    def _compute_explained(self):
        for balance in self:
            lines = balance.confirmation_id.difference_ids.filtered(
                lambda line, currency=balance.document_currency_id: (
                    line.document_currency_id == currency
                )
            )
            currency = balance.document_currency_id
            balance.explained = currency.round(sum(lines.mapped("amount")))
            balance.unexplained = currency.round(balance.difference - balance.explained)

    def _differs(self):
        """Return the balances in which both records differ."""
        return self.filtered(
            lambda each: not each.document_currency_id.is_zero(each.difference)
        )
