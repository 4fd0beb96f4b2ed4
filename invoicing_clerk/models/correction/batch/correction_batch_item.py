from odoo import fields, models

from ....rules.correction import correction_batch as rules


class ClerkCorrectionBatchItem(models.Model):
    """A document of a batch, its correction, and why it is not corrected."""

    _name = "clerk.correction.batch.item"
    _description = "Document of a Correction Batch"
    _inherit = ["clerk.lifecycle"]
    _lifecycle = rules.ITEM_LIFECYCLE
    _guards_all = True
    _order = "batch_id desc, partner_id, currency_id, invoice_date, id"

    batch_id = fields.Many2one(
        "clerk.correction.batch",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    # Copied, so that core does not look for items whenever it writes documents.
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True
    )
    invoice_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    error_id = fields.Many2one(
        "clerk.billing.error",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    correction_id = fields.Many2one(
        "clerk.correction", readonly=True, index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(
        rules.ITEM_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="found",
        index=True,
    )
    note = fields.Char(
        string="Reason",
        readonly=True,
        help="The reason why the document is not corrected.",
    )
    tries = fields.Integer(
        string="Interrupted Attempts",
        readonly=True,
        exportable=False,
        help="Attempts that were interrupted.",
    )
    untaxed = fields.Monetary(string="Untaxed Change", readonly=True)
    amount = fields.Monetary(
        string="Change",
        readonly=True,
        help="The amount that the customer will owe in addition; negative if less.",
    )
    amount_company = fields.Monetary(
        string="Change in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    stake = fields.Monetary(
        string="At Stake", currency_field="company_currency_id", readonly=True
    )
    taxes = fields.Json(readonly=True, exportable=False)
    fingerprint = fields.Char(
        string="Checksum of Proposal", readonly=True, exportable=False
    )

    _one_each = models.UniqueIndex("(batch_id, move_id)")

    def _write_step(self, step, **values):
        # sudo: nobody has write access to items; the worker took the step.
        return super(ClerkCorrectionBatchItem, self.sudo())._write_step(step, **values)

    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_open_correction(self):
        """Open the correction."""
        self.ensure_one()
        return self.correction_id.get_formview_action()
