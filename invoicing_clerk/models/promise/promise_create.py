from odoo import api, fields, models
from odoo.fields import Command


class ClerkPromise(models.Model):
    """How a promise is written down: checked whole, bound to its instalments, once."""

    _inherit = "clerk.promise"

    # Set by judgements and when promises are written down.
    _guarded_fields = frozenset(
        {
            "amount_due",
            "amount_received",
            "judgement_ids",
            "level",
            "line_ids",
            "part",
            "part_count",
            "plan_id",
            "next_id",
            "matched_up_to",
            "grace_days",
            "tolerance",
            "withdrawn_reason",
        }
    )
    # The terms of a promise: to agree on others is to make a new promise.
    _final_fields = frozenset(
        {
            "partner_id",
            "company_id",
            "currency_id",
            "amount",
            "date",
            "date_made",
            "item_ids",
            "move_ids",
        }
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Write promises down. ``item_ids`` or ``move_ids`` say what is promised.

        :raises ValidationError: what is promised cannot be (see the checks)
        """
        inside = self._check_create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        items_list = [self._taken_items(vals) for vals in vals_list]
        for vals, items in zip(vals_list, items_list, strict=True):
            self._complete(vals, items)
        promises = super(ClerkPromise, inside).create(vals_list).with_env(self.env)
        promises._bind(items_list)
        return promises

    @api.model
    def _guard_hint(self):
        return self.env._(
            "A promise stays as it was given: write down a new promise; it replaces "
            "the old one."
        )

    @api.model
    def _taken_items(self, vals):
        """Take the promised instalments out of values, or out of the defaults."""
        given = {
            **self.default_get(["item_ids", "move_ids"]),
            **vals,
        }
        vals.pop("item_ids", None)
        vals.pop("move_ids", None)
        items = self.env["account.move.line"].browse(_linked(given.get("item_ids")))
        if not items:
            moves = self.env["account.move"].browse(_linked(given.get("move_ids")))
            moves.check_access("read")
            items = self._receivable_items(moves)
        items.check_access("read")
        return items

    @api.model
    def _complete(self, vals, items):
        """Fill in what follows from the instalments, and check the whole."""
        self._check_items(items)
        debtor = self._debtor_values(items[:1])
        self._split_contact(vals)
        vals.update({name: vals.get(name) or debtor[name] for name in debtor})
        self._check_fits(items, vals)
        company = self.env["res.company"].browse(vals["company_id"])
        vals.setdefault("amount", self._open_amount(items))
        vals.setdefault("date_made", fields.Date.context_today(self))
        vals.setdefault("grace_days", company.clerk_promise_grace_days)
        vals.setdefault("tolerance", self._tolerance(company, items.currency_id))
        if vals.get("part_count", 1) == 1:
            self._check_amount(vals["amount"], items)
        if not self.env.su:
            self._check_dates(
                fields.Date.to_date(vals.get("date")),
                fields.Date.to_date(vals["date_made"]),
            )

    @api.model
    def _split_contact(self, vals):
        """Whoever gives the promise, the customer is who owes the invoices."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = partner.commercial_partner_id
        if partner != customer:
            vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = customer.id

    @api.model
    def _tolerance(self, company, currency):
        """What a company lets pass, in the currency of the promise."""
        return company.currency_id._convert(
            company.clerk_promise_tolerance,
            currency,
            company,
            fields.Date.context_today(self),
        )

    def _bind(self, items_list):
        """Take the instalments. What ran on them before is replaced.

        What they are matched with already is no answer to the promise.
        """
        # sudo: these records are of the same instalments, which the caller may read.
        lines = self.env["clerk.promise.line"].sudo()
        items = self.env["account.move.line"].union(*items_list)
        earlier = lines.search(
            [("move_line_id", "in", items.ids), ("promise_id", "not in", self.ids)]
        )
        # sudo: the number of the newest match alone, of no entry in particular.
        matched = self.env["account.partial.reconcile"].sudo()
        last_match = matched.search([], order="id desc", limit=1).id
        for promise, own in zip(self.sudo(), items_list, strict=True):
            before = earlier.filtered(
                lambda line, own=own: line.move_line_id.id in own.ids
            ).promise_id
            promise.write(
                {
                    "level": before._next_level(),
                    "amount_due": promise.amount,
                    "matched_up_to": last_match,
                }
            )
            before.filtered(lambda each: not each.next_id)._replace(promise)
        lines.create(
            [
                {"promise_id": promise.id, "move_line_id": item.id}
                for promise, own in zip(self, items_list, strict=True)
                for item in own
            ]
        )
        self.invalidate_recordset(["item_ids", "move_ids", "move_count"])

    def _next_level(self):
        """How often was promised what these promises are about."""
        counted = self.filtered(lambda each: each.state != "withdrawn")
        return max(counted.mapped("level"), default=-1) + 1


def _linked(commands):
    """The ids that values of a many2many add up to."""
    ids = []
    for command in commands or []:
        match command:
            case int():
                ids.append(command)
            case [Command.LINK, id_, *_]:
                ids.append(id_)
            case [Command.SET, _, new]:
                ids = list(new)
            case [Command.UNLINK | Command.DELETE, id_, *_] if id_ in ids:
                ids.remove(id_)
            case [Command.CLEAR, *_]:
                ids = []
    return ids
