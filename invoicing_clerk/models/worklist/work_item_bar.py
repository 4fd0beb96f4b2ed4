from ast import literal_eval

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.amount import amount_text
from .work_bar import BAR_KEY, BAR_VIEW

# Steps of an item that its bar offers.
BAR_STEPS = ("claim", "release", "done", "snooze", "hand_over", "undo")
# Skipped items that Next passes over, at most.
SKIPPED = 100
# Items that are counted for the bar, at most.
MOST_COUNTED = 1000


class ClerkWorkItem(models.Model):
    """An item as the bar on its record shows it, and the way to the next one."""

    _inherit = "clerk.work.item"

    def _bar_html(self):
        """Return why the record is listed, by when it is due, and what to do."""
        values = {
            "item": self,
            "amount": self._bar_amount(),
            "deadline": self.due_words,
            "remaining": self._count_remaining(),
            "position": self._count_more_urgent() + 1,
            "is_finished": self.state not in OPEN_STATES,
        }
        return self.env["ir.qweb"]._render("invoicing_clerk.work_bar", values)

    def _bar_amount(self):
        if not self.currency_id:
            return ""
        return amount_text(self.currency_id, self.amount)

    def _takeable(self):
        """Return a domain for the other items of the list that the user may take."""
        return (
            Domain("worklist_id", "=", self.worklist_id.id)
            & Domain("id", "!=", self.id)
            & Domain("state", "=", "open")
            & Domain("user_id", "in", (False, self.env.uid))
        )

    def _count_remaining(self):
        return self.search_count(self._takeable(), limit=MOST_COUNTED)

    def _count_more_urgent(self):
        more_urgent = Domain("score", ">", self.score)
        return self.search_count(self._takeable() & more_urgent, limit=MOST_COUNTED)

    def _bar_actions(self, record):
        """Return the names of the buttons that do something now."""
        actions = [step for step in BAR_STEPS if step in (self.allowed_actions or [])]
        if "undo" in actions and self.state == "in_progress":
            # To undo the claim by Next is to release the item, or to skip it.
            actions.remove("undo")
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            actions.append("next")
        if self.state in OPEN_STATES and record._asked_about():
            actions.append("ask")
        return actions

    # The next one

    def _open_next(self, skipped=()):
        """Open the next item of the list in place of this one.

        :param skipped: ids of items to pass over from now on
        """
        passed = [*self._skipped_ids(), *skipped][-SKIPPED:]
        worklist = self.worklist_id.with_context(skipped_work_items=passed)
        items = self.env["clerk.work.item"].with_env(worklist.env)
        if item := items._take_next(worklist):
            return {**item.action_open_record(), "target": "main"}
        return worklist._notify_nothing_left(then=self.env["clerk.desk"]._desk_action())

    def _skip(self):
        """Open another item, and leave this one to colleagues."""
        action = self._open_next(skipped=self.ids)
        if "release" in (self.allowed_actions or []):
            self.action_release()
        return action

    def _with_bar(self, action):
        """Return the action with the bar of this item on its form."""
        context = action.get("context") or {}
        if isinstance(context, str):
            context = self._literal_context(context)
        skipped = self._skipped_ids()
        return {
            **action,
            "context": {
                **context,
                BAR_KEY: BAR_VIEW,
                "work_item_id": self.id,
                **({"skipped_work_items": skipped} if skipped else {}),
            },
        }

    def _literal_context(self, text):
        """Return the context of an action; empty if only a client can evaluate it."""
        try:
            return literal_eval(text)
        except (ValueError, SyntaxError):
            return {}

    # Finished

    def _close_if_unlisted(self):
        """Close open items whose records have left the list, and return them."""
        unlisted = self.browse()
        is_open = self.filtered(lambda item: item.state in OPEN_STATES)
        for worklist, items in is_open.grouped("worklist_id").items():
            # sudo: whether the list still finds the records, as a refresh would.
            listed = worklist.sudo()._listed_ids(items.mapped("res_id"))
            unlisted += items.filtered(
                lambda item, listed=listed: item.res_id not in listed
            )
        if unlisted:
            unlisted._leave()
        return unlisted

    def _leave(self):
        """Close the items as a refresh does."""
        statement = SQL(
            "UPDATE clerk_work_item SET state = 'left', is_current = FALSE,"
            " closed_on = COALESCE(closed_on, %(now)s), write_date = %(now)s"
            " WHERE id IN %(ids)s AND state IN %(open)s",
            now=fields.Datetime.now(),
            ids=self._ids,
            open=OPEN_STATES,
        )
        with self._automated():
            self.env.cr.execute(statement)
            self.invalidate_recordset()
