import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ...rules.exemption import exemption as rules
from .exemption_sql import stake_sql


class ClerkExemption(models.Model):
    """A certificate by which a customer is tax-exempt.

    It is valid for some states or a country, for all purchases or one, and for a time.
    A clerk files it, somebody else accepts it. Invoices keep its number and reason.

    Steps are in `exemption_step`, the finding of invoices without a certificate in
    `billing_check`.
    """

    _name = "clerk.exemption"
    _description = "Exemption Certificate"
    _inherit = [
        *("clerk.drafted", "clerk.evidence", "clerk.limited", "clerk.thread"),
        *("clerk.work.item.link", "mail.activity.mixin"),
    ]
    _lifecycle = rules.LIFECYCLE
    _number_prefix = "EXC"
    _order = "id desc"
    _rec_names_search = ["name", "number", "partner_id"]
    _evidence_fields = {"document": None}
    _content_fields = frozenset(
        {
            *("partner_id", "country_id", "state_ids", "reason", "reason_note"),
            *("number", "purchase", "issued_on", "valid_from", "valid_to"),
            *("received_on", "document", "document_name"),
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("submitted_by_id", "submitted_on", "accepted_by_id", "accepted_on"),
            *("rejected_by_id", "rejected_on", "rejection_reason", "renews_id"),
            *("renewed_by_ids", "edited_by_ids"),
        }
    )

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    validity = fields.Selection(
        rules.VALIDITIES, compute="_compute_validity", exportable=False
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
    )
    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
        help="The country in which the goods are delivered.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        "clerk_exemption_state_rel",
        "exemption_id",
        "state_id",
        string="States",
        domain="[('country_id', '=', country_id)]",
        help="The states in which the goods are delivered; empty for all.",
    )
    reason = fields.Selection(rules.REASONS, required=True, default="resale")
    reason_note = fields.Char(
        string="Explanation", size=200, help="The reason, if it is another one."
    )
    number = fields.Char(string="Certificate No.", size=64, index="btree_not_null")
    purchase = fields.Char(
        string="Single Purchase",
        size=64,
        help="The number of the purchase order or invoice, if the certificate is for "
        "one purchase. Empty for all purchases.",
    )
    issued_on = fields.Date()
    valid_from = fields.Date()
    valid_to = fields.Date(help="The last day; empty if there is none.")
    received_on = fields.Date(
        default=fields.Date.context_today,
        help="A certificate covers sales up to 90 days before it was received.",
    )
    document = fields.Binary(string="Certificate", attachment=True, copy=False)
    document_name = fields.Char(string="File Name", size=200, copy=False)
    edited_by_ids = fields.Many2many(
        "res.users",
        "clerk_exemption_editor_rel",
        "exemption_id",
        "user_id",
        readonly=True,
        copy=False,
        help="Users who entered or changed the data of the certificate.",
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_on = fields.Datetime(readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_on = fields.Datetime(readonly=True, copy=False)
    rejected_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    rejected_on = fields.Datetime(readonly=True, copy=False)
    rejection_reason = fields.Text(
        string="Reason for Rejection", readonly=True, copy=False
    )
    renews_id = fields.Many2one(
        "clerk.exemption",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The certificate that this one renews.",
    )
    renewed_by_ids = fields.One2many(
        "clerk.exemption", "renews_id", string="Renewals", readonly=True, copy=False
    )
    move_count = fields.Integer(string="Invoices", compute="_compute_moves")
    tax_at_stake = fields.Monetary(
        compute="_compute_moves",
        help="The tax that these invoices would have at the rates of their products, "
        "less credit notes.",
    )
    unknown_count = fields.Integer(
        string="Invoices with Unknown Tax",
        compute="_compute_moves",
        help="Invoices whose tax cannot be computed from percentages. They are not "
        "included in Tax At Stake.",
    )

    @api.depends("number", "name", "partner_id")
    def _compute_display_name(self):
        for exemption in self:
            parts = (exemption.number or exemption.name, exemption.partner_id.name)
            exemption.display_name = " · ".join(filter(None, parts))

    @api.depends("state", "valid_from", "valid_to")
    def _compute_validity(self):
        today = fields.Date.context_today(self)
        for exemption in self:
            exemption.validity = rules.validity(
                exemption.state,
                exemption.valid_from or None,
                exemption.valid_to or None,
                today,
            )

    def _compute_moves(self):
        found = {row[0]: row[1:] for row in self._stakes()}
        for exemption in self:
            count, unknown, stake = found.get(exemption.id, (0, 0, 0))
            exemption.move_count = count
            exemption.unknown_count = unknown
            exemption.tax_at_stake = exemption.currency_id.round(float(stake))

    def _stakes(self):
        """Return id, count of invoices, those with unknown tax, and tax at stake."""
        self.env.flush_all()
        # Of invoices that the caller may read.
        moves = self.env["account.move"]._search(
            [("clerk_exemption_id", "in", self.ids), ("state", "=", "posted")]
        )
        return self.env.execute_query(
            SQL(
                """SELECT move.clerk_exemption_id, COUNT(*),
                        COUNT(*) FILTER (WHERE stake.amount IS NULL AND stake.base > 0),
                        COALESCE(SUM(stake.amount / COALESCE(
                            NULLIF(move.invoice_currency_rate, 0)::numeric, 1)), 0)
                     FROM account_move AS move
                    CROSS JOIN LATERAL (%s) AS stake
                    WHERE move.id IN %s
                    GROUP BY move.clerk_exemption_id""",
                stake_sql(),
                moves.subselect(),
            )
        )

    def _reason_label(self):
        """Return the reason as it is printed; nothing without a certificate."""
        labels = dict(self._fields["reason"]._description_selection(self.env))
        if self.reason == "other":
            return self.reason_note
        return labels.get(self.reason)

    # Checks

    @api.constrains("valid_from", "valid_to")
    def _check_days(self):
        for each in self:
            if each.valid_from and each.valid_to and each.valid_to < each.valid_from:
                raise ValidationError(
                    self.env._(
                        "%s: the last day of validity is before the first.",
                        each.display_name,
                    )
                )

    @api.constrains("country_id", "state_ids")
    def _check_states(self):
        for each in self:
            foreign = each.state_ids.filtered(
                lambda state, each=each: state.country_id != each.country_id
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(state)s is not in %(country)s.",
                        state=foreign[0].name,
                        country=each.country_id.name,
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_customer(self):
        for each in self:
            # sudo: only compares the company of the customer.
            owner = each.partner_id.sudo().company_id
            if each.partner_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "%s is an address. Select the customer itself.",
                        each.partner_id.display_name,
                    )
                )
            if owner and owner not in each.company_id.parent_ids:
                raise ValidationError(
                    self.env._(
                        "%s is a customer of another company.", each.partner_id.name
                    )
                )

    @api.model
    def _check_file(self, vals):
        if isinstance(vals.get("document"), str | bytes) and vals["document"]:
            name = vals.get("document_name") or self.env._("The certificate")
            self._document_of(vals["document"], name)

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: a file cannot be used"""
        for vals in vals_list:
            self._check_file(vals)
        return super().create(vals_list)

    def write(self, vals):
        """:raises UserError: a file cannot be used"""
        self._check_guarded(vals)
        self._check_file(vals)
        result = super().write(vals)
        if self._declared("_content_fields") & vals.keys():
            self._inside().edited_by_ids = [Command.link(self.env.uid)]
        return result

    @api.model
    def _evidence_hint(self):
        return self.env._("Renew the certificate instead.")

    def _file(self):
        """Return the content of the certificate, as it was uploaded."""
        return base64.b64decode(self.with_context(bin_size=False).document or b"")

    def action_view_moves(self):
        """Open the invoices that refer to these certificates.

        :raises UserError: there are none
        """
        if not any(self.mapped("move_count")):
            raise UserError(self.env._("No invoice refers to this certificate."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [
                ("clerk_exemption_id", "in", self.ids),
                ("state", "=", "posted"),
            ],
            "context": {},
        }
