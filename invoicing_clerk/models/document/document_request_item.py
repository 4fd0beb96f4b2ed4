from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...rules.document import request as rules


class ClerkDocumentRequestItem(models.Model):
    """A requested document: its class, the records that it is about, its status.

    ``about`` is what the recipient reads; the records themselves are never shown to
    them. The steps are in `document_request_item_step`.
    """

    _name = "clerk.document.request.item"
    _description = "Requested Document"
    _inherit = ["clerk.lifecycle", "clerk.work.item.link"]
    _lifecycle = rules.ITEM_LIFECYCLE
    _order = "request_id desc, sequence, id"
    _final_fields = frozenset({"request_id"})

    request_id = fields.Many2one(
        "clerk.document.request", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    partner_id = fields.Many2one(related="request_id.partner_id", store=True)
    user_id = fields.Many2one(related="request_id.user_id", store=True)
    date_due = fields.Date(related="request_id.date_due", store=True, index=True)
    asked_of = fields.Selection(related="request_id.asked_of")
    request_state = fields.Selection(
        related="request_id.state", string="Status of the Request"
    )
    class_id = fields.Many2one(
        "clerk.document.class",
        string="Document",
        required=True,
        index=True,
        ondelete="restrict",
    )
    about = fields.Char(
        size=200,
        help="The records that it is about, as the recipient reads them.",
    )
    state = fields.Selection(
        rules.ITEM_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    link_ids = fields.One2many(
        "clerk.document.link", "item_id", string="Records", copy=False
    )
    record_names = fields.Char(
        string="Linked Records", compute="_compute_record_names", exportable=False
    )

    @api.depends("class_id", "about")
    def _compute_display_name(self):
        for item in self:
            parts = (item.class_id.name, item.about)
            item.display_name = " · ".join(filter(None, parts)) or item._description

    @api.depends("link_ids", "request_id.link_ids")
    @api.depends_context("uid", "lang")
    def _compute_record_names(self):
        for item in self:
            names = item._links().mapped("name")
            item.record_names = ", ".join(filter(None, names)) or False

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: the request has been sent"""
        items = super().create(vals_list)
        if not self._passes_guard():
            items.request_id._check_draft()
        for item in items.filtered(lambda each: not each.about):
            item._inside().about = (item.record_names or "")[:200]
        return items

    def write(self, vals):
        """:raises UserError: what the recipient has read is changed"""
        self._check_guarded(vals)
        if not self._passes_guard():
            self._check_open(vals)
        return super().write(vals)

    def _check_open(self, vals):
        """Let the class be corrected while a document is checked, and no later."""
        content = {"about", "link_ids", "sequence"} & vals.keys()
        for item in self:
            if item.state == "draft" or (item.state == "received" and not content):
                continue
            raise UserError(item._refuse_step())

    def _check_draft(self):
        """:raises UserError: one was requested already"""
        for item in self.filtered(lambda each: each.state != "draft"):
            raise UserError(item._refuse_step())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        if not self._passes_guard():
            self._check_draft()

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the document instead.")

    def _links(self):
        """Return the links to the records that it is about, by default those of the
        request."""
        return self.link_ids or self.request_id.link_ids

    def _check_may_send(self):
        """:raises AccessError: the caller is neither a clerk nor the colleague asked"""
        user = self.env.user
        if self.env.su or user.has_group("invoicing_clerk.group_clerk"):
            self.check_access("read")
            return
        self.check_access("read")
        if self.request_id.colleague_id != user:
            raise AccessError(
                self.env._("Only the colleague who was asked can send it.")
            )

    def action_send_file(self):
        """Open the dialog to send the document."""
        self.ensure_one()
        self._check_may_send()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "clerk.document.send",
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_id": self.id},
        }
