from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.mixin.gate import only_one
from ...models.mixin.locking import lock
from ...models.receivable.applied_payment import REASONS
from ...rules.receivable import customer_match as rules
from ...rules.receivable.match_item import OLDEST_FIRST

# What an applied payment keeps of its proposal.
KEPT = ("reason", "explanation", "credit_names", "charge_names", "amount")


class ClerkMatch(models.TransientModel):
    """Dialog with proposals to apply the unapplied money of a customer.

    ``rules.receivable.customer_match`` proposes. Nothing is applied before a clerk says
    so, and it is applied and undone by Odoo's reconciliation, with the rights of the
    clerk.
    """

    _name = "clerk.match"
    _description = "Match Proposals"
    _inherit = "clerk.guarded"
    _guards_all = True

    # Not the balance, whose row goes when nothing is open.
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "clerk_match_item_rel",
        string="Selected Items",
        readonly=True,
        help="Only these items are proposed. Leave empty for all open items of the "
        "customer.",
    )
    line_ids = fields.One2many(
        "clerk.match.line", "match_id", string="Proposals", readonly=True
    )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for match in self:
            match.display_name = self.env._(
                "Apply Payments: %s", match.partner_id.display_name or ""
            )

    def _propose(self):
        """Replace the proposals that are not applied by those for what is open now."""
        self.line_ids.filtered(lambda line: line.state == "proposed").unlink()
        items = self._items()
        names = {item.id: item._match_name() for item in items}
        self._inside().line_ids = [
            Command.create(self._line_values(proposal, items, names))
            for proposal in rules.propose(
                (item._match_entry() for item in items),
                oldest_first=self.partner_id.clerk_match_rule == OLDEST_FIRST,
                chosen=bool(self.item_ids),
            )
        ]
        return self._open()

    def _items(self):
        balances = self.env["clerk.receivable"]
        domain = balances._open_items_of(self.partner_id, self.company_id)
        items = self.env["account.move.line"].search(domain)
        return (items & self.item_ids if self.item_ids else items)._matchable()

    @api.model
    def _line_values(self, proposal, items, names):
        credits = items.browse(proposal.credits)
        charges = items.browse(proposal.charges)
        return {
            "reason": proposal.reason,
            "explanation": self._explain(proposal, names),
            "credit_names": rules.names_of(names, proposal.credits),
            "charge_names": rules.names_of(names, proposal.charges),
            "amount": float(proposal.amount),
            "currency_id": charges[:1].currency_id.id,
            "credit_ids": [Command.set(credits.ids)],
            "charge_ids": [Command.set(charges.ids)],
            "open_before": sum((credits + charges).mapped("amount_residual_currency")),
        }

    @api.model
    def _explain(self, proposal, names):
        """Return the reason of a proposal in words."""
        words = {
            "credits": rules.names_of(names, proposal.credits),
            "charges": rules.names_of(names, proposal.charges),
        }
        sentences = {
            "named": self.env._("%(credits)s refers to %(charges)s.", **words),
            "order": self.env._(
                "%(credits)s refers to the order of %(charges)s.", **words
            ),
            "balance": self.env._("Everything that is open adds up to the amount."),
            "item": self.env._("Same open amount; the only matching item."),
            "only": self.env._("Part of the only open item."),
            "oldest": self.env._(
                "No reference or amount matches: oldest items first, excluding "
                "disputed ones."
            ),
        }
        if sentence := sentences.get(proposal.reason):
            return sentence
        if len(proposal.charges) > 1:
            return self.env._("%(charges)s add up to the amount.", **words)
        return self.env._("%(credits)s add up to the amount.", **words)

    def action_propose(self):
        """Propose again, for what is open now."""
        return only_one(self)._propose()

    def action_close(self):
        """Bring balances up to date, and return to the customer or, if nothing is
        open, to the list of balances.
        """
        only_one(self)
        balances = self.env["clerk.receivable"]
        # sudo: copies the ledger into rows that record rules show to their readers.
        balances.sudo()._before_refresh()
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        if balances.search_count(domain):
            return {"type": "ir.actions.act_window_close"}
        return {**balances.action_open_balances(), "target": "main"}

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class ClerkMatchLine(models.TransientModel):
    """A proposal, and the applied payment that it became."""

    _name = "clerk.match.line"
    _description = "Match Proposal"
    _inherit = "clerk.guarded"
    _guards_all = True

    match_id = fields.Many2one(
        "clerk.match",
        string="Application of Payments",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    explanation = fields.Char(readonly=True)
    credit_ids = fields.Many2many(
        "account.move.line",
        "clerk_match_credit_rel",
        string="Payment and Credit Items",
        readonly=True,
    )
    charge_ids = fields.Many2many(
        "account.move.line",
        "clerk_match_charge_rel",
        string="Invoice Items",
        readonly=True,
    )
    credit_names = fields.Char(string="Payments and Credits", readonly=True)
    charge_names = fields.Char(string="Invoices", readonly=True)
    amount = fields.Monetary(readonly=True)
    open_before = fields.Monetary(
        readonly=True, exportable=False, export_string_translation=False
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    applied_id = fields.Many2one("clerk.applied.payment", readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("applied", "Applied")],
        string="Status",
        required=True,
        readonly=True,
        default="proposed",
    )

    def action_apply(self):
        """Reconcile the items, and propose again for what is left."""
        only_one(self)._apply()
        return self.match_id._propose()

    def action_undo(self):
        """Remove the reconciliations that the proposal made, and no others."""
        match = only_one(self).match_id
        self._undo()
        return match._propose()

    def _apply(self):
        self.env["account.partial.reconcile"].check_access("create")
        items = self.credit_ids + self.charge_ids
        self._check_unchanged(items)
        before = self._partials(items)
        for charge in self.charge_ids.sorted(_by_due_date):
            if credits := self.credit_ids.filtered(lambda item: not item.reconciled):
                (credits + charge).reconcile()
        applied = self.env["clerk.applied.payment"]._keep(
            self._partials(items) - before, **self._applied_values()
        )
        self._inside().write({"state": "applied", "applied_id": applied.id})

    def _applied_values(self):
        return {
            "partner_id": self.match_id.partner_id.id,
            "company_id": self.match_id.company_id.id,
            "currency_id": self.currency_id.id,
            **{name: self[name] for name in KEPT},
        }

    def _undo(self):
        if not self.applied_id:
            raise UserError(self.env._("%s is not applied yet.", self.credit_names))
        self.applied_id._undo()
        self.unlink()

    def _check_unchanged(self, items):
        """:raises UserError: somebody else works on the items, or has changed them"""
        lock(
            lambda: self.env._(
                "Somebody else is applying %s. Try again in a moment.",
                self.credit_names,
            ),
            items,
        )
        items.invalidate_recordset()
        is_open = all(not item.reconciled for item in items) and all(
            item.parent_state == "posted" for item in items
        )
        open_now = sum(items.mapped("amount_residual_currency"))
        if (
            self.state != "proposed"
            or not is_open
            or self.currency_id.compare_amounts(open_now, self.open_before)
        ):
            raise UserError(
                self.env._(
                    "%(credits)s or %(charges)s has changed in the meantime. Press "
                    "Propose Again.",
                    credits=self.credit_names,
                    charges=self.charge_names,
                )
            )

    @api.model
    def _partials(self, items):
        return items.matched_debit_ids | items.matched_credit_ids


def _by_due_date(item):
    return item.date_maturity or item.date, item.id
