from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

DISPUTABLE_TYPES = ("out_invoice", "out_refund")


class ClerkBillingError(models.Model):
    """A case in which a customer, or somebody else, disputes invoices.

    It has the claim on invoice lines, the reason and root cause, the processor and the
    deadline. Steps, amounts and deadline are in files of their own.
    """

    _name = "clerk.billing.error"
    _description = "Billing Error"
    _inherit = [
        "clerk.lifecycle",
        "clerk.numbered",
        "clerk.customer.contact",
        "clerk.due",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _number_prefix = "BE"
    _import_template = "billing_errors.csv"
    _number_fields = ("move_ids", "company_id")
    _due_field = "deadline"
    _order = "priority desc, deadline, id desc"
    _guarded_fields = frozenset({"name"})

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        index="trigram",
    )
    move_ids = fields.Many2many(
        "account.move",
        "clerk_billing_error_move_rel",
        "error_id",
        "move_id",
        string="Invoices",
        copy=False,
        help="Posted invoices and credit notes of one customer and currency.",
    )
    move_count = fields.Integer(
        string="Number of Invoices", compute="_compute_move_count"
    )
    line_ids = fields.One2many(
        "clerk.billing.error.line", "error_id", string="Claim", copy=False
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
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_from_invoices",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    partner_id = fields.Many2one(
        compute="_compute_from_invoices",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        help="The company or person that was billed.",
    )
    contact_id = fields.Many2one(
        help="The person who reported the error and receives the reply."
    )
    reason_id = fields.Many2one(
        "clerk.billing.error.reason",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    own_error = fields.Boolean(related="reason_id.own_error", store=True)
    cause_id = fields.Many2one(
        "clerk.billing.error.cause",
        string="Root Cause",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    description = fields.Text(help="The complaint in the words of the customer.")
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Urgent")], default="0"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Processor",
        default=lambda self: self._default_user_id(),
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    origin = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("customer", "Customer"),
            ("call", "Call"),
            ("portal", "Portal"),
            ("detection", "Detection"),
            ("audit", "Audit"),
            ("confirmation", "Confirmation"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )

    def _default_user_id(self):
        user = self.env.user
        is_clerk = user.has_group("invoicing_clerk.group_clerk")
        return user if is_clerk and not user._is_superuser() else user.browse()

    @api.depends("move_ids")
    def _compute_from_invoices(self):
        for error in self:
            invoice = error.move_ids[:1]
            error.company_id = (
                invoice.company_id or error.company_id or self.env.company
            )
            error.currency_id = (
                invoice.currency_id or error.currency_id or error.company_id.currency_id
            )
            error.partner_id = invoice.commercial_partner_id or error.partner_id

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for error in self:
            error.display_name = " · ".join(
                filter(None, (error.name, error.partner_id.display_name))
            )

    @api.depends("move_ids")
    def _compute_move_count(self):
        for error in self:
            error.move_count = len(error.move_ids)

    @api.onchange("move_ids")
    def _onchange_move_ids(self):
        """Copy what was billed, so that only mistakes have to be changed."""
        moves = self.move_ids._origin
        self.line_ids -= self.line_ids.filtered(
            lambda line: line.move_line_id and line.move_id._origin not in moves
        )
        self.line_ids = self._claim_commands(moves)

    def _claim_commands(self, moves):
        """Return commands for claims on the invoice lines without a claim."""
        billed = moves.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        missing = billed - self.line_ids.move_line_id._origin
        return [
            Command.create({"move_line_id": line.id, **self._claim_values()})
            for line in missing
        ]

    def _claim_values(self):
        """Return what claims on lines start with, if not with what was billed."""
        return {}

    @api.constrains("move_ids", "partner_id", "company_id", "currency_id")
    def _check_invoices(self):
        for error in self:
            self._check_disputable(error.move_ids)
            for invoice in error.move_ids:
                error._check_invoice_fits(invoice)

    def _check_invoice_fits(self, invoice):
        """:raises ValidationError: the invoice belongs to another case"""
        misfit = (
            self._other_customer(invoice)
            or self._other_company(invoice)
            or self._other_currency(invoice)
        )
        if misfit:
            raise ValidationError(misfit)

    def _other_customer(self, invoice):
        return invoice.commercial_partner_id != self.partner_id and self.env._(
            "%(invoice)s was billed to %(billed)s, but %(case)s is about invoices of "
            "%(customer)s. Open another billing error for it.",
            invoice=invoice.display_name,
            billed=invoice.commercial_partner_id.display_name,
            case=self.name,
            customer=self.partner_id.display_name,
        )

    def _other_company(self, invoice):
        return invoice.company_id != self.company_id and self.env._(
            "%(invoice)s was issued by %(issuer)s, but %(case)s is about invoices of "
            "%(company)s. Open another billing error for it.",
            invoice=invoice.display_name,
            issuer=invoice.company_id.name,
            case=self.name,
            company=self.company_id.name,
        )

    def _other_currency(self, invoice):
        return invoice.currency_id != self.currency_id and self.env._(
            "%(invoice)s is in %(billed)s, but %(case)s is about invoices in "
            "%(currency)s. Open another billing error for it.",
            invoice=invoice.display_name,
            billed=invoice.currency_id.name,
            case=self.name,
            currency=self.currency_id.name,
        )

    @api.model
    def _check_disputable(self, moves):
        """:raises ValidationError: a document cannot be disputed"""
        for move in moves:
            if move.move_type not in DISPUTABLE_TYPES:
                raise ValidationError(
                    self.env._(
                        "%s is neither a customer invoice nor a credit note.",
                        move.display_name,
                    )
                )
            if move.state == "draft":
                raise ValidationError(
                    self.env._(
                        "%s is a draft: edit it instead.",
                        move.display_name,
                    )
                )
            if move.state == "cancel":
                raise ValidationError(
                    self.env._(
                        "%s is cancelled: there is nothing to dispute.",
                        move.display_name,
                    )
                )

    @api.model
    def _check_one_customer(self, moves):
        """:raises ValidationError: one case cannot be about all these documents"""
        self._check_disputable(moves)
        for label, field in (
            (self.env._("customers"), "commercial_partner_id"),
            (self.env._("companies"), "company_id"),
            (self.env._("currencies"), "currency_id"),
        ):
            groups = moves.grouped(field)
            if len(groups) > 1:
                raise ValidationError(
                    self.env._(
                        "These invoices belong to different %(kind)s: %(list)s. "
                        "Open one billing error for each.",
                        kind=label,
                        list="; ".join(
                            f"{key.display_name}: {', '.join(group.mapped('name'))}"
                            for key, group in groups.items()
                        ),
                    )
                )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show one column of cards on a phone, instead of a column for each status."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban" and options.get("mobile"):
            arch.attrib.pop("default_group_by", None)
        return arch, view

    @api.model_create_multi
    def create(self, vals_list):
        self._check_inputs(vals_list)
        inside = self._check_create(vals_list)
        errors = super(ClerkBillingError, inside).create(
            inside._with_numbers(vals_list)
        )
        errors = errors.with_env(self.env)
        errors.move_ids._update_open_billing_error()
        return errors

    def write(self, vals):
        if "line_ids" in vals:
            # Claims are written one by one: read what was billed together before.
            self.line_ids.move_line_id.mapped("quantity")
        if not {"state", "move_ids"} & vals.keys():
            return super().write(vals)
        before = self.move_ids
        done = super().write(vals)
        self.line_ids.filtered(lambda line: line._is_stray()).unlink()
        (before | self.move_ids)._update_open_billing_error()
        return done

    def unlink(self):
        moves = self.move_ids
        done = super().unlink()
        moves._update_open_billing_error()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if used := self.filtered(lambda error: error.state not in ("new", "cancelled")):
            raise UserError(
                self.env._(
                    "%s: work on it has started. Cancel it instead of deleting it.",
                    used._enumerate(),
                )
            )

    def action_assign_to_me(self):
        self.write({"user_id": self.env.uid})

    def action_load_lines(self):
        """Add claims on the invoice lines that were removed from the case."""
        for error in self:
            error.line_ids = error._claim_commands(error.move_ids)

    def action_keep_disputed(self):
        """Delete claims that do not differ from what was billed."""
        self.line_ids.filtered(lambda line: not line.is_disputed).unlink()

    def action_wait(self):
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Wait"),
            "res_model": "clerk.billing.error.wait",
            "view_mode": "form",
            "target": "new",
            "context": {"default_error_ids": self.ids},
        }

    @api.model
    def _view_action(self, errors):
        """Return the action that opens one case, or a list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_error_action"
        )
        if len(errors) == 1:
            return {**action, "views": [(False, "form")], "res_id": errors.id}
        return {**action, "domain": [("id", "in", errors.ids)], "context": {}}

    def action_view_moves(self):
        """Open the disputed invoice, or a list of several."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if self.move_count == 1:
            form = self.env.ref("account.view_move_form")
            return {
                **action,
                "views": [(form.id, "form")],
                "view_mode": "form",
                "res_id": self.move_ids.id,
            }
        return {**action, "domain": [("id", "in", self.move_ids.ids)], "context": {}}
