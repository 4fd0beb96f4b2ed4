from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

# Accounts on which nothing can be billed.
OTHER_ACCOUNTS = ("asset_receivable", "liability_payable", "off_balance")


class ClerkCorrectionLine(models.Model):
    """A line that was forgotten: it bills what the document does not.

    Product, text, account, price and taxes are those that a line of the invoice would
    have had. Once it is applied, the line of the note takes its place, and later
    corrections correct that one.
    """

    _inherit = "clerk.correction.line"

    # One method each: a value that is given keeps core from computing the others.
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        domain="[('sale_ok', '=', True), ('company_id', 'in', (False, company_id))]",
    )
    name = fields.Char(
        string="Text",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
    )
    account_id = fields.Many2one(
        "account.account",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        domain="[('company_ids', 'parent_of', company_id), ('account_type', 'not in', "
        f"{OTHER_ACCOUNTS})]",
    )
    analytic_distribution = fields.Json(
        string="Analytic",
        compute="_compute_analytic_distribution",
        store=True,
        precompute=True,
        readonly=False,
    )
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get(
            "Percentage Analytic"
        ),
    )
    quantity = fields.Float(default=1.0)
    price_unit = fields.Float(
        compute="_compute_price_unit", store=True, precompute=True, readonly=False
    )
    tax_ids = fields.Many2many(
        compute="_compute_tax_ids", store=True, precompute=True, readonly=False
    )

    @api.depends("move_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.move_line_id.product_id or line.product_id

    @api.depends("move_line_id", "product_id")
    def _compute_name(self):
        for line in self:
            text = line._product_text() if line.product_id else line.name
            line.name = line.move_line_id.name if line.move_line_id else text

    def _product_text(self):
        """Return the text of the product, in the language of the customer."""
        partner = self.correction_id.move_id.partner_id
        product = self.product_id.with_context(lang=partner.lang or self.env.lang)
        return "\n".join(filter(None, (product.display_name, product.description_sale)))

    @api.depends("move_line_id", "product_id")
    def _compute_product_uom_id(self):
        for line in self:
            billed = line.move_line_id
            line.product_uom_id = (billed or line.product_id)[
                "product_uom_id" if billed else "uom_id"
            ]

    @api.depends("move_line_id", "product_id")
    def _compute_account_id(self):
        for line in self:
            line.account_id = line.move_line_id.account_id or line._income_account()

    def _income_account(self):
        """Return the account of the product, or that of the last line billed."""
        move = self.correction_id.move_id
        product = self.product_id.with_company(move.company_id)
        accounts = product.product_tmpl_id.get_product_accounts(
            fiscal_pos=move.fiscal_position_id
        )
        return (
            (accounts.get("income") if product else False)
            or self.account_id
            or self._billed_lines()[-1:].account_id
            or move.journal_id.default_account_id
        )

    def _billed_lines(self):
        return self.correction_id.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    @api.depends("move_line_id")
    def _compute_analytic_distribution(self):
        for line in self:
            billed = line.move_line_id.analytic_distribution
            line.analytic_distribution = billed or line.analytic_distribution

    @api.depends("product_id", "product_uom_id")
    def _compute_price_unit(self):
        for line in self:
            added = line.product_id and not line.move_line_id
            line.price_unit = line._product_price() if added else line.price_unit

    def _product_price(self):
        """Return the price that core gives an invoice line of the product."""
        move = self.correction_id.move_id
        return self.product_id._get_tax_included_unit_price(
            move.company_id,
            move.currency_id,
            move.invoice_date,
            "sale",
            fiscal_position=move.fiscal_position_id,
            product_uom=self.product_uom_id,
        )

    @api.depends("product_id")
    def _compute_tax_ids(self):
        for line in self:
            line.tax_ids = line.tax_ids if line.move_line_id else line._product_taxes()

    def _product_taxes(self):
        """Return the taxes of the product, or those of the last line billed."""
        move = self.correction_id.move_id
        if not self.product_id:
            return self.tax_ids or self._billed_lines()[-1:].tax_ids
        taxes = self.product_id.taxes_id._filter_taxes_by_company(move.company_id)
        taxes = taxes or self.account_id.tax_ids.filtered(
            lambda tax: tax.type_tax_use == "sale"
        )
        return move.fiscal_position_id.map_tax(taxes)

    # Checks

    @api.constrains("move_line_id", "product_id", "product_uom_id", "account_id")
    def _check_described_as_billed(self):
        """Refuse to rename what was billed: whoever approves relies on it."""
        for line in self.filtered("move_line_id"):
            billed = line.move_line_id
            if any(
                line[name] != billed[name]
                for name in ("product_id", "product_uom_id", "account_id")
            ):
                raise ValidationError(line._replace_instead())

    @api.constrains("name")
    def _check_name(self):
        for line in self:
            billed = line.move_line_id
            if billed and (line.name or "") != (billed.name or ""):
                raise ValidationError(line._replace_instead())
            if not billed and not (line.name or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s: select a product or enter a text for the line that is "
                        "added.",
                        line.correction_id.name,
                    )
                )

    def _replace_instead(self):
        return self.env._(
            "“%(line)s” was billed like this on %(move)s. Replace it to bill something "
            "else in its place.",
            line=self.move_line_id.name,
            move=self.move_line_id.move_id.name,
        )

    @api.constrains("quantity", "move_line_id")
    def _check_added_quantity(self):
        for line in self:
            if not line.move_line_id and line.quantity <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is a new line: enter a quantity above 0, or "
                        "remove the line.",
                        line=line.name,
                    )
                )

    @api.constrains("account_id")
    def _check_account(self):
        for line in self.filtered(lambda each: not each.move_line_id):
            account, company = line.account_id, line.company_id
            if not account or not account.active:
                raise ValidationError(
                    self.env._(
                        "“%s”: select the account on which it is billed.", line.name
                    )
                )
            others = not (account.company_ids & company.parent_ids)
            if others or account.account_type in OTHER_ACCOUNTS:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” cannot be billed on %(account)s in %(company)s.",
                        line=line.name,
                        account=account.display_name,
                        company=company.name,
                    )
                )

    # Steps

    def action_replace(self):
        """Bill nothing for a line, and add one for what should be in its place."""
        self.ensure_one()
        if not self.quantity:
            raise UserError(
                self.env._("“%s”: nothing is left to be replaced.", self.name)
            )
        values = {
            "correction_id": self.correction_id.id,
            "name": self.name,
            "quantity": abs(self.quantity),
            "price_unit": self.price_unit,
            "discount": self.discount,
            "account_id": self.account_id.id,
            "product_uom_id": self.product_uom_id.id,
            "analytic_distribution": self.analytic_distribution,
            "tax_ids": [Command.set(self.tax_ids.ids)],
        }
        self.quantity = 0.0
        self.create(values)

    def action_remove(self):
        """Remove a line that was added.

        :raises UserError: it is a line of the document
        """
        for line in self.filtered("move_line_id"):
            raise UserError(
                self.env._(
                    "“%(line)s” is a line of %(move)s: enter the quantity 0 to bill "
                    "nothing.",
                    line=line.name,
                    move=line.move_line_id.move_id.name,
                )
            )
        self.unlink()

    # Documents

    def _described(self):
        """Return what a line that is added says, apart from its terms."""
        if self.move_line_id:
            return ()
        return (
            *(self.product_id.id, self.name, self.product_uom_id.id),
            *(self.account_id.id, self.analytic_distribution or {}),
        )

    def _document_line_values(self):
        """Return the values of the line on the document that bills it."""
        values = {
            "name": self.name,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "account_id": self.account_id.id,
            "display_type": "product",
        }
        if self.analytic_distribution:
            values["analytic_distribution"] = self.analytic_distribution
        return values
