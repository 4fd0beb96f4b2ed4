from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.document.request import (
    ASKED_OF,
    OPEN_STATES,
    REQUEST_LIFECYCLE,
    REQUEST_STATES,
)
from ..mixin.roles import READERS
from ..mixin.working_day import working_days_later

# What can be changed until a request is completed or cancelled.
OPEN_FIELDS = {"colleague_id", "contact_id", "date_due", "reason", "user_id"}


class ClerkDocumentRequest(models.Model):
    """Documents that are asked of a colleague, a customer or a supplier.

    Several at once, each about records of its own. Colleagues answer in the request
    itself, others on a page without login: see `document_request_page`. The steps are
    in `document_request_step`.
    """

    _name = "clerk.document.request"
    _description = "Document Request"
    _inherit = [
        *("clerk.drafted", "clerk.customer.contact", "clerk.thread", "clerk.due"),
        *("clerk.work.item.link", "mail.activity.mixin"),
    ]
    _lifecycle = REQUEST_LIFECYCLE
    _number_prefix = "DR"
    _order = "id desc"
    _rec_names_search = ["name", "partner_id"]
    _due_field = "date_due"
    _check_company_auto = True
    _content_fields = frozenset({"asked_of", "partner_id"})
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("asked_on", "link_serial", "link_until", "message_total"),
            *("refused_total", "closed_reason"),
        }
    )
    _deletable_states = ("draft",)

    state = fields.Selection(
        REQUEST_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asked_of = fields.Selection(
        ASKED_OF, string="Requested From", required=True, default="customer"
    )
    colleague_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
        help="The colleague who is asked for the documents.",
    )
    partner_id = fields.Many2one(tracking=True, check_company=True)
    contact_id = fields.Many2one(
        domain="[('id', 'child_of', partner_id)]",
        index="btree_not_null",
        help="The contact who is asked instead of the main address.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
        help="The clerk who has requested the documents, and checks them.",
    )
    reason = fields.Text(help="The purpose of the documents. The recipient reads it.")
    date_due = fields.Date(
        string="Due Date",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self._days_from_today(5),
    )
    asked_on = fields.Date(string="Requested On", readonly=True, copy=False)
    closed_reason = fields.Char(readonly=True, copy=False)
    item_ids = fields.One2many(
        "clerk.document.request.item", "request_id", string="Documents", copy=False
    )
    link_ids = fields.One2many(
        "clerk.document.link", "request_id", string="Records", copy=False
    )
    record_names = fields.Char(
        string="About",
        compute="_compute_record_names",
        groups=READERS,
        exportable=False,
    )
    open_count = fields.Integer(
        string="Outstanding", compute="_compute_counts", exportable=False
    )
    to_check_count = fields.Integer(
        string="To Check", compute="_compute_counts", exportable=False
    )
    progress = fields.Char(compute="_compute_counts", exportable=False)
    problem = fields.Char(
        compute="_compute_problem",
        exportable=False,
        help="The reason why the recipient cannot be reached.",
    )

    @api.depends("item_ids.state")
    @api.depends_context("lang")
    def _compute_counts(self):
        for request in self:
            states = request.item_ids.mapped("state")
            waiting = [each for each in states if each in OPEN_STATES]
            request.to_check_count = states.count("received")
            request.open_count = len(waiting) - states.count("received")
            request.progress = self.env._(
                "%(closed)s of %(all)s",
                closed=len(states) - len(waiting),
                all=len(states),
            )

    @api.depends("link_ids")
    @api.depends_context("uid", "lang")
    def _compute_record_names(self):
        for request in self:
            names = request.link_ids.mapped("name")
            request.record_names = ", ".join(filter(None, names)) or False

    # The recipient

    def _recipient(self):
        """Return the contact who is asked for the documents."""
        self.ensure_one()
        if self.asked_of == "colleague":
            # sudo: the contact of a user whom a clerk has named.
            return self.colleague_id.sudo().partner_id.with_env(self.env)
        return self.contact_id or self.partner_id

    @api.depends(
        *("asked_of", "colleague_id", "contact_id", "partner_id", "state"),
        *("link_until", "item_ids.state", "refused_total"),
    )
    @api.depends_context("lang")
    def _compute_problem(self):
        for request in self:
            is_open = request.state in ("draft", "open")
            request.problem = is_open and (
                request._recipient_problem() or request._link_problem()
            )

    def _link_problem(self):
        """Return why the recipient cannot send what is outstanding, or None."""
        if self.state != "open" or self.asked_of == "colleague":
            return None
        today = fields.Date.context_today(self)
        is_valid = self.link_until and self.link_until >= today
        if not self._outstanding():
            return None
        if is_valid and self._takes_no_file():
            return self.env._(
                "The page takes no more files: too many were damaged or dangerous. "
                "Send a new link."
            )
        if is_valid:
            return None
        return self.env._(
            "The recipient has no valid link and is not reminded. Send a new link."
        )

    def _recipient_problem(self):
        """Return why the recipient cannot be asked, or None."""
        if self.asked_of == "colleague":
            if not self.colleague_id:
                return self.env._("Select the colleague who has the documents.")
            # sudo: whether a named user has left.
            if not self.colleague_id.sudo().active:
                return self.env._(
                    "%s is no longer a user. Select another colleague.",
                    self.colleague_id.sudo().name,
                )
            return None
        if not self.partner_id:
            return self.env._("Select who has the documents.")
        recipient = self._recipient()
        return None if recipient._mailable() else recipient._no_email_text()

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for request in self:
            contact = request.contact_id
            if contact and contact.commercial_partner_id != request.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(partner)s.",
                        contact=contact.display_name,
                        partner=request.partner_id.display_name,
                    )
                )

    def write(self, vals):
        """Ask another recipient, or by another day, while a request is open.

        :raises UserError: a request that is completed or cancelled is changed, or the
            new recipient cannot be reached
        """
        self._check_guarded(vals)
        if OPEN_FIELDS & vals.keys() and not self._passes_guard():
            self._check_editable()
        asked = self.filtered(lambda each: each.state == "open")
        former = {each: each._recipient() for each in asked}
        due = {each: each.date_due for each in asked}
        result = super().write(vals)
        asked.filtered(lambda each: each.date_due != due[each])._move_due()
        if {"colleague_id", "contact_id"} & vals.keys():
            asked.filtered(lambda each: each._recipient() != former[each])._hand_over()
        return result

    @api.onchange("item_ids")
    def _onchange_item_ids(self):
        """Propose the longest time to reply of the requested classes."""
        days = self.item_ids.class_id.mapped("days")
        if days and self.state == "draft":
            self.date_due = self._days_from_today(max(days))

    def _days_from_today(self, number):
        """Return the day that is a number of working days from today."""
        today = fields.Date.context_today(self)
        company = self.company_id or self.env.company
        return working_days_later(company, today, number)

    def _check_editable(self):
        """:raises UserError: one is completed or cancelled"""
        for request in self.filtered(lambda each: each.state not in ("draft", "open")):
            raise UserError(request._refuse_step())
