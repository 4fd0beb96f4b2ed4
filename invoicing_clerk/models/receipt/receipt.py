from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.receipt import receipt_batch as rules
from ..mixin.amount import amount_text
from ..mixin.gate import only_one


class ClerkReceipt(models.Model):
    """Money that came in, as the clerk has read it on the check or the list.

    It becomes a payment when its batch is posted. A payer that nobody knows yet makes a
    payment without customer, which is unidentified and not guessed.
    """

    _name = "clerk.receipt"
    _description = "Receipt"
    _inherit = ["clerk.lifecycle", "clerk.drafted.row"]
    _lifecycle = rules.RECEIPT_LIFECYCLE
    _row_of = "batch_id"
    _order = "batch_id desc, sequence, id"
    _check_company_auto = True
    _rec_names_search = ["number", "payer", "partner_id"]
    # What can be mended where posting has failed: totals stay those of the tape.
    _mendable_fields = frozenset(
        {"drawer_bank", "partner_id", "payer", "payer_account", "text"}
    )
    _final_fields = frozenset({"batch_id"})
    _guarded_fields = frozenset({"note", "payment_id", "tries"})

    batch_id = fields.Many2one(
        "clerk.receipt.batch",
        string="Receipt Batch",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="batch_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="batch_id.currency_id")
    date = fields.Date(
        compute="_compute_date",
        store=True,
        precompute=True,
        help="The date of the payment.",
    )
    booked_on = fields.Date(
        help="The date of the bank or the lockbox. Leave empty for the date of the "
        "batch.",
    )
    user_id = fields.Many2one(related="batch_id.user_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Leave empty if the payer is not known: the payment is unidentified then.",
    )
    payer = fields.Char(
        string="Payer as Given", help="The name on the check or the list."
    )
    number = fields.Char(
        string="Check No.", help="The number of the check, or another reference."
    )
    payer_account = fields.Char(
        string="Payer's Account", help="The account that the money came from."
    )
    drawer_bank = fields.Char(string="Drawer's Bank")
    amount = fields.Monetary(required=True)
    text = fields.Char(
        string="Remittance Text", help="The text by which the payer says what is paid."
    )
    state = fields.Selection(
        rules.RECEIPT_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="entered",
        copy=False,
        index=True,
    )
    note = fields.Char(
        string="Reason",
        readonly=True,
        copy=False,
        help="The reason why the receipt was not posted.",
    )
    tries = fields.Integer(
        string="Interrupted Attempts",
        readonly=True,
        copy=False,
        exportable=False,
        help="Attempts that were interrupted.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    check_key = fields.Char(
        string="Check",
        compute="_compute_check_key",
        store=True,
        index="btree_not_null",
        exportable=False,
        help="Number, bank and drawer of the check, by which it is found again.",
    )

    _one_payment = models.UniqueIndex("(payment_id) WHERE payment_id IS NOT NULL")

    @api.depends("number", "payer", "partner_id", "amount")
    def _compute_display_name(self):
        for receipt in self:
            amount = amount_text(receipt.currency_id, receipt.amount)
            who = receipt.payer or receipt.partner_id.name
            parts = [receipt.number, who, amount]
            receipt.display_name = " · ".join(filter(None, parts))

    @api.depends("booked_on", "batch_id.date")
    def _compute_date(self):
        for receipt in self:
            receipt.date = receipt.booked_on or receipt.batch_id.date

    def _is_entered(self):
        """Return whether this is more than the row that Enter opens in the form."""
        return bool(self.amount or self.number or self.payer or self.partner_id)

    # Guards

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the batch instead.")

    def _check_row(self, names=frozenset()):
        """:raises UserError: the receipt is posted, or would change the totals"""
        fixed = self
        if names and names <= self._mendable_fields:
            fixed = self.filtered(lambda receipt: receipt.state != "failed")
        return super(ClerkReceipt, fixed)._check_row(names)

    @api.constrains("amount")
    def _check_amount(self):
        for receipt in self:
            if receipt.currency_id.compare_amounts(receipt.amount, 0.0) <= 0:
                raise ValidationError(
                    self.env._(
                        "Enter an amount above zero for %(receipt)s. Money that was "
                        "paid back is no receipt.",
                        receipt=receipt.number or receipt.payer or self._description,
                    )
                )

    @api.depends("number", "drawer_bank", "payer", "partner_id")
    def _compute_check_key(self):
        for receipt in self:
            receipt.check_key = receipt.number and rules.check_key(
                receipt.number, receipt.drawer_bank or "", receipt._payer_name()
            )

    @api.constrains("number", "drawer_bank", "payer", "partner_id")
    def _check_entered_once(self):
        """:raises ValidationError: a check was entered before"""
        entered = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("check_key", "in", self.filtered("check_key").mapped("check_key")),
                ("batch_id.state", "!=", "cancelled"),
            ]
        )
        alike = entered.grouped(lambda each: (each.company_id, each.check_key))
        for receipt in self.filtered("check_key"):
            twins = alike.get((receipt.company_id, receipt.check_key), receipt)
            if twin := (twins - receipt)[:1]:
                raise ValidationError(
                    self.env._(
                        "Check %(number)s of %(payer)s was already entered in "
                        "%(batch)s, for %(amount)s.",
                        number=receipt.number,
                        payer=receipt._payer_name() or self.env._("an unknown payer"),
                        batch=twin.batch_id.name,
                        amount=amount_text(twin.currency_id, twin.amount),
                    )
                )

    def _payer_name(self):
        return self.partner_id.commercial_partner_id.name or self.payer or ""

    # Posting

    def _post_payments(self):
        """Make the payments and post them, all or none.

        :raises UserError: one has no journal entry, so that nothing could be applied,
            or a customer of another company
        """
        # sudo: names the customers that were entered, of whatever company they are now.
        self.sudo()._check_company(["partner_id"])
        payments = self.env["account.payment"].create(
            [receipt._payment_values() for receipt in self]
        )
        payments._post_at_once()
        for receipt, payment in zip(self, payments, strict=True):
            if not payment.move_id:
                raise UserError(payment._without_entry())
            receipt._write_step(
                "finish", state="posted", payment_id=payment.id, note=False
            )

    def _payment_values(self):
        batch = self.batch_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.id,
            "amount": self.amount,
            "currency_id": batch.currency_id.id,
            "date": self.date,
            "journal_id": batch.journal_id.id,
            "payment_method_line_id": batch.payment_method_line_id.id,
            "memo": self._memo(),
            "payment_reference": self.number,
            "company_id": batch.company_id.id,
        }

    def _memo(self):
        """Return what the bank would show: who has paid, and what for."""
        payer = self.payer if self.payer != self.partner_id.name else False
        return " · ".join(filter(None, [self.text, payer, self.number]))

    def action_open_payment(self):
        """Open the payment."""
        self.ensure_one()
        return self.payment_id.get_formview_action()

    def action_bounce(self):
        """Enter that the payment bounced, or show it.

        :raises UserError: there is no payment yet
        """
        only_one(self)
        if not self.payment_id:
            raise UserError(
                self.env._("%s is not posted: there is no payment.", self.display_name)
            )
        return self.payment_id.action_bounce()
