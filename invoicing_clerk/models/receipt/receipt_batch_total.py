from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.receipt.receipt_batch import Totals, differences, hash_total, read_hash
from ..mixin.amount import amount_text, exact


class ClerkReceiptBatch(models.Model):
    """Control totals, and by how much the receipts differ from them."""

    _inherit = "clerk.receipt.batch"

    control_count = fields.Integer(
        string="Number of Receipts",
        help="The number of receipts according to the tape.",
    )
    control_amount = fields.Monetary(
        string="Total Amount",
        help="The total amount of the receipts according to the tape.",
    )
    control_hash = fields.Char(
        string="Hash Total",
        help="The sum of the check numbers according to the tape. It finds digits that "
        "were swapped. Leave empty to compare count and amount only.",
    )
    entered_count = fields.Integer(
        string="Receipts Entered", compute="_compute_entered"
    )
    entered_amount = fields.Monetary(compute="_compute_entered")
    entered_hash = fields.Char(string="Entered Hash Total", compute="_compute_entered")
    is_balanced = fields.Boolean(string="Balanced", compute="_compute_entered")
    difference_note = fields.Char(
        string="Difference",
        compute="_compute_entered",
        help="The totals by which the batch is out of balance.",
    )

    posted_count = fields.Integer(string="Posted", compute="_compute_outcome")
    failed_count = fields.Integer(string="Failed", compute="_compute_outcome")

    @api.depends("receipt_ids.state")
    def _compute_outcome(self):
        for batch in self:
            states = batch.receipt_ids.mapped("state")
            batch.posted_count = states.count("posted")
            batch.failed_count = states.count("failed")

    @api.depends(
        "control_count",
        "control_amount",
        "control_hash",
        "currency_id",
        "receipt_ids.amount",
        "receipt_ids.number",
        "receipt_ids.partner_id",
        "receipt_ids.payer",
    )
    @api.depends_context("lang")
    def _compute_entered(self):
        for batch in self:
            entered = batch._entered_totals()
            found = differences(batch._control_totals(), entered)
            batch.entered_count = entered.count
            batch.entered_amount = float(entered.amount)
            batch.entered_hash = str(entered.hash)
            batch.is_balanced = bool(batch.receipt_ids) and not found
            batch.difference_note = "; ".join(map(batch._difference_text, found))

    def _entered_totals(self):
        receipts = self.receipt_ids.filtered(lambda receipt: receipt._is_entered())
        amounts = [exact(self._currency(), receipt.amount) for receipt in receipts]
        return Totals(
            len(receipts),
            sum(amounts, Decimal(0)),
            hash_total(receipt.number or "" for receipt in receipts),
        )

    def _control_totals(self):
        try:
            number = read_hash(self.control_hash or "")
        except ValueError:
            number = None
        return Totals(
            self.control_count, exact(self._currency(), self.control_amount), number
        )

    def _currency(self):
        # A form may be without a currency for a moment.
        return self.currency_id or self.company_id.currency_id

    def _difference_text(self, difference):
        """Return a total that differs, and by how much, in words."""
        labels = {
            "count": self.env._("number of receipts"),
            "amount": self.env._("amount"),
            "hash": self.env._("hash total"),
        }
        values = {
            "total": labels[difference.kind],
            "by": self._total_text(difference.kind, abs(difference.by)),
            "control": self._total_text(difference.kind, difference.control),
        }
        if difference.by > 0:
            return self.env._("%(total)s: %(by)s more than %(control)s", **values)
        return self.env._("%(total)s: %(by)s less than %(control)s", **values)

    def _total_text(self, kind, value):
        return amount_text(self._currency(), value) if kind == "amount" else str(value)

    @api.constrains("control_count", "control_amount", "control_hash")
    def _check_control_totals(self):
        for batch in self:
            if batch.control_count < 0 or batch.control_amount < 0:
                raise ValidationError(
                    self.env._("The control totals must not be negative.")
                )
            try:
                read_hash(batch.control_hash or "")
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a hash total. Enter the sum of the check numbers, "
                        "or clear the field.",
                        batch.control_hash[:40],
                    )
                ) from None
