from odoo import api, fields, models
from odoo.fields import Command

from ...rules.petty_cash import petty_cash as rules
from ..mixin.amount import amount_text, exact
from ..mixin.cash import uncounted
from ..mixin.lock_date import entry_date_obstacle
from ..mixin.locking import take_turns


class ClerkPettyCount(models.Model):
    """A count of petty cash by somebody who does not hold it.

    What differs from the books is charged to the over and short account, so that box
    and books agree again.
    """

    _name = "clerk.petty.count"
    _description = "Petty Cash Count"
    _inherit = ["clerk.drafted", "clerk.thread"]
    _lifecycle = rules.COUNT_LIFECYCLE
    _number_prefix = "PCC"
    _order = "id desc"
    _check_company_auto = True
    _content_fields = frozenset({"cash_ids", "date", "note", "witness"})
    _final_fields = frozenset({"petty_cash_id"})
    _guarded_fields = frozenset(
        {
            *("counted_by_id", "cash_expected", "difference", "move_id"),
            "replenished_by_id",
        }
    )

    state = fields.Selection(
        rules.COUNT_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    petty_cash_id = fields.Many2one(
        "clerk.petty.cash",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="petty_cash_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="petty_cash_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    cash_ids = fields.One2many(
        "clerk.petty.count.cash", "count_id", string="Notes and Coins", copy=False
    )
    counted_amount = fields.Monetary(
        string="Counted", compute="_compute_counted_amount", store=True
    )
    note = fields.Char(
        string="Explanation",
        size=200,
        help="The reason for a difference, as far as it is known.",
    )
    witness = fields.Char(
        string="Present", size=100, help="The people who were present at the count."
    )
    counted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    cash_expected = fields.Monetary(
        string="By the Books",
        readonly=True,
        copy=False,
        help="The balance of the account of the box when the count was booked.",
    )
    difference = fields.Monetary(
        string="Over or Short",
        readonly=True,
        copy=False,
        help="Counted less by the books; negative where cash is missing.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    replenished_by_id = fields.Many2one(
        "clerk.voucher",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The voucher that restores the difference.",
    )

    @api.model
    def _next_number(self, vals):
        box = self.env["clerk.petty.cash"].browse(vals.get("petty_cash_id"))
        return super()._next_number({"company_id": box.company_id.id})

    @api.depends("cash_ids.amount")
    def _compute_counted_amount(self):
        for count in self:
            count.counted_amount = sum(count.cash_ids.mapped("amount"))

    def action_add_denominations(self):
        """Add the usual notes and coins of the currency, to be counted.

        :raises UserError: none are known
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self.cash_ids = uncounted(self.currency_id, self.cash_ids)

    def action_book(self):
        """Compare counts with the books, and charge what differs.

        :raises UserError: the custodian has counted, or a difference is not explained
        """
        self._begin_step("book")
        boxes = self.petty_cash_id
        take_turns(boxes._locked_text, boxes)
        for count in self:
            found = count._compared()
            count._check_needs("book", found)
            entry = count._book(found["difference"])
            count._write_step(
                "book", counted_by_id=self.env.uid, move_id=entry.id, **found
            )

    def _compared(self):
        box = self.petty_cash_id
        expected = float(box._boxes()[box].cash)
        difference = exact(self.currency_id, self.counted_amount) - exact(
            self.currency_id, expected
        )
        return {"cash_expected": expected, "difference": float(difference)}

    def _obstacle(self, step, vals):
        if step != "book":
            return super()._obstacle(step, vals)
        if self.env.user == self.petty_cash_id.custodian_id:
            return self.env._("You hold this box: a colleague has to count it.")
        if not self.cash_ids:
            return self.env._("Enter the notes and coins.")
        if vals["difference"] and not (self.note or "").strip():
            return self.env._(
                "%(counted)s were counted, and the books have %(expected)s: "
                "%(difference)s. Count again, or enter an explanation.",
                counted=self._amount_text(self.counted_amount),
                expected=self._amount_text(vals["cash_expected"]),
                difference=self._difference_text(vals["difference"]),
            )
        return entry_date_obstacle(
            self.company_id, self.date, self.petty_cash_id.journal_id
        )

    def _difference_text(self, difference):
        amount = self._amount_text(abs(difference))
        if difference > 0:
            return self.env._("%s over", amount)
        return self.env._("%s short", amount)

    def _amount_text(self, amount):
        return amount_text(self.currency_id, amount)

    def _book(self, difference):
        """Post what was found over or short; return no entry if nothing was."""
        moves = self.env["account.move"].with_company(self.company_id)
        if self.currency_id.is_zero(difference):
            return moves
        box = self.petty_cash_id
        accounts = (
            (box._account(), difference),
            (box.difference_account_id, -difference),
        )
        move = moves.create(
            {
                "journal_id": box.journal_id.id,
                "date": self.date,
                "ref": self.name,
                "line_ids": [
                    Command.create(self._item(account, amount))
                    for account, amount in accounts
                ],
            }
        )
        move.action_post()
        return move

    def _item(self, account, amount):
        company = self.company_id
        return {
            "name": self.note or self.name,
            "account_id": account.id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": self.currency_id._convert(
                amount, company.currency_id, company, self.date
            ),
        }
