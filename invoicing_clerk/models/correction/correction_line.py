from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.correction.correction import Terms

# Lines that are added follow those of the document.
LAST_SEQUENCE = 10_000


class ClerkCorrectionLine(models.Model):
    """A line of the document, as billed so far and as it should be billed.

    Lines without a line of the document add what was not billed at all; see
    `correction_line_added`.
    """

    _name = "clerk.correction.line"
    _inherit = ["clerk.correction.part"]
    _description = "Correction Line"
    # What was billed is read by whoever approves: it comes from the ledger.
    _guarded_fields = frozenset(
        {"billed_quantity", "billed_price_unit", "billed_discount", "billed_tax_ids"}
    )
    _final_fields = frozenset({"move_line_id"})
    # What is changed is read first; while it is edited, no line moves.
    _order = "is_changed desc, sequence, id"

    company_id = fields.Many2one(related="correction_id.company_id")
    currency_id = fields.Many2one(related="correction_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Line",
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    billed_quantity = fields.Float(digits="Product Unit", readonly=True)
    billed_price_unit = fields.Float(
        string="Billed Price",
        min_display_digits="Product Price",
        readonly=True,
    )
    billed_discount = fields.Float(
        string="Billed Disc.%", digits="Discount", readonly=True
    )
    billed_tax_ids = fields.Many2many(
        "account.tax",
        "clerk_correction_line_billed_tax_rel",
        string="Billed Taxes",
        readonly=True,
    )
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Float(string="Price", min_display_digits="Product Price")
    discount = fields.Float(string="Disc.%", digits="Discount")
    tax_ids = fields.Many2many(
        "account.tax",
        "clerk_correction_line_tax_rel",
        string="Taxes",
        domain="[('type_tax_use', '=', 'sale'), "
        "('company_id', 'parent_of', company_id)]",
    )
    billed_total = fields.Monetary(compute="_compute_totals", string="Billed")
    corrected_total = fields.Monetary(compute="_compute_totals", string="Corrected")
    difference = fields.Monetary(
        compute="_compute_totals", help="Corrected minus billed, taxes included."
    )
    is_changed = fields.Boolean(
        compute="_compute_is_changed", store=True, string="Changed"
    )

    # Not related: core would look for corrections whenever it writes journal items.
    @api.depends("move_line_id")
    def _compute_sequence(self):
        for line in self:
            line.sequence = (
                line.move_line_id.sequence if line.move_line_id else LAST_SEQUENCE
            )

    @api.depends("quantity", "price_unit", "discount", "tax_ids")
    def _compute_totals(self):
        for correction, lines in self.grouped("correction_id").items():
            billed = correction._engine_totals("_billed_terms")
            corrected = correction._engine_totals("_corrected_terms")
            for line in lines:
                line.billed_total = billed.get(line._subject(), 0)
                line.corrected_total = corrected.get(line._subject(), 0)
                line.difference = line.corrected_total - line.billed_total

    @api.depends(
        *("billed_quantity", "billed_price_unit", "billed_discount", "billed_tax_ids"),
        *("quantity", "price_unit", "discount", "tax_ids", "move_line_id"),
    )
    def _compute_is_changed(self):
        for line in self:
            line.is_changed = line._billed_terms() != line._corrected_terms()

    def _subject(self):
        """Return what is corrected: a line of the document, or itself if it is added.

        It is the key of terms and figures in the ledger.
        """
        self.ensure_one()
        return self.move_line_id or self

    def _place(self):
        """Return the sort key of the order in which lines are on the document."""
        return (self.sequence, self._origin.id or float("inf"))

    def _billed_terms(self):
        self.ensure_one()
        return Terms(
            self.billed_quantity,
            self.billed_price_unit,
            self.billed_discount,
            frozenset(self.billed_tax_ids._origin.ids),
        )

    def _corrected_terms(self):
        self.ensure_one()
        return Terms(
            self.quantity,
            self.price_unit,
            self.discount,
            frozenset(self.tax_ids._origin.ids),
        )

    def _terms(self):
        self.ensure_one()
        return (self._billed_terms(), self._corrected_terms())

    def _terms_in_force(self):
        """Return what the line bills once this correction is applied."""
        terms = self._corrected_terms()
        if self.correction_id.remedy_id.amends == "lines":
            return terms
        # Credited in full; a rebill bills on a document of its own.
        return replace(terms, quantity=0.0)

    @api.model
    def _terms_values(self, terms, claim=None):
        """Return the values of a new line: as billed so far, and as claimed.

        :param claim: a claim line of a billing error, or None
        """
        return {
            "billed_quantity": terms.quantity,
            "billed_price_unit": terms.price_unit,
            "billed_discount": terms.discount,
            "billed_tax_ids": [fields.Command.set(terms.taxes)],
            "quantity": claim.claimed_quantity if claim else terms.quantity,
            "price_unit": claim.claimed_price_unit if claim else terms.price_unit,
            "discount": claim.claimed_discount if claim else terms.discount,
            "tax_ids": [
                fields.Command.set(claim.claimed_tax_ids.ids if claim else terms.taxes)
            ],
        }

    @api.constrains("move_line_id", "correction_id")
    def _check_line(self):
        for line in self:
            move, billed = line.correction_id.move_id, line.move_line_id
            added_to = billed.correction_line_id.correction_id.move_id
            if billed and move not in (billed.move_id, added_to):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is a line of %(other)s, not of %(move)s.",
                        line=line.move_line_id.name,
                        other=line.move_line_id.move_id.name,
                        move=move.name,
                    )
                )

    @api.constrains("quantity")
    def _check_quantity(self):
        for line in self.filtered("move_line_id"):
            if line.quantity * line.billed_quantity < 0 or (
                not line.billed_quantity and line.quantity
            ):
                raise ValidationError(
                    self.env._(
                        "“%(line)s”: the quantity cannot change from %(billed)s to "
                        "%(quantity)s. Enter 0 or a quantity of the same sign, or bill "
                        "the difference on a new invoice.",
                        line=line.name,
                        quantity=line.quantity,
                        billed=line.billed_quantity,
                    )
                )

    @api.constrains("price_unit")
    def _check_price(self):
        for line in self:
            if line.price_unit * line.billed_price_unit < 0:
                raise ValidationError(
                    self.env._(
                        "“%(line)s”: the price cannot change from %(billed)s to "
                        "%(price)s. Enter 0 to bill nothing.",
                        line=line.name,
                        price=line.price_unit,
                        billed=line.billed_price_unit,
                    )
                )

    @api.constrains("discount")
    def _check_discount(self):
        for line in self:
            if not 0 <= line.discount <= 100:
                raise ValidationError(
                    self.env._(
                        "“%(line)s”: the discount must be between 0 and 100, not "
                        "%(discount)s.",
                        line=line.name,
                        discount=line.discount,
                    )
                )

    @api.constrains("tax_ids")
    def _check_taxes(self):
        for line in self:
            foreign = line.tax_ids.filtered(
                lambda tax, line=line: tax.company_id not in line.company_id.parent_ids
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(tax)s is a tax of %(other)s, but %(move)s is billed by "
                        "%(company)s.",
                        tax=foreign[0].name,
                        other=foreign[0].company_id.name,
                        move=line.correction_id.move_id.name,
                        company=line.company_id.name,
                    )
                )
