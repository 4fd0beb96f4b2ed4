from odoo import api, fields, models
from odoo.fields import Command


class ClerkPromise(models.Model):
    """Creation of promises: checked as a whole, and assigned to their instalments."""

    _inherit = "clerk.promise"

    # Set by judgements and on creation.
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
        """Record promises for the instalments of ``item_ids`` or ``move_ids``.

        :raises ValidationError: a check of the terms failed
        """
        inside = self._check_create(vals_list)
        vals_list = [dict(self._split_contact(vals)) for vals in vals_list]
        items_list = [self._pop_items(vals) for vals in vals_list]
        for vals, items in zip(vals_list, items_list, strict=True):
            self._complete(vals, items)
        promises = super(ClerkPromise, inside).create(vals_list).with_env(self.env)
        promises._assign_items(items_list)
        return promises

    @api.model
    def _guard_hint(self):
        return self.env._(
            "The terms of a promise cannot be changed: record a new promise; it "
            "replaces the old one."
        )

    @api.model
    def _pop_items(self, vals):
        """Remove the promised instalments from values, or from the defaults."""
        given = {
            **self.default_get(["item_ids", "move_ids"]),
            **vals,
        }
        vals.pop("item_ids", None)
        vals.pop("move_ids", None)
        items = self.env["account.move.line"].browse(
            _command_ids(given.get("item_ids"))
        )
        if not items:
            moves = self.env["account.move"].browse(_command_ids(given.get("move_ids")))
            moves.check_access("read")
            items = self._receivable_items(moves)
        items.check_access("read")
        return items

    @api.model
    def _complete(self, vals, items):
        """Fill in what follows from the instalments, and check everything."""
        self._check_items(items)
        debtor = self._debtor_values(items[:1])
        vals.update({name: vals.get(name) or debtor[name] for name in debtor})
        self._check_debtor(items, vals)
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
    def _tolerance(self, company, currency):
        """Return the tolerance of a company, in the currency of the promise."""
        return company.currency_id._convert(
            company.clerk_promise_tolerance,
            currency,
            company,
            fields.Date.context_today(self),
        )

    def _assign_items(self, items_list):
        """Assign the instalments, and replace earlier promises for them.

        Earlier reconciliations of the instalments do not count for the promise.
        """
        # sudo: lines of the same instalments, which the caller may read.
        lines = self.env["clerk.promise.line"].sudo()
        all_items = self.env["account.move.line"].union(*items_list)
        earlier = lines.search(
            [("move_line_id", "in", all_items.ids), ("promise_id", "not in", self.ids)]
        )
        # sudo: the id of the latest reconciliation alone, of no entry in particular.
        partials = self.env["account.partial.reconcile"].sudo()
        last_partial = partials.search([], order="id desc", limit=1).id
        for promise, items in zip(self.sudo(), items_list, strict=True):
            before = earlier.filtered(
                lambda line, items=items: line.move_line_id.id in items.ids
            ).promise_id
            promise.write(
                {
                    "level": before._next_level(),
                    "amount_due": promise.amount,
                    "matched_up_to": last_partial,
                }
            )
            before.filtered(lambda each: not each.next_id)._replace(promise)
        lines.create(
            [
                {"promise_id": promise.id, "move_line_id": item.id}
                for promise, items in zip(self, items_list, strict=True)
                for item in items.sorted(lambda item: item.date_maturity or item.date)
            ]
        )
        self.invalidate_recordset(["item_ids", "move_ids", "move_count"])

    def _next_level(self):
        """Return how many times the instalments of these promises were promised."""
        counted = self.filtered(lambda each: each.state != "withdrawn")
        return max(counted.mapped("level"), default=-1) + 1


def _command_ids(commands):
    """Return the ids that commands of a many2many add up to."""
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
