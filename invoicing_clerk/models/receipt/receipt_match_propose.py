from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.receipt.receipt_match import Payment, propose
from ...rules.receivable.customer_match import names_of
from ..mixin.amount import exact
from ..mixin.gate import at_least_one

# Payments for which items are read at once; more need more memory.
BATCH = 500


class ClerkReceiptMatch(models.Model):
    """Proposals for unapplied payments, many at once."""

    _inherit = "clerk.receipt.match"

    @api.model
    def _money(self, companies):
        """Return a domain of payments of customers that are not applied in full."""
        return (
            Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("balance", "<", 0)
            & Domain("company_id", "in", companies.ids)
            & (
                Domain("payment_id", "!=", False)
                | Domain("statement_line_id", "!=", False)
            )
        )

    @api.model
    def _undecided(self, companies):
        """Return a domain of those nobody has decided about: not left on account."""
        dismissed = self._search(
            Domain("state", "in", ("proposed", "dismissed"))
            & Domain("company_id", "in", companies.ids)
        )
        return self._money(companies) & Domain(
            "id", "not in", dismissed.subselect("item_id")
        )

    @api.model
    def _cron_propose(self):
        """Propose for new payments and apply those that are certain, by company."""
        for company in self.env["res.company"].search(Domain.TRUE):
            matches = self.with_company(company)
            matches._drop_settled(company)
            for items in matches._batches(company):
                matches._propose(items)
                self.env["ir.cron"]._commit_progress(len(items), remaining=1)
            if company.clerk_match_automatic:
                matches._apply_certain(company)
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _drop_settled(self, companies):
        """Remove proposals for payments that were applied or reset to draft elsewhere.

        Where an item was paid by another payment, propose again.
        """
        proposed = Domain("state", "=", "proposed") & Domain(
            "company_id", "in", companies.ids
        )
        gone = Domain("item_id.reconciled", "=", True) | Domain(
            "item_id.parent_state", "!=", "posted"
        )
        # sudo: proposals that nobody can apply.
        self.sudo().search(proposed & gone).unlink()
        settled = Domain("line_ids.item_id.reconciled", "=", True)
        stale = self.search(proposed & settled, order="id").item_id
        for start in range(0, len(stale), BATCH):
            self._propose(stale[start : start + BATCH])

    @api.model
    def _batches(self, companies):
        """Yield undecided payments, those of a customer together."""
        items = self.env["account.move.line"].search(
            self._undecided(companies), order="company_id, partner_id, id"
        )
        for start in range(0, len(items), BATCH):
            yield items[start : start + BATCH]

    @api.model
    def _propose_for(self, companies):
        """Propose for all undecided payments."""
        self._drop_settled(companies)
        for items in self._batches(companies):
            self._propose(items)

    @api.model
    def _propose(self, items):
        """Propose for payments, in place of what was proposed, and return it."""
        self.check_access("create")
        inside = self._inside()
        items = items._matchable()
        values = []
        for company, of_company in items.grouped("company_id").items():
            values += self._proposals(of_company, company)
        waiting = self._waiting(items)
        replaced = [each for each in values if each["item_id"] in waiting]
        new = [each for each in values if each["item_id"] not in waiting]
        matches = inside.browse(waiting[each["item_id"]] for each in replaced)
        matches._replace(replaced)
        return (matches | inside.create(new)).with_env(self.env)

    @api.model
    def _waiting(self, items):
        """Map payment items to their proposals, also those left on account."""
        found = self.search(
            Domain("item_id", "in", items.ids)
            & Domain("state", "in", ("dismissed", "proposed")),
            order="state, id",
        )
        return {match.item_id.id: match.id for match in found}

    def _replace(self, vals_list):
        """Write new proposals over earlier ones, whose forms may be open."""
        # sudo: lines of proposals, which only this method makes and removes.
        self.line_ids.sudo().unlink()
        lines = []
        for match, vals in zip(self, vals_list, strict=True):
            of_match = [values for *_command, values in vals.pop("line_ids")]
            lines += [{"match_id": match.id, **values} for values in of_match]
            match.write({**vals, "state": "proposed", "error": False})
        self.line_ids.create(lines)

    @api.model
    def _proposals(self, items, company):
        """Return the values of proposals for payments of a company."""
        advices = self._advices(items)
        payments = [item._match_payment(advices.get(item.id)) for item in items]
        book = self._book(payments, company)
        known = {each.key: each for of in book.by_customer.values() for each in of}
        return [
            {
                **self._match_values(item, payment, propose(payment, book), known),
                **self._advice_values(advices.get(item.id)),
            }
            for item, payment in zip(items, payments, strict=True)
        ]

    @api.model
    def _advices(self, items):
        """Map payment items to the advices of their payers, if there are any."""
        return {}

    @api.model
    def _advice_values(self, advice):
        """Return what a proposal keeps of an advice."""
        return {}

    @api.model
    def _match_values(self, item, payment, found, known):
        lines = [
            self._line_values(part, known[part.item], item) for part in found.parts
        ]
        names = {each.item: known[each.item].number for each in found.parts}
        return {
            "item_id": item.id,
            "payment_id": item.payment_id.id,
            "company_id": item.company_id.id,
            "currency_id": item.currency_id.id,
            "partner_id": found.customer,
            "date": item.date,
            "payer": payment.payer,
            "payer_account": payment.account,
            "text": payment.text[:500],
            "amount": float(payment.amount),
            "applied_amount": float(payment.amount - found.unapplied),
            "unapplied_amount": float(found.unapplied),
            "short_amount": float(found.short),
            "reason": found.reason or False,
            "evidence": found.evidence,
            "notes": list(found.notes),
            "confidence": found.confidence,
            "is_automatic": found.automatic,
            "line_ids": [Command.create(each) for each in lines],
            "line_count": len(lines),
            "item_names": names_of(names, names),
        }

    @api.model
    def _line_values(self, part, paid, payment):
        short = paid.open - part.amount - part.discount
        return {
            "company_id": payment.company_id.id,
            "item_id": paid.key,
            "currency_id": payment.currency_id.id,
            "open_amount": float(paid.open),
            "amount": float(part.amount),
            "discount": float(part.discount),
            "short_amount": float(short),
        }

    # Customers, where a person says who has paid

    def action_assign(self):
        """Ask which customer these payments are from."""
        at_least_one(self)._check_step_access()
        self._check_step("apply")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Customer"),
            "res_model": "clerk.receipt.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_match_ids": self.ids},
        }

    def _assign(self, customer, is_remembered):
        """Write the customer on payments, remember the payers, and propose again.

        :raises UserError: the customer belongs to another company
        """
        self._begin_step("apply")
        for company in self.company_id:
            if not customer.filtered_domain(customer._check_company_domain(company)):
                raise UserError(
                    self.env._(
                        "%(customer)s belongs to another company than the payments: "
                        "%(company)s.",
                        customer=customer.display_name,
                        company=company.name,
                    )
                )
        aliases = self.env["clerk.payer.alias"]
        for match in self:
            match.item_id._assign_customer(
                customer,
                customer.with_company(match.company_id).property_account_receivable_id,
            )
            if is_remembered:
                aliases._remember(
                    *(customer, match.company_id),
                    name=match.payer,
                    account=match.payer_account,
                )
        return self._propose(self.item_id)


