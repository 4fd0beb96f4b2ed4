from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class ClerkCorrectionAllocation(models.Model):
    """A payment or credit of the customer: what it settles now, and what it should."""

    _name = "clerk.correction.allocation"
    _description = "Payment Reallocation"
    _check_company_auto = True

    correction_id = fields.Many2one(
        "clerk.correction", required=True, ondelete="cascade", index=True
    )
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
        readonly=True, help="What it settles now, or what of it is still free."
    )
    from_move_id = fields.Many2one("account.move", string="Settles Now", readonly=True)
    to_move_id = fields.Many2one(
        "account.move",
        string="Should Settle",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_refund')), "
        "('state', '=', 'posted'), ('amount_residual', '!=', 0), "
        "('currency_id', '=', currency_id), ('id', '!=', from_move_id)]",
    )

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        allocations.correction_id._touch()
        return allocations

    def write(self, vals):
        if "correction_id" in vals:
            raise AccessError(
                self.env._("A line stays with the correction that it was made for.")
            )
        self.correction_id._touch()
        return super().write(vals)

    def unlink(self):
        self.correction_id.exists()._touch()
        return super().unlink()

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
