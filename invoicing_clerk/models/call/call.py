from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ...rules.call import call as rules


class ClerkCall(models.Model):
    """A phone call with a customer about invoices, with its outcome and follow-up.

    A call is saved as soon as it begins, so that closing a window loses nothing.
    Lifecycle, call pad, attempts and follow-up are each in a file of their own.
    """

    _name = "clerk.call"
    _description = "Call"
    _inherit = [
        "clerk.lifecycle",
        "clerk.customer.contact",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "contact_id", "number", "summary"]
    _lifecycle = rules.LIFECYCLE
    _writable_state = True
    _guarded_fields = frozenset({"external_id"})

    direction = fields.Selection(rules.DIRECTIONS, default="in", required=True)
    number = fields.Char(
        index="btree_not_null", help="As displayed or dialled, with the extension."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_from_invoices",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        help="The company or person billed.",
    )
    contact_id = fields.Many2one(
        "res.partner", index="btree_not_null", help="The person on the phone."
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_from_invoices",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Clerk",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    topic_id = fields.Many2one(
        "clerk.call.topic", ondelete="restrict", index="btree_not_null"
    )
    summary = fields.Text(help="Summary of the conversation and of any agreement.")
    move_ids = fields.Many2many(
        "account.move",
        "clerk_call_move_rel",
        "call_id",
        "move_id",
        string="Invoices",
        copy=False,
        help="The invoices that the call is about.",
    )
    error_ids = fields.Many2many(
        "clerk.billing.error",
        "clerk_call_error_rel",
        "call_id",
        "error_id",
        string="Billing Errors",
        copy=False,
    )
    promise_ids = fields.Many2many(
        "clerk.promise",
        "clerk_call_promise_rel",
        "call_id",
        "promise_id",
        string="Promises",
        copy=False,
    )
    external_id = fields.Char(
        copy=False,
        readonly=True,
        string="External ID",
        help="Identifies the call in the phone system. Each call has a unique ID.",
    )

    _external_id_unique = models.UniqueIndex(
        "(company_id, external_id) WHERE external_id IS NOT NULL",
        "A call with this external ID is already logged.",
    )
    _of_customer = models.Index("(partner_id, topic_id, start)")
    _started = models.Constraint(
        "CHECK (start IS NOT NULL OR state IN ('planned', 'dropped'))",
        "Enter the start of the call.",
    )

    @api.depends("move_ids")
    def _compute_from_invoices(self):
        for call in self:
            invoice = call.move_ids[:1]
            call.company_id = call.company_id or invoice.company_id or self.env.company
            call.partner_id = call.partner_id or invoice.commercial_partner_id

    @api.depends("partner_id", "contact_id", "number", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for call in self:
            partner = call.contact_id or call.partner_id
            date = call.date and format_datetime(
                self.env, call.date, dt_format="d MMM, HH:mm"
            )
            parts = (partner.display_name or call.number or self.env._("Call"), date)
            call.display_name = " · ".join(filter(None, parts))

    @api.constrains("number")
    def _check_number(self):
        for call in self.filtered("number"):
            self.env["res.partner"]._dialled(call.number)

    @api.constrains("move_ids", "partner_id", "company_id")
    def _check_invoices(self):
        for call in self:
            for move in call.move_ids:
                call._check_invoice(move)

    def _check_invoice(self, move):
        if move.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "%(invoice)s was issued by %(issuer)s, but this call belongs to "
                    "%(company)s. Log a separate call for it.",
                    invoice=move.display_name,
                    issuer=move.company_id.name,
                    company=self.company_id.name,
                )
            )
        if move.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(invoice)s was billed to %(billed)s, but this call is with "
                    "%(customer)s. Log a separate call for it.",
                    invoice=move.display_name,
                    billed=move.commercial_partner_id.display_name,
                    customer=self.partner_id.display_name
                    or self.env._("an unknown caller"),
                )
            )

    @api.constrains("error_ids", "promise_ids", "partner_id", "company_id")
    def _check_links(self):
        for call in self:
            for linked in (*call.error_ids, *call.promise_ids):
                call._check_link(linked)

    def _check_link(self, linked):
        if (linked.partner_id, linked.company_id) != (self.partner_id, self.company_id):
            raise ValidationError(
                self.env._(
                    "%(linked)s belongs to %(customer)s and %(company)s, but this call "
                    "does not. Log a separate call for it.",
                    linked=linked.display_name,
                    customer=linked.partner_id.display_name,
                    company=linked.company_id.name,
                )
            )

    @api.onchange("contact_id")
    def _onchange_contact_id(self):
        if self.contact_id:
            self.partner_id = self.contact_id.commercial_partner_id
            self.number = self.number or self.contact_id.phone

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered(lambda call: call.state == "done"):
            raise UserError(
                self.env._(
                    "%s: calls that took place stay in the log.",
                    ", ".join(done.mapped("display_name")),
                )
            )
