from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...rules.plural import plural
from ...rules.worklist.work_item import HOLDER, OPEN_STATES, UNDO_SECONDS

# Columns that steps write, and their types: undoing a step restores them.
STEP_COLUMNS = {
    "state": "varchar",
    "user_id": "int",
    "snooze_until": "timestamp",
    "snooze_reason": "varchar",
    "claimed_on": "timestamp",
    "closed_on": "timestamp",
    "done_by_id": "int",
    "outcome": "varchar",
    "note": "text",
    "handed_by_id": "int",
}
# What refreshes and steps write.
WATCHED_FIELDS = (
    *("state", "user_id", "is_current", "deadline", "snooze_until", "claimed_on"),
    *("closed_on", "done_by_id", "outcome", "note", "handed_by_id"),
    *("partner_id", "amount", "currency_id", "amount_company", "date", "company_id"),
    "score",
)


class ClerkWorkItem(models.Model):
    """The steps from To Do to Done, and undoing the last one.

    A step writes all items in one statement, and can be undone for a minute.
    """

    _inherit = "clerk.work.item"
    _watched_fields = WATCHED_FIELDS

    _guarded_fields = frozenset(
        {*STEP_COLUMNS, "before", "stepped_by_id", "stepped_on"}
    )

    @api.depends("user_id", "is_current", "before", "stepped_by_id", "stepped_on")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    # Buttons

    def action_release(self):
        self._take_step("release", user_id=None, claimed_on=None)

    def action_wake(self):
        self._take_step("wake", snooze_until=None, snooze_reason=None)

    def action_done(self):
        self._finish("solved")

    def action_snooze(self):
        return self._dialog_action("clerk.work.item.snooze", self.env._("Snooze"))

    def action_hand_over(self):
        return self._dialog_action("clerk.work.item.hand.over", self.env._("Hand Over"))

    def action_finish(self):
        return self._dialog_action("clerk.work.item.finish", self.env._("Done"))

    def _dialog_action(self, wizard, title):
        """Open the dialog of a step for all these items."""
        self._check_clerk()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard,
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_ids": self.ids},
        }

    # Steps

    def _finish(self, outcome, note=None):
        values = {
            "outcome": outcome,
            "closed_on": fields.Datetime.now(),
            "done_by_id": self.env.uid,
            "snooze_until": None,
        }
        self._take_step("done", **values, **({"note": note} if note else {}))

    def _snooze(self, until, reason):
        if until <= fields.Datetime.now():
            raise UserError(self.env._("Choose a time in the future."))
        self._take_step("snooze", snooze_until=until, snooze_reason=reason)

    def _hand_over(self, user, note):
        """Assign the items to a colleague and notify them."""
        self._check_receiver(user)
        self._take_step(
            "hand_over",
            user_id=user.id,
            handed_by_id=self.env.uid,
            note=note,
            claimed_on=None,
            snooze_until=None,
        )
        self._notify_receiver(user, note)

    def _check_receiver(self, user):
        """:raises UserError: the colleague is not a clerk or cannot read a record"""
        # sudo: whether a colleague is a clerk, and of which companies.
        colleague = user.sudo()
        if not (
            colleague.active and colleague.has_group("invoicing_clerk.group_clerk")
        ):
            raise UserError(self.env._("%s is not an active clerk.", colleague.name))
        as_colleague = self.with_user(user).with_context(
            allowed_company_ids=colleague.company_ids.ids
        )
        readable = self.browse(as_colleague._filtered_access("read").ids)
        if hidden := self - readable:
            raise UserError(
                self.env._(
                    "%(colleague)s does not have access to %(items)s. Choose somebody "
                    "else.",
                    colleague=colleague.name,
                    items=hidden._enumerate(),
                )
            )

    def _notify_receiver(self, user, note):
        if user == self.env.user:
            return
        self.env["mail.thread"].message_notify(
            model=self._name,
            res_id=self[:1].id,
            partner_ids=user.partner_id.ids,
            subject=self._handed_subject(),
            body=self.env._(
                "%(items)s: %(note)s", items=self._enumerate(), note=note or ""
            ),
        )

    def _handed_subject(self):
        if len(self) == 1:
            return self.env._("%s was handed over to you", self.display_name)
        return plural(
            len(self),
            self.env._("%s item was handed over to you", len(self)),
            self.env._("%s items were handed over to you", len(self)),
        )

    # Lifecycle

    def _roles(self):
        """Add the role of clerks for unassigned items and their own."""
        roles = super()._roles()
        user = self.env.user
        if "clerk" in roles and (
            self.user_id in (user, user.browse())
            or user.has_group("invoicing_clerk.group_supervisor")
        ):
            roles.add(HOLDER)
        return roles

    def _who_may(self, role):
        # The refusal names the holder.
        return "" if role == HOLDER else super()._who_may(role)

    def _refuse_step(self, why=""):
        return super()._refuse_step(why or self._holder_sentence())

    def _holder_sentence(self):
        if not self.user_id or self.state not in OPEN_STATES:
            return ""
        if self.user_id != self.env.user:
            return self.env._(
                "It is assigned to %s: ask them to hand it over.", self.user_id.name
            )
        if self.state == "in_progress":
            return self.env._("You are already working on it.")
        return ""

    def _is_offered(self, step):
        if step == "release" and not self.user_id:
            return False
        if step == "undo" and self._undo_obstacle():
            return False
        return super()._is_offered(step)

    def _obstacle(self, step, vals):
        if step == "undo":
            return self._undo_obstacle()
        return super()._obstacle(step, vals)

    def _check_clerk(self):
        if not self.env.user.has_group("invoicing_clerk.group_clerk"):
            raise AccessError(self.env._("Only clerks can work on worklists."))

    def _check_step_access(self):
        """Check no right to write: nobody has it, and steps are the only way.

        :raises AccessError: the caller is not a clerk or cannot read an item
        :raises UserError: a record was deleted
        """
        self._check_clerk()
        self._check_records_exist()
        self.check_access("read")

    def _write_step(self, step, **values):
        values |= {
            "state": self._life().target(step),
            "stepped_by_id": self.env.uid,
            "stepped_on": fields.Datetime.now(),
        }
        with self._automated():
            self._write_columns(values, before=self._before_sql())

    def _write_columns(self, values, before):
        """Write columns of all items in one statement.

        Nobody may write items, so this bypasses the ORM. Callers have checked access,
        state and holder.
        """
        self.flush_recordset()
        pairs = [
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_work_item SET %s, before = %s, write_uid = %s,"
                " write_date = %s WHERE id IN %s",
                SQL(", ").join(pairs),
                before,
                self.env.uid,
                fields.Datetime.now(),
                self._ids or (0,),
            )
        )
        self.invalidate_recordset()

    @api.model
    def _before_sql(self):
        pairs = [SQL("%s, %s", name, SQL.identifier(name)) for name in STEP_COLUMNS]
        return SQL("JSONB_BUILD_OBJECT(%s)", SQL(", ").join(pairs))

    # Undo

    def action_undo(self):
        """Restore the items as they were before the last step, for a minute."""
        self._begin_step("undo")
        self._check_needs("undo", {})
        values = {
            name: SQL("(before->>%s)::%s", name, SQL(kind))
            for name, kind in STEP_COLUMNS.items()
        }
        with self._automated():
            self._write_columns(values | {"stepped_on": None}, before=SQL("NULL"))

    def _undo_obstacle(self):
        """Return why the last step cannot be undone, or None."""
        if not (self.before and self.stepped_on):
            return self.env._("There is nothing to undo.")
        if self.stepped_by_id != self.env.user:
            return self.env._("The last step was made by %s.", self.stepped_by_id.name)
        oldest = fields.Datetime.now() - timedelta(seconds=UNDO_SECONDS)
        if self.stepped_on < oldest:
            return self.env._("The last step was more than a minute ago.")
        if not self.is_current:
            return self.env._(
                "The record changed or left the worklist in the meantime."
            )
        return None
