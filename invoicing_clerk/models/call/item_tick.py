from odoo import api, fields, models
from odoo.fields import Domain

from ..mixin.amount import amount_text
from ..mixin.gate import at_least_one
from ..mixin.notification import SOFT_RELOAD
from ..mixin.roles import READERS


class ClerkItemTick(models.TransientModel):
    """An open item that a clerk has ticked, on the customer page or the call pad.

    Both show the same ticks. They are forgotten after an hour, as other dialogs.
    """

    _name = "clerk.item.tick"
    _description = "Selected Open Item"
    _inherit = "clerk.guarded"
    _guards_all = True

    item_id = fields.Many2one(
        "account.move.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    @api.model
    def _of_user(self, items):
        """Return the ticks of the user on some items."""
        if not self.has_access("read"):
            return self.browse()
        return self.search(
            Domain("create_uid", "=", self.env.uid) & Domain("item_id", "in", items.ids)
        )


class AccountMoveLine(models.Model):
    """Ticks on open items."""

    _inherit = "account.move.line"

    is_ticked = fields.Boolean(
        string="Selected",
        compute="_compute_is_ticked",
        groups=READERS,
        exportable=False,
    )

    purchase_reference = fields.Char(
        string="PO / Reference",
        compute="_compute_purchase_reference",
        groups=READERS,
        help="The reference of the customer, the source document or the payment "
        "reference.",
    )
    hold_text = fields.Char(
        string="Disputed or Promised",
        compute="_compute_hold_text",
        groups=READERS,
        exportable=False,
    )

    @api.depends("move_id", "ref", "name")
    def _compute_purchase_reference(self):
        for item in self:
            move = item.move_id
            names = dict.fromkeys((move.ref, move.invoice_origin))
            words = " · ".join(filter(None, names)) or move.payment_reference
            item.purchase_reference = words if words != move.name else False

    @api.depends("disputed_open", "promised_open")
    @api.depends_context("lang")
    def _compute_hold_text(self):
        for item in self:
            labels = {
                self.env._("Disputed"): item.disputed_open,
                self.env._("Promised"): item.promised_open,
            }
            texts = [
                f"{label} {item._amount_text(amount)}".strip()
                for label, amount in labels.items()
                if not item.currency_id.is_zero(amount)
            ]
            if item.move_id.has_open_billing_error and not item.disputed_open:
                # The case does not say yet how much is wrong.
                texts.insert(0, self.env._("Disputed"))
            if item.unsettled_company < 0:
                texts.append(self.env._("Unapplied"))
            item.hold_text = " · ".join(texts)

    def _amount_text(self, amount):
        """Return an amount on hold in words; nothing where it is all that is open."""
        if not self.currency_id.compare_amounts(amount, self.unsettled):
            return ""
        return amount_text(self.currency_id, amount)

    @api.depends_context("uid")
    def _compute_is_ticked(self):
        ticked = self.env["clerk.item.tick"]._of_user(self._origin).item_id
        for item in self:
            item.is_ticked = item._origin in ticked

    def action_tick(self):
        """Tick the items, or untick them if all are; on a pad, link their documents."""
        ticks = self.env["clerk.item.tick"]._of_user(at_least_one(self))
        if is_ticked := self <= ticks.item_id:
            ticks.unlink()
        else:
            (self - ticks.item_id)._tick()
        if call := self._call_on_pad():
            documents = self._documents()
            call.move_ids = (
                call.move_ids - documents if is_ticked else call.move_ids | documents
            )
        return SOFT_RELOAD

    def _tick(self):
        if not self:
            return
        ticks = self.env["clerk.item.tick"]._inside()
        ticks.create([{"item_id": item.id} for item in self])
        self.invalidate_recordset(["is_ticked"])

    def _call_on_pad(self):
        """Return the call whose pad has the row of the pressed button, if any."""
        if "clerk_call_id" not in self.env.context:
            return self.env["clerk.call"]
        return self.env["clerk.call.starter"]._call_of_pad()
