from datetime import date
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.models import BaseModel
from odoo.tools import float_repr, format_date

from odoo.addons.invoicing_clerk.models.mixin.amount import amount_text
from odoo.addons.invoicing_clerk.models.mixin.attempt import attempt, reason_of
from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one
from odoo.addons.invoicing_clerk.models.mixin.lock_date import entry_date_obstacle
from odoo.addons.invoicing_clerk.models.mixin.locking import lock
from odoo.addons.invoicing_clerk.models.mixin.roles import READERS

from ..rules import expense as rules


class InvoiceTerms(NamedTuple):
    """Terms of invoices, which a clerk selects when expenses are charged on."""

    date: date
    # Company currency if empty.
    currency: BaseModel
    adds_to_drafts: bool


class HrExpense(models.Model):
    """Puts expenses on draft invoices of the customers they are charged to."""

    _inherit = "hr.expense"

    clerk_charge_error = fields.Text(
        string="Not Charged On Because",
        readonly=True,
        copy=False,
        groups=READERS,
        help="The reason why the last attempt failed.",
    )

    def action_charge_on(self):
        """Open the dialog that puts expenses on invoices."""
        self._check_clerk()
        return self._open_dialog("invoicing_clerk_expense.clerk_expense_charge_action")

    def action_waive(self):
        """Open the dialog that waives expenses."""
        self._check_clerk()
        return self._open_dialog("invoicing_clerk_expense.clerk_expense_waive_action")

    def _open_dialog(self, name):
        ids = at_least_one(self).ids
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return {**action, "context": {"default_expense_ids": [Command.set(ids)]}}

    def _charge_on(self, terms):
        """Put expenses on a draft invoice for each customer, company and currency.

        One that cannot be billed keeps the reason, and the others go on. Where a single
        one is billed, its reason is raised.

        :return: the invoices
        """
        self._check_clerk()
        if len(at_least_one(self)) == 1:
            return self._bill(terms)
        groups = self.grouped(
            lambda each: (
                each.company_id,
                each.clerk_customer_id,
                each._currency(terms),
            )
        )
        moves = [expenses._try_to_bill(terms) for expenses in groups.values()]
        return self.env["account.move"].union(*moves)

    def _currency(self, terms):
        return terms.currency or self.company_currency_id

    def _try_to_bill(self, terms):
        """Bill expenses of one invoice; each that fails keeps the reason."""
        _draft, dated = self._target(terms)
        problems = self._charge_problems(dated)
        for expense, problem in problems.items():
            expense._write_charge(clerk_charge_error=problem)
        billable = self.filtered(lambda each: each not in problems)
        moves = []
        error = attempt(
            self.env, lambda: billable and moves.append(billable._bill(terms))
        )
        if error:
            billable._write_charge(clerk_charge_error=reason_of(error))
        return self.env["account.move"].union(*moves)

    def _bill(self, terms):
        """Put expenses of one customer, company and currency on a draft.

        :raises UserError: one cannot be billed; nothing is changed
        """
        self._lock_charge()
        draft, terms = self._target(terms)
        for problem in self._charge_problems(terms).values():
            raise UserError(problem)
        amounts = {expense: expense._amount_in(terms) for expense in self}
        move = self._write_invoice(draft, terms, amounts)
        for line in move.invoice_line_ids:
            if line.clerk_expense_id in amounts:
                line._charge_net(amounts[line.clerk_expense_id])
        self._seal_receipts()
        self._write_charge(clerk_charge_error=False)
        return move

    def _lock_charge(self):
        lock(
            lambda: self.env._(
                "Somebody else is charging on or changing %s. Try again in a moment.",
                ", ".join(self[:5].mapped("name")),
            ),
            self,
        )
        # What was read before the lock may be old.
        self.invalidate_recordset()

    def _seal_receipts(self):
        """Keep the receipts as they are now, as evidence of the invoice."""
        # sudo: the employees' files, which are sealed, and shown to nobody.
        self._seal_evidence("receipt", self.sudo().attachment_ids, strict=False)

    # The invoice

    def _target(self, terms):
        """Return the draft to add to, empty if none, and the terms with its date."""
        draft = self._latest_draft(terms) if terms.adds_to_drafts else None
        if draft and draft.invoice_date:
            terms = terms._replace(date=draft.invoice_date)
        return draft or self.env["account.move"], terms

    def _latest_draft(self, terms):
        return self.env["account.move"].search(
            Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "draft")
            & Domain("posted_before", "=", False)
            & Domain("auto_post", "=", "no")
            & Domain("correction_id", "=", False)
            & Domain("debit_origin_id", "=", False)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id", "=", self.clerk_customer_id.id)
            & Domain("currency_id", "=", self._currency(terms).id),
            order="id desc",
            limit=1,
        )

    def _write_invoice(self, draft, terms, amounts):
        company = self.company_id
        expenses = self.with_context(lang=self.clerk_customer_id.lang or self.env.lang)
        lines = [
            Command.create(expense._line_values(terms, amounts[expense]))
            for expense in expenses
        ]
        if draft:
            draft._inside().write({"invoice_line_ids": lines})
            return draft
        move = (
            self.env["account.move"]
            .with_company(company)
            ._inside()
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": self.clerk_customer_id.id,
                    "currency_id": self._currency(terms).id,
                    "invoice_date": terms.date,
                    "invoice_line_ids": lines,
                }
            )
        )
        return self.env["account.move"].browse(move.id)

    def _line_values(self, terms, amount):
        return {
            "name": self._line_text(terms),
            "product_id": self.product_id.id,
            "product_uom_id": self.env.ref("uom.product_uom_unit").id,
            "quantity": 1.0,
            "price_unit": amount,
            "clerk_expense_id": self.id,
        }

    def _line_text(self, terms):
        """Return category, date and the employee's first words, and the conversion."""
        parts = [
            self.product_id.name,
            self.date and format_date(self.env, self.date),
            rules.first_words(self.name or ""),
        ]
        text = " · ".join(filter(None, parts))
        conversion = self._conversion_text(terms)
        return f"{text}\n{conversion}" if conversion else text

    def _conversion_text(self, terms):
        currency = self._currency(terms)
        if currency == self.currency_id:
            return ""
        return self.env._(
            "%(amount)s, at 1 %(from_currency)s = %(rate)s %(to_currency)s (rate of "
            "%(date)s)",
            amount=amount_text(self.currency_id, self._price()),
            from_currency=self.currency_id.name,
            to_currency=currency.name,
            rate=float_repr(self._rate(terms), 6),
            date=format_date(self.env, terms.date),
        )

    def _rate(self, terms):
        return self.env["res.currency"]._get_conversion_rate(
            self.currency_id, self._currency(terms), self.company_id, terms.date
        )

    def _amount_in(self, terms):
        """Return what the customer pays before tax, in the currency of the invoice."""
        return self._currency(terms).round(self._price() * self._rate(terms))

    def _price(self):
        """Return the cost with the mark-up, in the currency of the expense."""
        return self._charged(self.currency_id, self.untaxed_amount_currency)

    # What is wrong

    def _charge_problems(self, terms):
        """Return why expenses of one invoice cannot be billed: ``{expense: why}``."""
        locked = self._date_problem(terms)
        without_rate = self._currencies_without_rate(terms)
        problems = {
            expense: expense._charge_problem(terms, without_rate) or locked
            for expense in self
        }
        return {expense: problem for expense, problem in problems.items() if problem}

    def _charge_problem(self, terms, without_rate):
        if self.clerk_charge_state != "to_bill":
            return self._refuse_charge()
        customer = self.clerk_customer_id
        if not customer.active:
            return self.env._(
                "%(expense)s is charged to %(customer)s, who is archived. Select "
                "another customer.",
                customer=customer.display_name,
                expense=self.name,
            )
        if self.clerk_lacks_receipt:
            return self.env._(
                "%(expense)s of %(employee)s has no receipt. Attach it first.",
                expense=self.name,
                employee=self.employee_id.display_name,
            )
        missing = (self.currency_id | self._currency(terms)) & without_rate
        return self._rate_problem(terms, missing) or self._amount_problem(terms)

    def _refuse_charge(self):
        """Return why the state of the expense does not allow it."""
        texts = {
            "none": self.env._("Select the customer first."),
            "pending": self.env._("Only approved expenses are charged on."),
            "to_bill": self.env._("It can be charged on."),
            "billed": self.env._("See %s.", self.clerk_move_id.display_name),
            "waived": self.env._("The reason: %s", self.clerk_waiver),
            "order": self._order_text(),
        }
        return self.env._(
            "%(expense)s is %(state)s: this action is not available. %(reason)s",
            expense=self.name,
            state=self._charge_state_label(),
            reason=texts[self.clerk_charge_state],
        )

    def _order_text(self):
        return self.env._("Its sales order bills it.")

    def _rate_problem(self, terms, missing):
        """Return which currency has no rate: core would take 1."""
        return missing and self.env._(
            "There is no rate of %(currency)s on %(date)s for %(expense)s. Ask an "
            "accountant to enter one.",
            currency=missing[0].name,
            date=format_date(self.env, terms.date),
            expense=self.name,
        )

    def _currencies_without_rate(self, terms):
        needed = self.currency_id | self._currency(terms)
        rates = self.env["res.currency.rate"]._read_group(
            [
                ("currency_id", "in", needed.ids),
                ("company_id", "in", [False, *self.company_id.root_id.ids]),
                ("name", "<=", terms.date),
            ],
            ["currency_id"],
        )
        known = needed.browse(currency.id for (currency,) in rates)
        return needed - known - self.company_currency_id

    def _date_problem(self, terms):
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        return entry_date_obstacle(self.company_id, terms.date, journal)

    def _amount_problem(self, terms):
        currency = self._currency(terms)
        amount = self._amount_in(terms)
        if currency.compare_amounts(amount, 0.0) > 0:
            return None
        return self.env._(
            "%(expense)s would be billed for %(amount)s. Waive it instead.",
            expense=self.name,
            amount=amount_text(currency, amount),
        )
