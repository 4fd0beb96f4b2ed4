from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ....rules.correction import correction_batch as rules
from ..correction_billed import LINKS_TO_ORIGINAL
from ..correction_ledger import CorrectionLedger


class ClerkCorrectionBatch(models.Model):
    """The documents of a batch: what was billed as described."""

    _inherit = "clerk.correction.batch"

    def _find_documents(self):
        """List the documents to correct.

        :raises UserError: the description is incomplete, nothing matches, or too much
        """
        self._check_complete()
        if self.change == "claims":
            rows = [
                (move, error) for error in self.error_ids for move in error.move_ids
            ]
        else:
            rows = [(move, error) for move, error in self._matching_moves()]
        if not rows:
            raise UserError(self._nothing_found())
        if len(rows) > rules.MAX_DOCUMENTS:
            raise UserError(
                self.env._(
                    "Too many invoices match; the limit is %s. Limit the dates, "
                    "customers or products.",
                    f"{rules.MAX_DOCUMENTS:,}",
                )
            )
        # sudo: items are created by this step only, for documents the user may read.
        self.env["clerk.correction.batch.item"].sudo().create(
            [self._item_values(move, error) for move, error in dict(rows).items()]
        )

    def _check_complete(self):
        """:raises UserError: says what is missing"""
        needs = {
            "price": ("product_ids", "currency_id"),
            "pricelist": ("product_ids", "pricelist_id"),
            "discount": ("product_ids",),
            "tax": ("wrong_tax_id",),
            "claims": ("error_ids",),
        }[self.change]
        limited = self.change == "claims" or self.move_ids
        dates = () if limited else ("date_from", "date_to")
        missing = [name for name in (*needs, *dates) if not self[name]]
        if missing:
            labels = ", ".join(
                self._fields[name]._description_string(self.env) for name in missing
            )
            raise UserError(
                self.env._(
                    "%(batch)s: enter %(fields)s.", batch=self.name, fields=labels
                )
            )

    def _nothing_found(self):
        return self.env._(
            "%s: no posted invoice matches. Check the products, dates and customers.",
            self.name,
        )

    def _matching_moves(self):
        """Return posted invoices with lines that match, each without a case so far."""
        lines = self.env["account.move.line"]
        found = lines._read_group(
            self._line_domain(), ["move_id"], limit=rules.MAX_DOCUMENTS + 1
        )
        moves = self.env["account.move"].union(*(move for (move,) in found))
        nobody = self.env["clerk.billing.error"]
        return [
            (move, nobody) for move in moves.sorted(lambda m: (m.invoice_date, m.id))
        ]

    def _line_domain(self):
        """Return the domain of invoice lines that were billed as described."""
        domain = self._document_domain() & Domain("display_type", "=", "product")
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        if self.change == "price":
            domain &= Domain("currency_id", "=", self.currency_id.id)
        if self.change == "tax":
            domain &= Domain("tax_ids", "in", self.wrong_tax_id.ids)
        return domain

    def _document_domain(self):
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("parent_state", "=", "posted")
        domain &= Domain("move_id.move_type", "=", "out_invoice")
        for link in LINKS_TO_ORIGINAL:
            domain &= Domain(f"move_id.{link}", "=", False)
        if self.date_from:
            domain &= Domain("invoice_date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("invoice_date", "<=", self.date_to)
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("move_id.commercial_partner_id", "in", customers.ids)
        if self.move_ids:
            domain &= Domain("move_id", "in", self.move_ids.ids)
        return domain

    def _item_values(self, move, error):
        return {
            "batch_id": self.id,
            "company_id": self.company_id.id,
            "move_id": move.id,
            "partner_id": move.commercial_partner_id.id,
            "invoice_date": move.invoice_date,
            "currency_id": move.currency_id.id,
            "error_id": error.id,
        }

    # What is right

    def _claims_on(self, move):
        """Return claims on the lines of a document that are not as they should be.

        :raises LedgerMismatchError: its lines cannot be corrected
        """
        billed = CorrectionLedger(move).billed_terms()
        lines = move.invoice_line_ids.filtered_domain(self._own_line_domain())
        claims = []
        for line in lines & self.env["account.move.line"].union(*billed):
            terms = billed[line]
            right = self._right_terms(line, terms)
            is_wrong = terms.quantity and self._differs(terms, right)
            if is_wrong and rules.is_on_side(self._side(), terms, right):
                claims.append(self._claim_values(line, right))
        return claims

    def _side(self):
        """Return which lines are corrected; taxes have no side."""
        return "" if self.change == "tax" else self.side or ""

    def _own_line_domain(self):
        domain = Domain("display_type", "=", "product")
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        return domain

    def _right_terms(self, line, billed):
        """Return what a line should bill: see `rules.right_terms`."""
        change = self.change
        if change == "tax":
            return rules.right_terms(
                billed,
                wrong_tax=self.wrong_tax_id.id,
                right_tax=self.right_tax_id.id or None,
            )
        if change == "discount":
            return rules.right_terms(billed, discount=self.discount)
        price = self.price_unit if change == "price" else self._list_price(line)
        return rules.right_terms(billed, price_unit=price)

    def _list_price(self, line):
        """Return the price of the right price list on the day of the invoice."""
        move, product = line.move_id, line.product_id
        price = self.pricelist_id._get_product_price(
            product,
            line.quantity,
            currency=move.currency_id,
            uom=line.product_uom_id,
            date=move.invoice_date,
        )
        return product._get_tax_included_unit_price_from_price(
            price,
            product.taxes_id._filter_taxes_by_company(move.company_id),
            fiscal_position=move.fiscal_position_id,
        )

    @api.model
    def _differs(self, billed, right):
        return (
            billed.taxes != right.taxes
            or float_compare(billed.price_unit, right.price_unit, precision_digits=6)
            or float_compare(billed.discount, right.discount, precision_digits=6)
        )

    @api.model
    def _claim_values(self, line, right):
        return {
            "move_line_id": line.id,
            "claimed_quantity": right.quantity,
            "claimed_price_unit": right.price_unit,
            "claimed_discount": right.discount,
            "claimed_tax_ids": sorted(right.taxes),
        }
