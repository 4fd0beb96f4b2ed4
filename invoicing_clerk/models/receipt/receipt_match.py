from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.receipt.match_state import EVIDENCE, LIFECYCLE, STATES
from ..mixin.gate import at_least_one, only_one
from ..receivable.applied_payment import REASONS


class ClerkReceiptMatch(models.Model):
    """A payment, what it may be for, and why; later, that it was applied or undone.

    `rules.receipt.receipt_match` proposes. A proposal is replaced whenever a new one is
    asked for; what was applied stays, so that wrong matches can be counted.
    """

    _name = "clerk.receipt.match"
    _description = "Payment Match"
    _inherit = ["clerk.lifecycle", "clerk.work.item.link"]
    _lifecycle = LIFECYCLE
    _guards_all = True
    _order = "id desc"

    item_id = fields.Many2one(
        "account.move.line",
        string="Payment Item",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(related="item_id.move_id", string="Payment Entry")
    payment_id = fields.Many2one(
        "account.payment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The customer that the payment is from. Empty if it is unidentified.",
    )
    date = fields.Date(readonly=True)
    payer = fields.Char(readonly=True, help="Name of the payer, as the bank gives it.")
    payer_account = fields.Char(readonly=True)
    text = fields.Char(string="Payment Text", readonly=True)
    amount = fields.Monetary(
        string="Payment Amount", readonly=True, help="Open amount of the payment."
    )
    applied_amount = fields.Monetary(string="To Apply", readonly=True)
    unapplied_amount = fields.Monetary(
        string="Unapplied", readonly=True, help="Part of the payment that is left over."
    )
    short_amount = fields.Monetary(
        string="Short",
        readonly=True,
        help="Part of the invoices that the payment does not cover.",
    )
    reason = fields.Selection(REASONS, readonly=True)
    evidence = fields.Selection(EVIDENCE, string="Payer Known By", readonly=True)
    notes = fields.Json(readonly=True, exportable=False)
    confidence = fields.Integer(
        string="Confidence (%)", readonly=True, aggregator="avg"
    )
    is_automatic = fields.Boolean(
        string="Applicable without Asking",
        readonly=True,
        help="The payment says what it is for, to the cent, and nothing speaks against "
        "it.",
    )
    was_automatic = fields.Boolean(string="Applied Automatically", readonly=True)
    line_ids = fields.One2many("clerk.receipt.match.line", "match_id", readonly=True)
    line_count = fields.Integer(string="Items", readonly=True)
    item_names = fields.Char(string="Invoices", readonly=True)
    applied_id = fields.Many2one(
        "clerk.applied.payment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    applied_by_id = fields.Many2one("res.users", readonly=True)
    applied_on = fields.Datetime(string="Applied At", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_on = fields.Datetime(string="Undone At", readonly=True)
    error = fields.Char(
        string="Not Applied Because",
        readonly=True,
        help="Reason why the proposal could not be applied. Correct it and try again.",
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="proposed"
    )

    _one_proposal = models.UniqueIndex(
        "(item_id) WHERE state = 'proposed'", "A payment can have only one proposal."
    )
    _open = models.Index("(company_id, id) WHERE state = 'proposed'")

    @api.depends("move_id", "partner_id")
    def _compute_display_name(self):
        for match in self:
            names = (match.move_id.name, match.partner_id.display_name)
            match.display_name = ", ".join(filter(None, names))

    # Steps of people

    def action_apply(self):
        """Reconcile what is proposed; one that fails says why, the others go on."""
        at_least_one(self)._apply()
        return True

    def action_undo(self):
        """Remove the reconciliations that the match made."""
        only_one(self)
        if not self.applied_id or self.state != "applied":
            raise UserError(self._refuse_step())
        return self.applied_id.action_undo()

    def action_dismiss(self):
        """Leave the payment on account."""
        at_least_one(self)._take_step("dismiss")

    def action_reopen(self):
        """Work on a payment again that was left on account."""
        self._take_step("reopen")
        return self.action_propose()

    def action_propose(self):
        """Propose again, for what is open now."""
        at_least_one(self)._check_step_access()
        self._drop_settled(self.company_id)
        left = self.exists()
        left._propose(left.filtered(lambda match: match.state == "proposed").item_id)
        return True if left == self else self._view_action(left)

    def action_view_items(self):
        """Open the invoices of the match."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.line_ids.item_id.move_id.ids)],
        }

    def action_propose_all(self):
        """Propose for all unapplied payments, and open the proposals."""
        self.check_access("create")
        self._propose_for(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_receipt_match_action"
        )

    @api.model
    def _view_action(self, matches):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_receipt_match_action"
        )
        if len(matches) == 1:
            return {**action, "views": [(False, "form")], "res_id": matches.id}
        return {**action, "domain": Domain("id", "in", matches.ids), "context": {}}
