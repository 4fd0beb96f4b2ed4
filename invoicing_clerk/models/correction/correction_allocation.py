from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixin.amount import amount_text


class ClerkCorrectionAllocation(models.Model):
    """A payment or credit of the customer, and the document that it should settle."""

    _name = "clerk.correction.allocation"
    _inherit = ["clerk.correction.part"]
    _description = "Payment Reallocation"
    _check_company_auto = True
    _guarded_fields = frozenset({"from_move_id"})
    _final_fields = frozenset({"source_line_id"})

    company_id = fields.Many2one(related="correction_id.company_id")
    state = fields.Selection(string="Status", related="correction_id.state")
    source_line_id = fields.Many2one(
        "account.move.line",
        string="Payment or Credit",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    date = fields.Date(related="source_line_id.date")
    source_move_id = fields.Many2one(related="source_line_id.move_id", string="Entry")
    source_ref = fields.Char(related="source_line_id.move_id.ref", string="Memo")
    currency_id = fields.Many2one(related="source_line_id.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        help="The amount that settles the document now, or that is not applied yet.",
    )
    from_move_id = fields.Many2one(
        "account.move", string="Currently Applied To", readonly=True
    )
    to_move_id = fields.Many2one(
        "account.move",
        string="Apply To",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), "
        "('state', '=', 'posted'), ('amount_residual', '!=', 0), "
        "('currency_id', '=', currency_id), ('id', '!=', from_move_id)]",
    )

    @api.depends(
        "from_move_id",
        "source_line_id.amount_residual_currency",
        "source_line_id.matched_debit_ids.credit_amount_currency",
    )
    def _compute_amount(self):
        for allocation in self:
            source = allocation.source_line_id
            partials = allocation._partials()
            allocation.amount = (
                sum(partials.mapped("credit_amount_currency"))
                if allocation.from_move_id
                else -source.amount_residual_currency
            )

    def _partials(self):
        """Return the reconciliations of the payment with the document."""
        self.ensure_one()
        return self.source_line_id.matched_debit_ids.filtered(
            lambda partial: (
                partial.debit_move_id.move_id == self.from_move_id
                and partial.debit_move_id.parent_state == "posted"
            )
        )

    @api.constrains("source_line_id", "from_move_id")
    def _check_source(self):
        """:raises ValidationError: the credit is not one of the customer, or settles
        another document"""
        for allocation in self:
            correction, source = allocation.correction_id, allocation.source_line_id
            payer = source.partner_id.commercial_partner_id
            is_foreign = (
                payer != correction.partner_id
                or source.account_id.account_type != "asset_receivable"
                or source.parent_state != "posted"
                or source.amount_currency >= 0
                or (allocation.from_move_id or correction.move_id) != correction.move_id
            )
            if is_foreign:
                raise ValidationError(
                    self.env._(
                        "%(entry)s is not a credit of %(customer)s that settles "
                        "%(document)s or is not applied yet.",
                        entry=source.move_id.name,
                        customer=correction.partner_id.display_name,
                        document=correction.move_id.name,
                    )
                )

    @api.constrains("to_move_id")
    def _check_target(self):
        for allocation in self.filtered("to_move_id"):
            if reason := allocation._target_unfit():
                raise ValidationError(reason)

    def _target_unfit(self):
        """Return why the payment cannot settle the selected document, or False."""
        self.ensure_one()
        return (
            self._unapplied_first()
            or self._target_not_payable()
            or self._target_in_other_currency()
            or self._target_of_other_customer()
        )

    def _unapplied_first(self):
        source = self.source_line_id
        free = -source.amount_residual_currency
        if not self.from_move_id or source.currency_id.is_zero(free):
            return False
        return self.env._(
            "%(free)s of %(payment)s is not applied yet: reallocate that amount first.",
            free=amount_text(source.currency_id, free),
            payment=self.source_move_id.name,
        )

    def _target_not_payable(self):
        target = self.to_move_id
        if target.amount_residual_signed < 0:
            return self.env._(
                "%s has a credit balance, which payments cannot settle.",
                target.display_name,
            )
        if target.state != "posted" or target.currency_id.is_zero(
            target.amount_residual
        ):
            return self.correction_id._settled_by_drafts(target) or self.env._(
                "%s has no open amount.", target.display_name
            )
        return False

    def _target_in_other_currency(self):
        target, source = self.to_move_id, self.source_line_id
        return target.currency_id != source.currency_id and self.env._(
            "%(payment)s is in %(paid)s and %(document)s in %(billed)s: payments are "
            "reallocated within one currency.",
            payment=self.source_move_id.name,
            paid=source.currency_id.name,
            document=target.display_name,
            billed=target.currency_id.name,
        )

    def _target_of_other_customer(self):
        """Return that only supervisors move payments between customers, or False."""
        customer = self.to_move_id.commercial_partner_id
        payer = self.source_line_id.partner_id
        is_supervisor = self.env.user.has_group("invoicing_clerk.group_supervisor")
        if is_supervisor or customer == payer.commercial_partner_id:
            return False
        return self.env._(
            "%(document)s belongs to %(customer)s, %(payment)s to %(payer)s: only "
            "supervisors can move payments between customers.",
            document=self.to_move_id.display_name,
            customer=customer.name,
            payment=self.source_move_id.name,
            payer=payer.name,
        )
