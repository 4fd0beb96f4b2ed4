from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

CLAIM = {
    "quantity": "claimed_quantity",
    "price_unit": "claimed_price_unit",
    "discount": "claimed_discount",
}


class ClerkBillingErrorLine(models.Model):
    """The claim of a customer on one invoice line."""

    _name = "clerk.billing.error.line"
    _description = "Claim on an Invoice Line"
    _inherit = ["clerk.guarded"]
    _order = "error_id, move_id, sequence, id"
    _check_company_auto = True

    error_id = fields.Many2one(
        "clerk.billing.error", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="error_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="error_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        # The claim is kept when an accountant resets the invoice to draft.
        ondelete="set null",
        index="btree_not_null",
    )
    # Not related: core would look for claims whenever it writes journal items.
    move_id = fields.Many2one(
        "account.move",
        compute="_compute_move_id",
        store=True,
        index="btree_not_null",
        string="Invoice",
    )
    sequence = fields.Integer(compute="_compute_move_id", store=True)
    product_id = fields.Many2one(related="move_line_id.product_id")
    name = fields.Char(string="Label", compute="_compute_name", store=True)
    reason_id = fields.Many2one(
        "clerk.billing.error.reason",
        ondelete="restrict",
        index="btree_not_null",
        help="Only if it differs from the reason of the case.",
    )
    billed_quantity = fields.Float(related="move_line_id.quantity", string="Qty Billed")
    billed_price_unit = fields.Float(
        related="move_line_id.price_unit", string="Price Billed"
    )
    billed_discount = fields.Float(
        related="move_line_id.discount", string="Disc.% Billed"
    )
    claimed_quantity = fields.Float(
        string="Qty Claimed",
        digits="Product Unit",
        compute="_compute_claimed_quantity",
        store=True,
        readonly=False,
    )
    claimed_price_unit = fields.Float(
        string="Price Claimed",
        min_display_digits="Product Price",
        compute="_compute_claimed_price_unit",
        store=True,
        readonly=False,
    )
    claimed_discount = fields.Float(
        string="Disc.% Claimed",
        digits="Discount",
        compute="_compute_claimed_discount",
        store=True,
        readonly=False,
    )
    claimed_tax_ids = fields.Many2many(
        "account.tax",
        "clerk_billing_error_line_tax_rel",
        string="Taxes Claimed",
        compute="_compute_claimed_tax_ids",
        store=True,
        readonly=False,
        domain="[('type_tax_use', '=', 'sale'), "
        "('company_id', 'parent_of', company_id)]",
        context={"active_test": False},
        check_company=True,
    )
    is_disputed = fields.Boolean(string="In Dispute", compute="_compute_is_disputed")
    disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_disputed_amount",
        store=True,
        help="The reduction of the invoice if the customer is right, taxes included. "
        "On a credit note: the additional credit.",
    )

    _one_claim = models.Constraint(
        "UNIQUE (error_id, move_line_id)",
        "There is already a claim on this invoice line in this billing error.",
    )

    @api.depends("move_line_id")
    def _compute_move_id(self):
        for line in self:
            line.move_id = line.move_line_id.move_id
            line.sequence = line.move_line_id.sequence

    @api.depends("move_line_id")
    def _compute_name(self):
        for line in self:
            billed = line.move_line_id
            line.name = billed.name or billed.product_id.display_name or line.name

    # One method each: if only one of the values is given, core computes none of those
    # that share its method, and the others would be claimed as zero.
    @api.depends("move_line_id")
    def _compute_claimed_quantity(self):
        for line in self:
            line.claimed_quantity = line.move_line_id.quantity

    @api.depends("move_line_id")
    def _compute_claimed_price_unit(self):
        for line in self:
            line.claimed_price_unit = line.move_line_id.price_unit

    @api.depends("move_line_id")
    def _compute_claimed_discount(self):
        for line in self:
            line.claimed_discount = line.move_line_id.discount

    @api.depends("move_line_id")
    def _compute_claimed_tax_ids(self):
        # Taxes are stored by one query for each set of them, not for each line.
        sets = self.grouped(lambda line: line.move_line_id.tax_ids)
        for taxes, lines in sets.items():
            lines.claimed_tax_ids = taxes

    @api.depends("move_line_id", "claimed_tax_ids", *CLAIM.values())
    def _compute_is_disputed(self):
        for line in self:
            line.is_disputed = bool(line.move_line_id) and line._differs()

    def _differs(self):
        return self.claimed_tax_ids._origin != self.move_line_id.tax_ids or any(
            float_compare(self[claimed], self.move_line_id[billed], precision_digits=6)
            for billed, claimed in CLAIM.items()
        )

    # Lines of one invoice are rounded together, so each depends on its neighbours.
    @api.depends(
        "move_line_id",
        "error_id.line_ids.move_line_id",
        "error_id.line_ids.claimed_tax_ids",
        *(f"error_id.line_ids.{field}" for field in CLAIM.values()),
    )
    def _compute_disputed_amount(self):
        for error, lines in self.grouped("error_id").items():
            # A line being edited replaces the saved one: never count or set both.
            others = error.line_ids - lines - lines._origin
            amounts = {}
            for move, claims in (
                (others | lines)
                .filtered("move_line_id")
                .grouped(lambda line: line.move_line_id.move_id._origin)
                .items()
            ):
                while claims:
                    distinct = claims._one_per_invoice_line()
                    amounts |= distinct._disputed_amounts(move)
                    claims -= distinct
            for line in lines:
                line.disputed_amount = amounts.get(line, 0.0)

    def _one_per_invoice_line(self):
        """Return one claim for each invoice line: a form has edited lines twice."""
        return self.browse().concat(
            *{line.move_line_id._origin: line for line in self}.values()
        )

    def _disputed_amounts(self, move):
        """Map each claim on one invoice to its amount.

        The whole invoice is computed twice, as billed and as claimed. The difference
        of the totals is the amount of a correction; cents by which the lines differ
        from it are added to the claim with the largest amount.
        """
        claims = {line.move_line_id._origin: line for line in self}
        as_billed, billed_total = self._line_totals(move, {})
        as_claimed, claimed_total = self._line_totals(move, claims)
        sign = -1 if move.move_type == "out_refund" else 1
        currency = move.currency_id
        amounts = {
            line: currency.round(
                sign * (as_billed.get(billed, 0.0) - as_claimed.get(billed, 0.0))
            )
            for billed, line in claims.items()
        }
        remainder = sign * (billed_total - claimed_total) - sum(amounts.values())
        if not currency.is_zero(remainder):
            largest = max(amounts, key=lambda line: abs(amounts[line]))
            amounts[largest] = currency.round(amounts[largest] + remainder)
        return amounts

    @api.model
    def _line_totals(self, move, claims):
        """Return the totals of the lines and of the invoice, by core's tax engine."""
        tax_engine = self.env["account.tax"]
        base_lines = [
            self._claimed_base_line(move, billed, claims.get(billed))
            for billed in move.line_ids._origin
            if billed.display_type == "product"
        ]
        tax_engine._add_tax_details_in_base_lines(base_lines, move.company_id)
        tax_engine._round_base_lines_tax_details(base_lines, move.company_id)
        totals = {
            base_line["record"]: self._base_line_total(base_line["tax_details"])
            for base_line in base_lines
        }
        return totals, sum(totals.values())

    @api.model
    def _claimed_base_line(self, move, billed, claim):
        base_line = move._prepare_product_base_line_for_taxes_computation(billed)
        if claim and claim._differs():
            base_line.update({field: claim[name] for field, name in CLAIM.items()})
            base_line.update(
                tax_ids=claim.claimed_tax_ids._origin,
                # Amounts edited by hand apply to what was billed only.
                manual_tax_amounts=None,
                manual_total_excluded=None,
                manual_total_excluded_currency=None,
            )
        return base_line

    @api.model
    def _base_line_total(self, tax_details):
        return (
            tax_details["total_excluded_currency"]
            + tax_details["delta_total_excluded_currency"]
            + sum(tax["tax_amount_currency"] for tax in tax_details["taxes_data"])
        )

    @api.constrains("claimed_quantity", "claimed_discount")
    def _check_claim(self):
        for line in self:
            if line.claimed_discount > 100:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the discount of %(discount)s%% exceeds 100%%.",
                        line=line.name,
                        discount=line.claimed_discount,
                    )
                )
            if line.claimed_quantity * (line.move_line_id.quantity or 1.0) < 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the quantity cannot change from %(billed)s to "
                        "%(claimed)s. Claim 0 if nothing is owed.",
                        line=line.name,
                        billed=line.move_line_id.quantity,
                        claimed=line.claimed_quantity,
                    )
                )

    @api.constrains("move_line_id", "error_id")
    def _check_line_of_case(self):
        for line in self:
            if line._is_stray():
                raise ValidationError(
                    self.env._(
                        "%(line)s is a line of %(invoice)s, which is not an invoice "
                        "of %(case)s.",
                        line=line.name,
                        invoice=line.move_line_id.move_id.display_name,
                        case=line.error_id.name,
                    )
                )

    def _is_stray(self):
        """Return whether the claim is on an invoice that is not one of the case."""
        invoice = self.move_line_id.move_id
        return bool(invoice) and invoice not in self.error_id.move_ids

    def action_nothing_owed(self):
        """Claim that nothing is owed for this line."""
        self.claimed_quantity = 0.0