class AccountMoveLine(models.Model):
    """Payments as the rules of matching see them."""

    _inherit = "account.move.line"

    def _assign_customer(self, customer, account):
        """Write the customer on a payment, and the receivable account of the customer.

        Odoo books payments without a customer on any receivable account.
        """
        self.write({"partner_id": customer.id, "account_id": account.id})

    def _match_payment(self, advice=None):
        """Return a payment as it came in.

        :param advice: the remittance advice, which also says who has paid
        """
        currency = self.currency_id
        payer, account = self._match_payer()
        partner = self.partner_id or (advice.partner_id if advice else self.partner_id)
        return Payment(
            key=self.id,
            amount=exact(currency, -self.amount_residual_currency),
            currency=currency.name,
            date=self.date or fields.Date.context_today(self),
            text=" ".join(dict.fromkeys(filter(None, self._payment_texts()))),
            payer=payer or "",
            account=account or "",
            customer=partner.commercial_partner_id.id or None,
            advice=tuple(advice._parts()) if advice else (),
        )

    def _payment_texts(self):
        """Return what the payer wrote: Odoo's label of a payment has other digits."""
        own, *texts = self._match_texts()
        return texts if self.payment_id else (own, *texts)

    def _match_payer(self):
        """Return name and account of the payer, as the bank gave them."""
        line = self.statement_line_id
        return line.partner_name, line.account_number
