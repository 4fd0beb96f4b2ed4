from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.petty_cash import petty_cash as rules
from ..mixin.amount import amount_text, exact


class ClerkPettyCash(models.Model):
    """Cash in the box, payments out of it, and its next steps."""

    _inherit = "clerk.petty.cash"

    cash_on_hand = fields.Monetary(
        string="Cash on Hand",
        compute="_compute_box",
        exportable=False,
        help="The balance of the account of the box.",
    )
    paid_out = fields.Monetary(
        string="Vouchers to Replenish",
        compute="_compute_box",
        exportable=False,
        help="Total of the vouchers that were paid out of the box since.",
    )
    short = fields.Monetary(
        string="Missing",
        compute="_compute_box",
        exportable=False,
        help="Cash that counts found missing and that is not replenished yet; "
        "negative if they found more.",
    )
    unexplained = fields.Char(
        compute="_compute_box",
        string="Other Entries",
        exportable=False,
        help="By how much cash and vouchers differ from the fund: somebody made other "
        "entries on the account of the box.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("journal_id", "fund", "voucher_ids.state", "count_ids.state")
    def _compute_box(self):
        boxes = self._boxes()
        for record in self:
            box = boxes[record]
            record.cash_on_hand = float(box.cash)
            record.paid_out = float(box.paid_out)
            record.short = float(box.short)
            record.unexplained = bool(box.unexplained) and record._amount_text(
                float(box.unexplained)
            )

    def _boxes(self):
        """Return what is known of each box: ``{record: Box}``."""
        fund = self._sums_of_vouchers("increase", Domain("kind", "=", "replenish"))
        paid_out = self._sums_of_vouchers(
            "amount", Domain("kind", "=", "petty") & self._open_domain()
        )
        short, cash = self._shortages(), self._balances()
        return {
            record: rules.Box(
                *(
                    exact(record.currency_id, amounts.get(record, 0.0))
                    for amounts in (fund, cash, paid_out, short)
                )
            )
            for record in self
        }

    @api.model
    def _open_domain(self):
        """Return a domain for what no paid voucher has replenished."""
        none = Domain("replenished_by_id", "=", False)
        return none | Domain("replenished_by_id.state", "!=", "paid")

    def _sums_of_vouchers(self, name, domain):
        groups = self.env["clerk.voucher"]._read_group(
            Domain("petty_cash_id", "in", self.ids)
            & Domain("state", "=", "paid")
            & domain,
            ["petty_cash_id"],
            [f"{name}:sum"],
        )
        return dict(groups)

    def _shortages(self):
        groups = self.env["clerk.petty.count"]._read_group(
            Domain("petty_cash_id", "in", self.ids)
            & Domain("state", "=", "booked")
            & self._open_domain(),
            ["petty_cash_id"],
            ["difference:sum"],
        )
        return {box: -difference for box, difference in groups}

    def _balances(self):
        """Return the balance of the account of each box, in its currency."""
        boxes = {box._account(): box for box in self}
        groups = self.env["account.move.line"]._read_group(
            Domain("account_id", "in", [account.id for account in boxes])
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("parent_state", "=", "posted"),
            ["account_id", "currency_id"],
            ["amount_currency:sum", "balance:sum"],
        )
        sums = {}
        for account, currency, amount, balance in groups:
            box = boxes[account]
            foreign = box.currency_id != box.company_id.currency_id
            own = amount if currency == box.currency_id else 0.0
            sums[box] = sums.get(box, 0.0) + (own if foreign else balance)
        return sums

    def _amount_text(self, amount):
        return amount_text(self.currency_id, amount)

    def _locked_text(self):
        return self.env._(
            "Somebody else is paying out of %s. Try again in a moment.",
            ", ".join(self.mapped("name")),
        )

    # What a clerk does with it

    def action_pay_out(self):
        """Open a new voucher for what is paid out of the box."""
        self.ensure_one()
        self.env["clerk.voucher"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay Out"),
            "res_model": "clerk.voucher",
            "view_mode": "form",
            "context": {
                "default_company_id": self.company_id.id,
                "default_kind": "petty",
                "default_petty_cash_id": self.id,
            },
        }

    def action_count(self):
        """Enter a count of the box, with the notes and coins of its currency."""
        self.ensure_one()
        count = self.env["clerk.petty.count"].create({"petty_cash_id": self.id})
        count.action_add_denominations()
        return count.get_formview_action()

    def action_replenish(self):
        """Prepare a voucher that pays into the box what is missing from its fund.

        :raises UserError: nothing is missing, or there is more in the box than its fund
        """
        self.ensure_one()
        return self.env["clerk.voucher"]._replenish(self).get_formview_action()

    def action_open_lines(self):
        """Open what was paid out of the box, by account and month."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s by Account", self.name),
            "res_model": "clerk.voucher.line",
            "view_mode": "pivot,list",
            "views": [(False, "pivot"), (False, "list")],
            "domain": [
                ("voucher_id.petty_cash_id", "=", self.id),
                ("voucher_id.kind", "=", "petty"),
                ("voucher_id.state", "=", "paid"),
            ],
        }

    def _unreplenished(self):
        """Return vouchers and booked counts that no voucher replenishes yet."""
        own = Domain("petty_cash_id", "=", self.id) & Domain(
            "replenished_by_id", "=", False
        )
        vouchers = self.env["clerk.voucher"].search(
            own & Domain("kind", "=", "petty") & Domain("state", "=", "paid")
        )
        counts = self.env["clerk.petty.count"].search(
            own & Domain("state", "=", "booked")
        )
        return vouchers, counts

    def _increase(self):
        """Return by how much the fund is above what was or will be paid in."""
        groups = self.env["clerk.voucher"]._read_group(
            Domain("petty_cash_id", "=", self.id)
            & Domain("kind", "=", "replenish")
            & Domain("state", "!=", "cancelled"),
            aggregates=["increase:sum"],
        )
        paid_in = exact(self.currency_id, groups[0][0] or 0.0)
        return exact(self.currency_id, self.fund) - paid_in
