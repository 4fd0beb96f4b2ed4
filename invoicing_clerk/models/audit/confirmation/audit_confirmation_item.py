from odoo import api, fields, models


class ClerkAuditConfirmationItem(models.Model):
    """A document open in our records as of the date, and its subsequent receipts."""

    _name = "clerk.audit.confirmation.item"
    _description = "Open Item of a Confirmation"
    _inherit = ["clerk.guarded", "clerk.audit.part"]
    _guards_all = True
    _order = "confirmation_id, date, id"

    confirmation_id = fields.Many2one(
        "clerk.audit.confirmation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(related="confirmation_id.partner_id")
    entry_id = fields.Many2one(
        "account.move.line", string="Journal Item", readonly=True, index=True
    )
    move_id = fields.Many2one(
        "account.move", string="Document", readonly=True, index="btree_not_null"
    )
    name = fields.Char(string="Number", readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    document_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        string="Open Amount", currency_field="document_currency_id", readonly=True
    )
    amount_company = fields.Monetary(string="Open in Company Currency", readonly=True)
    received = fields.Monetary(
        string="Subsequent Receipts",
        currency_field="document_currency_id",
        readonly=True,
        help="Payments after the confirmation date that settle this item.",
    )
    received_company = fields.Monetary(
        string="Receipts in Company Currency", readonly=True
    )
    received_on = fields.Date(
        string="First Receipt On", readonly=True, help="Date of the first payment."
    )
    delivered = fields.Char(
        string="Deliveries",
        readonly=True,
        help="Deliveries of the goods invoiced, if the Inventory app is installed.",
    )
    has_evidence = fields.Boolean(
        string="Evidence Obtained", compute="_compute_has_evidence"
    )

    @api.depends("received", "delivered")
    def _compute_has_evidence(self):
        for item in self:
            currency = item.document_currency_id
            item.has_evidence = bool(item.delivered) or not currency.is_zero(
                item.received
            )

    def action_open_document(self):
        self.ensure_one()
        return self.move_id.get_formview_action()
