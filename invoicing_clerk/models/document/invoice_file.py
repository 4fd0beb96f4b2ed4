from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.gate import only_one

# More invoices are not checked one by one.
MOST_WRITTEN = 5000


class ClerkInvoiceFile(models.Model):
    """The file of a posted invoice: which documents it needs, and which are missing.

    Rows are written by SQL: at once for what a document is linked to, every 15 minutes
    for invoices that were written, and for all of them every day.
    """

    _name = "clerk.invoice.file"
    _description = "Invoice File"
    _inherit = ["clerk.guarded", "clerk.work.item.link"]
    _guards_all = True
    _order = "date desc, id desc"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", index=True)
    user_id = fields.Many2one(related="move_id.invoice_user_id", string="Salesperson")
    date = fields.Date(string="Invoice Date")
    kind_id = fields.Many2one("clerk.invoice.kind", ondelete="set null")
    required_count = fields.Integer(string="Required", aggregator="sum")
    missing_count = fields.Integer(string="Missing", index=True)
    missing = fields.Json(
        string="Missing Classes", exportable=False, export_string_translation=False
    )
    missing_names = fields.Char(
        string="Missing Documents", compute="_compute_missing_names"
    )

    _one = models.Constraint("UNIQUE (move_id)", "An invoice has one file.")

    @api.depends("missing")
    @api.depends_context("lang")
    def _compute_missing_names(self):
        classes = self.env["clerk.document.class"]
        for file in self:
            missing = classes.browse(file.missing or []).exists()
            file.missing_names = ", ".join(missing.mapped("name")) or False

    # Runs

    @api.model
    def _cron_refresh(self):
        """Check the files of invoices that were written; of all of them once a day."""
        checkpoint, progress = self.env["clerk.checkpoint"], self.env["ir.cron"]
        horizon = checkpoint._horizon()
        progress._commit_progress(remaining=1)
        ids = None
        if not checkpoint._is_whole_due(self._name):
            ids = self._written_since(checkpoint._since(self._name))
        if ids is None or ids:
            self._refresh(ids)
        checkpoint._advance(self._name, horizon, whole=ids is None)
        progress._commit_progress(1)

    @api.model
    def _written_since(self, since):
        """Return ids of invoices; None if checking all is no more work."""
        if self._is_policy_written(since):
            return None
        moves = self.env["account.move"].search(
            Domain("move_type", "=", "out_invoice") & Domain("write_date", ">=", since),
            order="id",
            limit=MOST_WRITTEN + 1,
        )
        return moves.ids if len(moves) <= MOST_WRITTEN else None

    @api.model
    def _is_policy_written(self, since):
        """Return whether kinds of invoices or classes of documents were written."""
        written = Domain("write_date", ">=", since)
        models_read = ("clerk.invoice.kind", "clerk.document.class")
        return any(
            self.env[model]
            .with_context(active_test=False)
            .search_count(written, limit=1)
            for model in models_read
        )

    # Actions

    def action_open_invoice(self):
        """Open the invoice."""
        return only_one(self).move_id.get_formview_action()

    def action_request_documents(self):
        """Draft requests for the missing documents of these invoices."""
        incomplete = self.filtered("missing_count")
        if not incomplete:
            raise UserError(self.env._("The files of these invoices are complete."))
        return incomplete.move_id.action_request_documents()
