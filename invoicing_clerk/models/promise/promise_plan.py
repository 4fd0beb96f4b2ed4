from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkPromise(models.Model):
    """Payment plans: several promises made together for the same instalments.

    They share the money that is received: it goes to the earliest whose deadline has
    not passed, and any excess to the next.
    """

    _inherit = "clerk.promise"

    @api.model
    def _create_plan(self, items, parts, **values):
        """Record a promise for each (date, amount) of ``parts``; return them.

        :raises ValidationError: a check failed, or the dates are not in order
        """
        self.check_access("create")
        items.check_access("read")
        self._check_items(items)
        self._check_parts(parts)
        self._check_amount(sum(amount for _date, amount in parts), items)
        made = values.get("date_made") or fields.Date.context_today(self)
        for date, amount in parts:
            self._check_amount(amount, items)
            if not self.env.su:
                self._check_dates(date, made)
        # sudo: users cannot number the parts; all input is checked above.
        promises = self.sudo().create(
            [
                {
                    **values,
                    "item_ids": items.ids,
                    "date": date,
                    "amount": amount,
                    "part": part,
                    "part_count": len(parts),
                }
                for part, (date, amount) in enumerate(parts, start=1)
            ]
        )
        if len(promises) > 1:
            promises.plan_id = promises[0]
        return promises.with_env(self.env)

    @api.model
    def _check_parts(self, parts):
        dates = [date for date, _amount in parts]
        if not dates or sorted(set(dates)) != dates:
            raise ValidationError(
                self.env._("Each payment needs its own date, the earliest first.")
            )
