from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.correction.line_match import Traits
from ..mixin.roles import BOOKKEEPERS


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["clerk.guarded", "account.move.line"]

    corrected_line_id = fields.Many2one(
        "account.move.line",
        string="Corrects Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The invoice line that this line corrects.",
        groups=BOOKKEEPERS,
    )

    correction_line_id = fields.Many2one(
        "clerk.correction.line",
        string="Added by Correction Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The line of a correction that added what the invoice did not bill.",
        groups=BOOKKEEPERS,
    )

    corrected_part = fields.Selection(
        [("quantity", "Quantity"), ("price", "Price")],
        string="Corrects",
        copy=False,
        readonly=True,
        help="The change that the line of a correction makes: a price credit returns "
        "nothing, and bills nothing again.",
        groups=BOOKKEEPERS,
    )

    _guards_computed = False
    _guarded_fields = frozenset(
        {"corrected_line_id", "correction_line_id", "corrected_part"}
    )
    _checked_fields = _guarded_fields

    # What people approve of a line. Analytic items may be distributed anew.
    _approved_fields = frozenset(
        {
            *("move_id", "account_id", "partner_id", "currency_id", "display_type"),
            *("product_id", "product_uom_id", "name", "quantity", "price_unit"),
            *("discount", "price_subtotal", "price_total", "date", "date_maturity"),
            *("debit", "credit", "balance", "amount_currency", "tax_base_amount"),
            *("tax_ids", "tax_line_id", "tax_tag_ids", "tax_repartition_line_id"),
        }
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: a document would no longer be as it was approved"""
        lines = super().create(vals_list)
        lines.move_id.filtered("posted_before")._refuse_if_approved()
        return lines

    def write(self, vals):
        """:raises UserError: a document would no longer be as it was approved"""
        names = self._approved_fields & vals.keys()
        if names and not self._is_inside():
            self._changed_moves(vals, names)._refuse_if_approved()
        return super(AccountMoveLine, self._untracked()).write(vals)

    def _untracked(self):
        """Return lines of a draft that a correction makes without tracking.

        Core tracks changes of documents that were posted before. For others it reads
        the descriptions of all fields at each change, and logs none.
        """
        if self._is_inside() and not any(self.move_id.mapped("posted_before")):
            return self.with_context(tracking_disable=True)
        return self

    def _changed_moves(self, vals, names):
        """Return the documents of lines that would change, and where they would go."""
        moves = self.env["account.move"]
        changed = self.filtered(
            lambda line: (
                line.move_id.posted_before and moves._will_change(line, vals, names)
            )
        )
        target = self._fields["move_id"].convert_to_cache(vals.get("move_id"), self)
        return changed.move_id | moves.browse(target)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.move_id._refuse_if_approved()

    @api.model
    def _guard_hint(self):
        return self.env["clerk.correction"]._guard_hint()

    def _correction_copied(self):
        """Return what a note that credits the line has in common with it."""
        self.ensure_one()
        return (
            self.product_id.id,
            frozenset(self.tax_ids.ids),
            round(self.price_unit, 6),
            round(self.discount, 6),
        )

    def _correction_traits(self):
        """Return what tells the line from others with the same product and price."""
        self.ensure_one()
        return Traits(
            account=self.account_id.id,
            analytic=frozenset((self.analytic_distribution or {}).items()),
            text=self.name or "",
            quantity=round(self.quantity, 6),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_corrected(self):
        # sudo: only checks that evidence is kept; nothing is shown but its name.
        corrected = self.filtered(
            lambda line: line.move_id.sudo().has_applied_correction
        )
        if not corrected:
            return
        # sudo: of corrections, only the name is shown, to whoever deletes the line.
        lines_sudo = self.env["clerk.correction.line"].sudo()
        applied = lines_sudo.search(
            [
                ("move_line_id", "in", corrected.ids),
                ("correction_id.state", "=", "applied"),
            ],
            limit=1,
        )
        if applied:
            raise UserError(
                self.env._(
                    "“%(line)s” of %(document)s was corrected by %(correction)s and "
                    "is kept on record.",
                    line=applied.name,
                    document=applied.move_line_id.move_id.name,
                    correction=applied.correction_id.name,
                )
            )
