from odoo import api, fields, models
from odoo.fields import Domain

from .roles import BOOKKEEPERS
from .traces import reads

UNPAID = ("not_paid", "partial")


class AccountMove(models.Model):
    """Documents that are unpaid by posted entries: see `matching`."""

    _inherit = "account.move"

    is_unpaid = fields.Boolean(
        string="Unpaid (Posted Entries)",
        compute="_compute_is_unpaid",
        search="_search_is_unpaid",
        help="Not paid, or only in part. Payments that were reset to draft do not "
        "count.",
        groups=BOOKKEEPERS,
    )

    unsettled = fields.Monetary(
        string="Amount Due (Posted Entries)",
        compute="_compute_is_unpaid",
        help="In the currency of the document.",
        groups=BOOKKEEPERS,
    )
    unsettled_signed = fields.Monetary(
        string="Amount Due Signed (Posted Entries)",
        compute="_compute_is_unpaid",
        currency_field="company_currency_id",
        groups=BOOKKEEPERS,
    )

    # Finds what was written since a moment: see `checkpoint`.
    _written = models.Index("(write_date)")

    @api.depends("payment_state", "amount_residual", "amount_residual_signed", "state")
    def _compute_is_unpaid(self):
        added = self.env["account.move.line"]._added_back_to(self)
        for move in self:
            found = move._origin.id in added
            company, own = added.get(move._origin.id, (0.0, 0.0))
            move.is_unpaid = move.payment_state in UNPAID or found
            move.unsettled = move.amount_residual - move.direction_sign * own
            move.unsettled_signed = move.amount_residual_signed + company

    @reads("payment_state", ("line_ids", "is_unsettled"))
    def _search_is_unpaid(self, operator, value):
        # Core does not ask for it before it calls a search method.
        self._check_field_access(self._fields["is_unpaid"], "read")
        if operator != "in":
            return NotImplemented
        domain = Domain("payment_state", "in", UNPAID)
        if ids := list(self.env["account.move.line"]._added_back()):
            domain |= Domain("line_ids", "in", ids)
        if set(value) == {True, False}:
            return Domain.TRUE
        return domain if True in value else ~domain

    def _unposted_counterparts(self):
        """Return the entries that are not posted and reconciled with the balance."""
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )._unposted_counterparts()
