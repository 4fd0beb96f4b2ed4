from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.receipt.deposit import bank_amount
from ..mixin.amount import amount_text, exact
from ..mixin.lock_date import lock_date_obstacle


class ClerkDeposit(models.Model):
    """Books the credit of the bank: it settles the outstanding receipts one by one.

    Where a line of a bank statement fits, its suspense item is replaced; otherwise an
    entry debits the bank account. A difference between slip and credit stays on the
    suspense account of the journal, for an accountant to clear.
    """

    _inherit = "clerk.deposit"

    credited_on = fields.Date(readonly=True, copy=False, tracking=True)
    credited_amount = fields.Monetary(
        string="Amount Credited", readonly=True, copy=False, tracking=True
    )
    credit_note = fields.Char(
        string="Note on the Credit",
        readonly=True,
        copy=False,
        help="The reason why the credit differs from the slip, or from the bank "
        "statement.",
    )
    credit_difference = fields.Char(
        compute="_compute_credit_difference",
        help="By how much the credit of the bank differs from the slip.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Statement Line",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    stamped_copy_id = fields.Many2one(
        "ir.attachment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The slip as the bank has stamped it.",
    )
    stamped_copy_hash = fields.Char(
        string="SHA-256", readonly=True, copy=False, exportable=False
    )

    @api.depends("state", "credited_amount", "payment_ids.amount")
    @api.depends_context("lang")
    def _compute_credit_difference(self):
        for deposit in self:
            deposit.credit_difference = (
                deposit.state == "confirmed"
                and deposit._difference_text(deposit.credited_amount - deposit.total)
            )

    # The dialog

    def action_confirm(self):
        """Ask for date and amount of the credit."""
        return self._open_dialog("confirm", self.env._("Credit of the Bank"))

    def action_add_copy(self):
        """Ask for the stamped copy, which came after the credit."""
        return self._open_dialog("add_copy", self.env._("Stamped Copy"))

    def _open_dialog(self, step, title):
        self.ensure_one()
        self._check_step_access()
        self._check_step(step)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "clerk.deposit.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_deposit_id": self.id},
        }

    def _fitting_statement_lines(self, amount):
        """Return the bank statement lines that may be the credit of this amount."""
        lines = self.env["account.bank.statement.line"]
        own = self.journal_id.currency_id or self.company_id.currency_id
        if not self or own != self.currency_id:
            return lines
        found = lines.search(
            Domain("journal_id", "=", self.journal_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("is_reconciled", "=", False)
            & Domain("foreign_currency_id", "=", False)
            & Domain("date", ">=", self.date)
            & Domain("amount", ">=", amount - self.currency_id.rounding)
            & Domain("amount", "<=", amount + self.currency_id.rounding)
            & Domain("move_id.state", "=", "posted"),
            order="date, id",
        )
        return found.filtered(
            lambda line: self.currency_id.compare_amounts(line.amount, amount) == 0
        )

    # The step

    def _confirm(self, document=None, **credit):
        """Book the credit of the bank, and keep the stamped copy.

        :param document: name, bytes and mimetype of the stamped copy
        :param credit: the fields above that describe the credit
        """
        self.ensure_one()
        self._begin_step("confirm")
        self._check_needs("confirm", credit)
        deposit = self.with_company(self.company_id)
        entry = deposit._book_credit(credit)
        self._write_step(
            "confirm", move_id=entry.id, confirmed_by_id=self.env.uid, **credit
        )
        if document:
            self._store_stamped_copy(*document)

    def _add_copy(self, document):
        """Keep a stamped copy that came after the credit.

        :param document: name, bytes and mimetype
        :raises UserError: the deposit is not confirmed, or has a copy
        """
        self.ensure_one()
        self._begin_step("add_copy")
        self._check_needs("add_copy", {})
        self._store_stamped_copy(*document)

    def _store_stamped_copy(self, name, content, mimetype):
        copy = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        inside = self._inside()
        inside.stamped_copy_id = copy
        inside._seal_evidence("stamped_copy_id", strict=False)

    def _obstacle(self, step, vals):
        if step == "confirm":
            return self._credit_obstacle(vals) or self._entry_obstacle(vals)
        if step == "add_copy" and self.stamped_copy_id:
            return self.env._("Its stamped copy is %s.", self.stamped_copy_id.name)
        return super()._obstacle(step, vals)

    def _is_offered(self, step):
        if step == "add_copy":
            return not self.stamped_copy_id
        return super()._is_offered(step)

    def _credit_obstacle(self, credit):
        """Return what is wrong with a credit that was entered, as a sentence."""
        amount, date = credit["credited_amount"], credit["credited_on"]
        if self.currency_id.compare_amounts(amount, 0.0) <= 0:
            return self.env._("Enter the amount that the bank has credited.")
        if date > fields.Date.context_today(self):
            return self.env._("The date of the credit is in the future.")
        if date < self.date:
            return self.env._(
                "The bank cannot have credited it on %(credited)s, before the deposit "
                "on %(deposited)s.",
                credited=self._date_text(date),
                deposited=self._date_text(self.date),
            )
        if credit["credit_note"]:
            return None
        if difference := self._difference_text(amount - self.total):
            return self.env._(
                "The bank has credited %(credited)s, the slip has %(total)s: "
                "%(difference)s. Enter a note that says why.",
                credited=amount_text(self.currency_id, amount),
                total=amount_text(self.currency_id, self.total),
                difference=difference,
            )
        return None

    def _entry_obstacle(self, credit):
        """Return why the credit cannot be booked, as a sentence."""
        line = self.env["account.bank.statement.line"].browse(
            credit["statement_line_id"]
        )
        fitting = self._fitting_statement_lines(credit["credited_amount"])
        if line and line not in fitting:
            return self.env._(
                "The bank statement line no longer fits: it is reconciled, or differs "
                "in amount, currency or date. Select another one."
            )
        if line and not line.has_access("write"):
            return self._ask_accountant(line)
        if fitting and not line and not credit["credit_note"]:
            return self.env._(
                "A bank statement line fits: %s. Select it, or enter a note that says "
                "why it is another credit.",
                fitting[0].display_name,
            )
        if not self.journal_id.suspense_account_id:
            return self.env._(
                "%s has no suspense account. Ask an accountant to set one.",
                self.journal_id.name,
            )
        date = line.date or credit["credited_on"]
        return lock_date_obstacle(self.company_id, date, self.journal_id)

    def _ask_accountant(self, line):
        return self.env._(
            "You are not allowed to reconcile bank statement lines. Ask an accountant "
            "who is also a clerk to confirm the deposit with %(line)s of %(date)s.",
            line=line.display_name,
            date=self._date_text(line.date),
        )

    # The entry

    def _open_lines(self):
        """Return the outstanding items that nothing was booked against yet.

        :raises UserError: a payment has no entry
        """
        lines = self.env["account.move.line"]
        for payment in self.payment_ids.filtered(lambda each: not each.is_matched):
            if problem := payment._deposit_problem(self):
                raise UserError(problem)
            lines |= payment._outstanding_lines()
        return lines

    def _book_credit(self, credit):
        """Settle the outstanding items, and return the entry that does so.

        :return: no entry where an accountant has reconciled all payments before
        """
        outstanding = self._open_lines()
        if not outstanding:
            return self.env["account.move"]
        line = self.env["account.bank.statement.line"].browse(
            credit["statement_line_id"]
        )
        if line:
            entry = line.move_id
            items = self._replace_suspense(line, outstanding)
        else:
            entry, items = self._post_entry(outstanding, credit)
        items.env["account.move.line"]._reconcile_plan(
            [pair[0] | pair[1] for pair in zip(outstanding, items, strict=True)]
        )
        return entry

    def _post_entry(self, outstanding, credit):
        """Post an entry that debits the bank account, and return it with its items."""
        date = credit["credited_on"]
        settled = [
            self._item(line, -line.amount_residual_currency, date)
            for line in outstanding
        ]
        debit, difference = self._bank_amounts(outstanding, credit["credited_amount"])
        rows = [*settled, *self._suspense_item(-difference, date)]
        bank = self._journal_item(self.journal_id.default_account_id, debit, date)
        # What converting each item by itself has rounded.
        bank["balance"] = -sum(row["balance"] for row in rows)
        entry = self.env["account.move"].create(
            {
                "date": date,
                "journal_id": self.journal_id.id,
                "ref": self.name,
                "currency_id": self.currency_id.id,
                "line_ids": [Command.create(row) for row in (bank, *rows)],
            }
        )
        entry.action_post()
        return entry, entry.line_ids.sorted("id")[1 : len(settled) + 1]

    def _bank_amounts(self, outstanding, credited):
        """Return what is debited to the bank, and what of it is a difference."""
        currency = self.currency_id
        still_open = sum(
            exact(currency, line.amount_residual_currency) for line in outstanding
        )
        total = exact(currency, self.total)
        debit = bank_amount(exact(currency, credited), total, total - still_open)
        return float(debit), float(debit - still_open)

    def _replace_suspense(self, line, outstanding):
        """Let a bank statement line settle outstanding items; return its new items."""
        _bank, suspense, _others = line._seek_for_lines()
        rows = [self._statement_item(line, item) for item in outstanding]
        left = {
            name: sum(suspense.mapped(name)) - sum(row[name] for row in rows)
            for name in ("amount_currency", "balance")
        }
        if self.currency_id.is_zero(left["amount_currency"]):
            # What converting each item by itself has rounded.
            rows[-1]["balance"] += left["balance"]
            changes = [Command.delete(item.id) for item in suspense]
        else:
            changes = [Command.update(suspense.id, left)]
        known = line.move_id.line_ids
        line.move_id.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": [*changes, *map(Command.create, rows)]}
        )
        return (line.move_id.line_ids - known).sorted("id")

    def _statement_item(self, line, outstanding):
        amounts = line._prepare_counterpart_amounts_using_st_line_rate(
            outstanding.currency_id,
            -outstanding.amount_residual,
            -outstanding.amount_residual_currency,
        )
        currency = {"currency_id": self.currency_id.id}
        return {**self._settling(outstanding), **currency, **amounts}

    def _item(self, outstanding, amount, date):
        item = self._journal_item(outstanding.account_id, amount, date)
        return {**item, **self._settling(outstanding)}

    def _settling(self, outstanding):
        return {
            "name": outstanding.name,
            "account_id": outstanding.account_id.id,
            "partner_id": outstanding.partner_id.id,
        }

    def _suspense_item(self, amount, date):
        if self.currency_id.is_zero(amount):
            return []
        return [self._journal_item(self.journal_id.suspense_account_id, amount, date)]

    def _journal_item(self, account, amount, date):
        company = self.company_id
        return {
            "name": self.name,
            "account_id": account.id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": self.currency_id._convert(
                amount, company.currency_id, company, date
            ),
        }

    def action_open_entry(self):
        """Open the journal entry of the credit."""
        self.ensure_one()
        return self.move_id.get_formview_action()
