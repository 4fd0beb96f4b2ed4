from ast import literal_eval

from odoo import fields, models
from odoo.tools import SQL, format_amount, format_date

from ...rules.worklist.work_item import OPEN_STATES
from .work_bar import BAR_KEY, BAR_VIEW

# Steps of an item that its bar offers.
BAR_STEPS = ("claim", "release", "done", "snooze", "hand_over", "undo")
# Skipped items that Next passes over, at most.
SKIPPED = 100


class ClerkWorkItem(models.Model):
    """An item as the bar on its record shows it, and the way to the next one."""

    _inherit = "clerk.work.item"

    def _bar_html(self):
        """Return why the record is listed, by when it is due, and what to do."""
        values = {
            "item": self,
            "amount": self._bar_amount(),
            "deadline": self.deadline and format_date(self.env, self.deadline),
            "remaining": self._count_remaining(),
            "is_finished": self.state not in OPEN_STATES,
        }
        return self.env["ir.qweb"]._render("invoicing_clerk.work_bar", values)

    def _bar_amount(self):
        if not self.currency_id:
            return ""
        return format_amount(self.env, self.amount, self.currency_id)

    def _count_remaining(self):
        """Return how many other items of the list the user may take."""
        return self.search_count(
            [
                ("worklist_id", "=", self.worklist_id.id),
                ("id", "!=", self.id),
                ("state", "=", "open"),
                ("user_id", "in", (False, self.env.uid)),
            ],
            limit=1000,
        )

    def _bar_actions(self, record):
        """Return the names of the buttons that do something now."""
        actions = [step for step in BAR_STEPS if step in (self.allowed_actions or [])]
        if "undo" in actions and self.state == "in_progress":
            # To undo the claim by Next is to release the item, or to skip it.
            actions.remove("undo")
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            actions.append("next")
        if self.state in OPEN_STATES and "activity_ids" in record._fields:
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
        desk = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_worklist_action_desk"
        )
        return worklist._notify_nothing_left(then={**desk, "target": "main"})

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
        unlisted = self.filtered(
            lambda item: (
                item.state in OPEN_STATES
                # sudo: whether the list still finds the record, as a refresh would.
                and not item.worklist_id.sudo()._is_listed(item.res_id)
            )
        )
        if unlisted:
            unlisted._leave()
        return unlisted

    def _leave(self):
        """Close the items as a refresh does."""
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_work_item SET state = 'left', is_current = FALSE,"
                " closed_on = COALESCE(closed_on, %(now)s), write_date = %(now)s"
                " WHERE id IN %(ids)s AND state IN %(open)s",
                now=fields.Datetime.now(),
                ids=self._ids,
                open=OPEN_STATES,
            )
        )
        self.invalidate_recordset()
