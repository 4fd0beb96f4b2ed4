from urllib.parse import quote

from odoo import api, fields, models

from ....rules.audit.pack import audit_pack as rules


class ClerkAuditPackItem(models.Model):
    """A document of a pack: its files in the pack, and missing ones."""

    _name = "clerk.audit.pack.item"
    _description = "Item of an Evidence Pack"
    _inherit = ["clerk.lifecycle"]
    _guards_all = True
    _lifecycle = rules.ITEM_LIFECYCLE
    _order = "pack_id, sequence, id"

    pack_id = fields.Many2one(
        "clerk.audit.pack", required=True, ondelete="cascade", index=True
    )
    audit_id = fields.Many2one(related="pack_id.audit_id", store=True, index=True)
    company_id = fields.Many2one(related="pack_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(string="No.", readonly=True, aggregator=None)
    name = fields.Char(string="Number", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer", readonly=True
    )
    date = fields.Date(related="move_id.date")
    amount = fields.Monetary(
        related="move_id.amount_total_signed",
        currency_field="company_currency_id",
        string="Amount",
    )
    state = fields.Selection(
        rules.ITEM_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    error = fields.Char(readonly=True)
    tries = fields.Integer(
        string="Interrupted Attempts",
        readonly=True,
        exportable=False,
        help="Attempts that were interrupted, because a worker was stopped.",
    )
    figures = fields.Json(
        readonly=True, help="Figures of the document when it was read, for the index."
    )
    files = fields.Json(
        string="Files with Hashes",
        readonly=True,
        exportable=False,
    )
    file_count = fields.Integer(string="Files", readonly=True)
    missing = fields.Json(string="Missing Documents", readonly=True, exportable=False)
    missing_count = fields.Integer(string="Missing", readonly=True)
    missing_text = fields.Text(
        string="Missing Documents and Reasons", compute="_compute_missing_text"
    )

    def _move_on(self, step, **values):
        """Take a step of the worker, or of a user with the pack, which is the lock."""
        self._check_step(step)
        self._write_step(step, **values)

    @api.depends("missing")
    def _compute_missing_text(self):
        for item in self:
            item.missing_text = "\n".join(
                f"{each['what']}: {each['why']}" for each in item.missing or ()
            )

    def _link(self):
        """Return the link from the index to the cover sheet."""
        return quote(f"{self.figures['folder']}/cover.pdf")
