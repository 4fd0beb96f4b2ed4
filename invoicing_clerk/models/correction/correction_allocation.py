from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class ClerkCorrectionAllocation(models.Model):
    """A payment or credit of the customer: what it settles now, and what it should."""

    _name = "clerk.correction.allocation"
    _inherit = ["clerk.correction.part"]
    _description = "Payment Reallocation"
    _check_company_auto = True

    company_id = fields.Many2one(related="correction_id.company_id")
    state = fields.Selection(related="correction_id.state")
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
        help="What it settles now, or what of it is still free.",
    )
    from_move_id = fields.Many2one("account.move", string="Settles Now", readonly=True)
    to_move_id = fields.Many2one(
        "account.move",
        string="Should Settle",
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
        """How the payment settles the document that it settles now."""
        self.ensure_one()
        return self.source_line_id.matched_debit_ids.filtered(
            lambda partial: partial.debit_move_id.move_id == self.from_move_id
        )

    @api.constrains("source_line_id", "from_move_id")
    def _check_source(self):
        """Only the customer's own credits, on what is corrected or still free."""
        for allocation in self:
            correction, source = allocation.correction_id, allocation.source_line_id
            payer = source.partner_id.commercial_partner_id
            strange = (
                payer != correction.partner_id
                or source.account_id.account_type != "asset_receivable"
                or source.parent_state != "posted"
                or source.amount_currency >= 0
                or (allocation.from_move_id or correction.move_id) != correction.move_id
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(entry)s is no credit of %(customer)s that %(document)s or "
                        "nothing takes up.",
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
        """Say why the payment cannot settle the chosen document, or return False."""
        self.ensure_one()
        target, source = self.to_move_id, self.source_line_id
        names = {"payment": self.source_move_id.name, "document": target.display_name}
        free = -source.amount_residual_currency
        if self.from_move_id and not source.currency_id.is_zero(free):
            return self.env._(
                "%(payment)s still has %(free)s free: reallocate that first, so that "
                "it is clear which money moves.",
                free=formatLang(self.env, free, currency_obj=source.currency_id),
                **names,
            )
        if target.amount_residual_signed < 0:
            return self.env._(
                "%(document)s owes the customer: it takes no payment.", **names
            )
        if target.state != "posted" or target.currency_id.is_zero(
            target.amount_residual
        ):
            return self.env._("Nothing is open on %(document)s.", **names)
        if target.currency_id != source.currency_id:
            return self.env._(
                "%(payment)s is in %(paid)s and %(document)s in %(billed)s: reallocate "
                "within one currency.",
                paid=source.currency_id.name,
                billed=target.currency_id.name,
                **names,
            )
        others = target.commercial_partner_id != source.partner_id.commercial_partner_id
        if others and not self.env.user.has_group("invoicing_clerk.group_supervisor"):
            return self.env._(
                "%(document)s is of %(customer)s, %(payment)s of %(payer)s: only a "
                "supervisor moves money between customers.",
                customer=target.commercial_partner_id.name,
                payer=source.partner_id.name,
                **names,
            )
        return False
