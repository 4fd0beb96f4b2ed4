from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ...rules.call import call as rules


class ClerkCall(models.Model):
    """A telephone call: who said what about which invoices, and what comes of it.

    A call is a saved record from its first second, so that no closed window loses it.
    Steps, the pad, attempts and what follows are each in a file of their own.
    """

    _name = "clerk.call"
    _description = "Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "contact_id", "number", "summary"]

    direction = fields.Selection(rules.DIRECTIONS, default="in", required=True)
    number = fields.Char(
        index="btree_not_null", help="As it was shown or dialled, with extension."
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
        help="The company or person that owes the invoices.",
    )
    contact_id = fields.Many2one(
        "res.partner", index="btree_not_null", help="Who is on the telephone."
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
    summary = fields.Text(help="What was said.")
    move_ids = fields.Many2many(
        "account.move",
        "clerk_call_move_rel",
        "call_id",
        "move_id",
        string="Invoices",
        copy=False,
        help="What the call is about.",
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
        help="By which the telephone system knows the call: each makes one call here.",
    )

    _external_id_unique = models.UniqueIndex(
        "(company_id, external_id) WHERE external_id IS NOT NULL",
        "The telephone system has told of this call before.",
    )
    _of_customer = models.Index("(partner_id, topic_id, start)")
    _started = models.Constraint(
        "CHECK (start IS NOT NULL OR state IN ('planned', 'dropped'))",
        "Say when the call started.",
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
            who = call.contact_id or call.partner_id
            when = call.date and format_datetime(
                self.env, call.date, dt_format="d MMM, HH:mm"
            )
            parts = (who.display_name or call.number or self.env._("Call"), when)
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
                    "%(invoice)s was issued by %(issuer)s, and this call was taken for "
                    "%(company)s. Log another call for it.",
                    invoice=move.display_name,
                    issuer=move.company_id.name,
                    company=self.company_id.name,
                )
            )
        if move.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(invoice)s was billed to %(billed)s, and this call is with "
                    "%(customer)s. Log another call for it.",
                    invoice=move.display_name,
                    billed=move.commercial_partner_id.display_name,
                    customer=self.partner_id.display_name or self.env._("nobody yet"),
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
                    "%(linked)s is of %(customer)s with %(company)s, and this call is "
                    "not. Log another call for it.",
                    linked=linked.display_name,
                    customer=linked.partner_id.display_name,
                    company=linked.company_id.name,
                )
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_id = self.partner_id
            self.partner_id = customer
        elif self.contact_id.commercial_partner_id != customer:
            self.contact_id = False

    @api.onchange("contact_id")
    def _onchange_contact_id(self):
        if self.contact_id:
            self.partner_id = self.contact_id.commercial_partner_id
            self.number = self.number or self.contact_id.phone

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._split_contact(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._split_contact(vals)
        return super().write(vals)

    @api.model
    def _split_contact(self, vals):
        """Whoever calls, the customer is who owes the invoices."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = partner.commercial_partner_id
        if partner != customer:
            vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = customer.id

    @api.ondelete(at_uninstall=False)
    def _unlink_only_before_it_is_done(self):
        if done := self.filtered(lambda call: call.state == "done"):
            raise UserError(
                self.env._(
                    "%s: the call took place, so it stays in the log.",
                    done._enumerate(),
                )
            )

    def _enumerate(self):
        return ", ".join(self.mapped("display_name"))
