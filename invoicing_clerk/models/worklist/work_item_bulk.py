from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context


class ClerkWorkItem(models.Model):
    """Steps with many items at once: what can be done is done, the others say why.

    To add a step, write ``_bulk_<step>``, which returns ``{item: reason}`` for what was
    not done, and add the step to `clerk.work.result`. A step with the records of items
    belongs to their model: see ``_bulk_obstacle`` and ``_bulk_run`` of
    `clerk.work.item.link`.
    """

    _inherit = "clerk.work.item"

    def action_claim(self):
        """Claim an item; among several, claim those that are free and name the others.

        :raises UserError: the only one is not free
        """
        if len(self) > 1:
            return self._bulk("claim")
        return self._claim()

    def action_send(self):
        """Send the documents of these items, each the way its customer prefers."""
        return self._bulk("send")

    def action_post(self):
        """Post the drafts of these items, the oldest first."""
        return self._bulk("post")

    def action_open_records(self):
        """Open the records of these items as a list of their own.

        :raises UserError: none are selected, or they are of several kinds
        """
        self._check_records_exist()
        self.check_access("read")
        by_model = self.grouped("res_model")
        if len(by_model) != 1:
            raise UserError(
                self.env._("Select items with records of one kind, such as invoices.")
            )
        ((model, items),) = by_model.items()
        return self.env[model].browse(set(items.mapped("res_id")))._work_list_action()

    # Steps

    def _bulk(self, step, **values):
        """Take a step with all items that can, and show the result."""
        self._check_step_access()
        # Defaults of a dialog are not meant for what the step creates.
        items = self.with_context(clean_context(self.env.context))
        failures = getattr(items, f"_bulk_{step}")(**values)
        done = len(self) - len(failures)
        return self.env["clerk.work.result"]._show(step, done, failures)

    def _bulk_claim(self):
        """Claim what is free and what nobody else is just taking."""
        failures = {
            item: item._refuse_step()
            for item in self
            if "claim" not in (item.allowed_actions or ())
        }
        free = self.filtered(lambda item: item not in failures)
        locked = free.try_lock_for_update(allow_referencing=True)
        for item in free - locked:
            failures[item] = self.env._("Somebody else is taking it right now.")
        if locked:
            locked._claim()
        return failures

    def _bulk_send(self):
        return self._bulk_records("send")

    def _bulk_post(self):
        return self._bulk_records("post")

    def _bulk_records(self, step):
        """Take a step with the records of items that no colleague works on."""
        failures = self._held_by_others()
        mine = self.filtered(lambda item: item not in failures)
        for model, items in mine.grouped("res_model").items():
            records = self.env[model].browse(set(items.mapped("res_id")))
            reasons = records._bulk_run(step)
            failures |= {
                item: reasons[item.res_id] for item in items if item.res_id in reasons
            }
        self.filtered(lambda item: item not in failures)._close_if_unlisted()
        return failures

    def _held_by_others(self):
        """Return the items that colleagues work on, with a sentence about each."""
        return {
            item: item._holder_sentence()
            for item in self
            if item.user_id and item.user_id != self.env.user
        }

    def _claim(self):
        self._take_step("claim", user_id=self.env.uid, claimed_on=fields.Datetime.now())
