from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ....rules.correction.correction import Figures
from ..correction_discount import EarlyDiscount, reduced_by
from ..correction_figures import original_terms


class ClerkCorrection(models.Model):
    """Remedy: credit the whole document and bill it again correctly.

    Payments follow: they are applied to the rebill of the same customer up to its
    total, and the remainder becomes an outstanding credit.
    """

    _inherit = "clerk.correction"

    rebill_partner_id = fields.Many2one(
        "res.partner",
        string="Bill To",
        check_company=True,
        help="The customer of the rebill. Payments are not transferred to another "
        "customer.",
    )
    partner_shipping_id = fields.Many2one(
        "res.partner", string="Delivery Address", check_company=True
    )
    rebill_currency_id = fields.Many2one(
        "res.currency",
        help="Prices are not converted.",
    )
    rebill_date = fields.Date(
        help="Leave empty to use the date of the credit note and the exchange rate of "
        "the original. Otherwise the rate of this date applies.",
    )
    rebill_payment_term_id = fields.Many2one(
        "account.payment.term", string="Rebill Terms", check_company=True
    )
    reference = fields.Char(
        string="Customer Reference",
        compute="_compute_reference",
        store=True,
        precompute=True,
        readonly=False,
    )
    narration = fields.Html(string="Notes")

    @api.model_create_multi
    def create(self, vals_list):
        """Copy the values of the document, so that only mistakes have to be changed."""
        self._check_inputs(vals_list)
        for vals in vals_list:
            move = self.env["account.move"].browse(vals.get("move_id"))
            for name, value in self._document_head(move).items():
                vals.setdefault(name, value)
        return super().create(vals_list)

    @api.model
    def _document_head(self, move):
        return {
            "rebill_partner_id": move.partner_id.id,
            "partner_shipping_id": move.partner_shipping_id.id,
            "rebill_currency_id": move.currency_id.id,
            "rebill_payment_term_id": move.invoice_payment_term_id.id,
            "narration": move.narration,
        }

    @api.depends("move_id", "rebill_partner_id")
    def _compute_reference(self):
        """The reference is the order of the customer: that of another is none."""
        for correction in self:
            stays = not correction._bills_another()
            correction.reference = stays and correction.move_id.ref

    def _bills_another(self):
        """Return whether another customer is billed than that of the document."""
        billed = self.rebill_partner_id.commercial_partner_id
        return bool(billed) and billed != self.move_id.commercial_partner_id

    @api.constrains("rebill_partner_id")
    def _check_rebill_partner(self):
        for correction in self:
            partner = correction.rebill_partner_id
            if correction.edits_rebill and partner and not partner.active:
                raise ValidationError(
                    self.env._(
                        "%s is archived: unarchive the customer or select another.",
                        partner.display_name,
                    )
                )

    def _unfit_rebill(self):
        if self.move_id.move_type != "out_invoice":
            return self.env._("Only invoices can be rebilled.")
        return self._unfit_credit_full()

    def _preview_rebill(self):
        self._check_rebill()
        credit = self._preview_credit_full()[0]
        rebill = self._rebill_preview()
        return [credit, rebill]

    def _check_rebill(self):
        """:raises UserError: nothing is left to bill, or the customer is archived"""
        if not any(terms.quantity for terms in self._targets().values()):
            raise UserError(
                self.env._(
                    "Nothing is left to bill on %(document)s. %(advice)s",
                    document=self.move_id.name,
                    advice=self._advice("credit_full"),
                )
            )
        if not self._rebill_partner().active:
            raise UserError(
                self.env._(
                    "%s is archived: unarchive the customer or select another.",
                    self._rebill_partner().display_name,
                )
            )

    def _apply_rebill(self):
        paid = self._detach_payments()
        credit = self._apply_credit_full()
        self._settle_family(credit)
        rebill = self._create_rebill()
        if rebill.commercial_partner_id == self.partner_id:
            self._book_on_account(rebill)
        self._post_document(rebill)
        if rebill.commercial_partner_id == self.partner_id:
            self._apply_payments(paid, rebill)
        return credit + rebill

    # Payments

    def _family_items(self, more=None):
        """Return the receivable items of the document, its notes and ``more``."""
        moves = self.move_id | self._ledger().notes()
        if more:
            moves |= more
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _payment_partials(self):
        """Return the reconciliations with other documents, oldest first."""
        items = self._family_items()
        partials = items.matched_debit_ids | items.matched_credit_ids
        return partials.filtered(
            lambda partial: (partial.debit_move_id | partial.credit_move_id) - items
        ).sorted("id")

    def _detach_payments(self):
        """Unreconcile the payments of the document and its notes.

        :return: the items that paid, and the payments, also those without an entry
        """
        partials = self._payment_partials()
        items = (
            partials.debit_move_id | partials.credit_move_id
        ) - self._family_items()
        moves = self._family_items().move_id
        payments = moves.matched_payment_ids
        partials.unlink()
        # Core keeps naming an invoice on its payment after they are unreconciled.
        moves.matched_payment_ids = [Command.unlink(payment.id) for payment in payments]
        return items, payments

    def _settle_family(self, credit):
        self._family_items(credit).filtered(
            lambda line: not line.reconciled
        ).reconcile()

    def _apply_payments(self, paid, rebill):
        items, payments = paid
        receivable = rebill.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        rebill.matched_payment_ids = [Command.link(payment.id) for payment in payments]
        for item in items.filtered(
            lambda item: item.account_id in receivable.account_id
        ):
            open_items = (item + receivable).filtered(lambda line: not line.reconciled)
            if item in open_items and len(open_items) > 1:
                open_items.reconcile()

    # The rebill

    def _create_rebill(self):
        move = self.move_id.with_context(include_business_fields=True)
        values = move.copy_data(self._rebill_values(self._rebill_lines()))[0]
        rebill = self.env["account.move"]._inside().create(values)
        return rebill.with_env(self.env)

    def _rebill_lines(self):
        """Return the values of the lines, sections and notes included."""
        targets = self._targets()
        values_list = []
        for line in self.move_id.invoice_line_ids.with_context(
            include_business_fields=True
        ):
            target = targets.get(line)
            if target and not target.quantity:
                continue
            values = line.copy_data()[0]
            if target:
                for name in ("amount_currency", "balance", "debit", "credit"):
                    values.pop(name, None)
                values.update(
                    quantity=target.quantity,
                    price_unit=target.price_unit,
                    discount=target.discount,
                    tax_ids=[Command.set(sorted(target.taxes))],
                )
                if target != original_terms(line):
                    values["extra_tax_data"] = False
            values_list.append(values)
        return values_list + self._rebill_added(targets)

    def _rebill_added(self, targets):
        """Return the values of lines that this or earlier corrections have added."""
        own = {*self.move_id.invoice_line_ids}
        values_list = []
        for line, target in targets.items():
            if line in own or not target.quantity:
                continue
            is_new = line._name == "clerk.correction.line"
            adding = line if is_new else line.correction_line_id
            values_list.append(
                {
                    **adding._document_line_values(),
                    "quantity": target.quantity,
                    "price_unit": target.price_unit,
                    "discount": target.discount,
                    "tax_ids": [Command.set(sorted(target.taxes))],
                }
            )
        return values_list

    def _rebill_values(self, lines):
        move, date = self.move_id, self._open_date(self.rebill_date)
        return {
            **self._rebill_partner_values(),
            "currency_id": self._rebill_currency().id,
            "invoice_currency_rate": self._rebill_rate(),
            "date": date,
            "invoice_date": date,
            "delivery_date": move.delivery_date,
            "invoice_payment_term_id": self.rebill_payment_term_id.id,
            "invoice_user_id": move.invoice_user_id.id,
            "invoice_origin": move.invoice_origin,
            "journal_id": self._sale_journal().id,
            "ref": self.reference,
            "narration": self.narration,
            "auto_post": "no",
            "correction_id": self.id,
            "corrected_move_id": move.id,
            "correction_role": "rebill",
            "line_ids": [Command.create(line) for line in lines],
        }

    def _rebill_partner_values(self):
        """Return the customer, and the values that depend on it."""
        move, partner = self.move_id, self._rebill_partner()
        values = {
            "partner_id": partner.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "partner_bank_id": move.partner_bank_id.id,
            "fiscal_position_id": move.fiscal_position_id.id,
        }
        if partner != move.partner_id:
            values["fiscal_position_id"] = self._rebill_fiscal_position().id
        return values

    def _rebill_partner(self):
        return self.rebill_partner_id or self.move_id.partner_id

    def _rebill_fiscal_position(self):
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(
            self._rebill_partner(), delivery=self.partner_shipping_id
        )

    def _rebill_currency(self):
        return self.rebill_currency_id or self.move_id.currency_id

    def _rebill_rate(self):
        """Return the rate of the original, unless date or currency differ."""
        currency = self._rebill_currency()
        if currency == self.move_id.currency_id and not self.rebill_date:
            return self.move_id.invoice_currency_rate
        return self.env["res.currency"]._get_conversion_rate(
            self.company_currency_id,
            currency,
            self.company_id,
            self._open_date(self.rebill_date),
        )

    @api.onchange("rebill_partner_id")
    def _onchange_rebill_partner_id(self):
        """Propose address, terms and taxes of the new customer."""
        partner, move = self._rebill_partner(), self.move_id
        if partner == move.partner_id:
            self.partner_shipping_id = move.partner_shipping_id
            self.rebill_payment_term_id = move.invoice_payment_term_id
            for line in self.line_ids.filtered("move_line_id"):
                line.tax_ids = line.billed_tax_ids
            return
        partner = partner.with_company(self.company_id)
        address = partner.address_get(["delivery"])["delivery"]
        self.partner_shipping_id = self.env["res.partner"].browse(address)
        self.rebill_payment_term_id = partner.property_payment_term_id
        position = self._rebill_fiscal_position()
        for line in self.line_ids.filtered("product_id"):
            taxes = line.product_id.taxes_id._filter_taxes_by_company(self.company_id)
            line.tax_ids = position.map_tax(taxes or line.billed_tax_ids)

    def _rebill_preview(self):
        """Return the rebill as it would be made."""
        currency = self._rebill_currency()
        figures = self._ledger().engine_figures(
            self._targets(),
            discount=reduced_by(self.rebill_payment_term_id),
            currency_id=currency,
            rate=self._rebill_rate(),
        )
        partner = self._rebill_partner()
        # A discount is booked twice on one account: the untaxed amount stays.
        by_kind = defaultdict(Figures)
        for key, each in figures.items():
            by_kind["discount" if isinstance(key, EarlyDiscount) else key] += each
        document = self._document_preview(
            "rebill", by_kind.values(), partner=partner, currency=currency
        )
        self._round_rebill(document, currency)
        document["notes"] = self._rebill_notes()
        if partner.commercial_partner_id != self.partner_id:
            document |= {"other_change": document["change"], "change": 0.0}
        return document

    def _rebill_notes(self):
        """Return in words how the rebill of another partner differs: a list."""
        move = self.move_id
        if self._rebill_partner() == move.partner_id:
            return []
        changes = [
            (self.env._("Taxes"), *self._tax_names()),
            (
                self.env._("Fiscal position"),
                move.fiscal_position_id.name,
                self._rebill_fiscal_position().name,
            ),
            (
                self.env._("Payment terms"),
                move.invoice_payment_term_id.name,
                self.rebill_payment_term_id.name,
            ),
            (
                self.env._("Delivery address"),
                move.partner_shipping_id.display_name,
                self.partner_shipping_id.display_name,
            ),
            (self.env._("Customer reference"), move.ref, self.reference),
        ]
        none = self.env._("none")
        return [
            self.env._(
                "%(what)s: %(before)s → %(after)s",
                what=what,
                before=before or none,
                after=after or none,
            )
            for what, before, after in changes
            if (before or "") != (after or "")
        ]

    def _tax_names(self):
        """Return the names of the taxes as billed, and of those of the rebill."""
        billed = self.line_ids.filtered("billed_quantity").billed_tax_ids
        taxes = self.line_ids.filtered("quantity").tax_ids
        return [
            ", ".join(each._origin.sorted().mapped("name")) for each in (billed, taxes)
        ]

    def _other_balance(self, documents):
        """Return how the balance of another customer changes who is billed instead."""
        if not self.edits_rebill or not self._bills_another():
            return {}
        partner = self.rebill_partner_id.commercial_partner_id
        before = partner.with_company(self.company_id).credit
        change = sum(each.get("other_change", 0.0) for each in documents)
        return {
            "partner": partner.display_name,
            "before": before,
            "after": before + change,
        }

    def _round_rebill(self, document, currency):
        """Add the cash rounding of the original, which the rebill keeps."""
        rounding = self.move_id.invoice_cash_rounding_id
        by_tax = rounding.strategy == "biggest_tax"
        if not rounding or (by_tax and not any(t["amount"] for t in document["taxes"])):
            return
        added = rounding.compute_difference(currency, document["total"])
        company = currency._convert(
            added,
            self.company_currency_id,
            self.company_id,
            self._open_date(self.rebill_date),
        )
        document["total"] = currency.round(document["total"] + added)
        document["change"] += company
        document["stake"] += max(company, 0.0)
