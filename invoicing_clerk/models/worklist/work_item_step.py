from datetime import timedelta

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...rules.worklist import worklist as rules

# What a step changes, and undoing it puts back.
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


class ClerkWorkItem(models.Model):
    """Who works on an item, and the steps from to do to done.

    Each step is one statement for all items, takes all of them or none, and can be
    undone for a minute. `rules.worklist.STEPS` says from which states.
    """

    _inherit = "clerk.work.item"

    state = fields.Selection(
        [
            ("open", "To Do"),
            ("in_progress", "In Progress"),
            ("snoozed", "Snoozed"),
            ("done", "Done"),
            ("left", "Left by Itself"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Assigned To", readonly=True)
    snooze_until = fields.Datetime(string="Snoozed Until", readonly=True)
    snooze_reason = fields.Char(string="Snoozed Because", readonly=True)
    claimed_on = fields.Datetime(string="Claimed", readonly=True)
    closed_on = fields.Datetime(string="Finished", readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("nothing", "Nothing to Do"),
            ("elsewhere", "Handled Elsewhere"),
        ],
        readonly=True,
    )
    note = fields.Text(readonly=True, help="What was said about it at the last step.")
    handed_by_id = fields.Many2one("res.users", string="Handed Over By", readonly=True)
    before = fields.Json(readonly=True, help="As it was before the last step.")
    stepped_by_id = fields.Many2one("res.users", readonly=True)
    stepped_on = fields.Datetime(readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo")
    is_anothers = fields.Boolean(compute="_compute_is_anothers")

    @api.depends("before", "stepped_by_id", "stepped_on")
    @api.depends_context("uid")
    def _compute_can_undo(self):
        for item in self:
            item.can_undo = item._undo_refusal() is None

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_anothers(self):
        """Whether a colleague has it, so that only they and supervisors take steps."""
        supervises = self.env.user.has_group("invoicing_clerk.group_supervisor")
        for item in self:
            others = item.user_id and item.user_id != self.env.user
            item.is_anothers = bool(others) and not supervises

    # Buttons

    def action_claim(self):
        self._take_step(
            "claim",
            state="in_progress",
            user_id=self.env.uid,
            claimed_on=fields.Datetime.now(),
        )

    def action_release(self):
        self._take_step("release", state="open", user_id=None, claimed_on=None)

    def action_wake(self):
        self._take_step("wake", state="open", snooze_until=None, snooze_reason=None)

    def action_done(self):
        self._done("solved")

    def action_snooze(self):
        return self._ask("clerk.work.item.snooze", self.env._("Snooze"))

    def action_hand_over(self):
        return self._ask("clerk.work.item.hand.over", self.env._("Hand Over"))

    def action_finish(self):
        return self._ask("clerk.work.item.finish", self.env._("Done"))

    def _ask(self, wizard, title):
        """The dialog in which a step is explained, for all these items."""
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

    def _done(self, outcome, note=None):
        values = {
            "state": "done",
            "outcome": outcome,
            "closed_on": fields.Datetime.now(),
            "done_by_id": self.env.uid,
            "snooze_until": None,
        }
        self._take_step("done", **values, **({"note": note} if note else {}))

    def _snooze(self, until, reason):
        if until <= fields.Datetime.now():
            raise UserError(
                self.env._("Choose a time to come: until then nobody is reminded.")
            )
        self._take_step(
            "snooze", state="snoozed", snooze_until=until, snooze_reason=reason
        )

    def _hand_over(self, user, note):
        """Give the items to a colleague, who is told."""
        self._check_receiver(user)
        self._take_step(
            "hand_over",
            state="open",
            user_id=user.id,
            handed_by_id=self.env.uid,
            note=note,
            claimed_on=None,
            snooze_until=None,
        )
        self._tell(user, note)

    def _check_receiver(self, user):
        """:raises UserError: the colleague is no clerk or may not read a record"""
        # sudo: whether a colleague is a clerk, and of which companies.
        colleague = user.sudo()
        if not (
            colleague.active and colleague.has_group("invoicing_clerk.group_clerk")
        ):
            raise UserError(
                self.env._("%s does not work as a clerk here.", colleague.name)
            )
        theirs = self.with_user(user).with_context(
            allowed_company_ids=colleague.company_ids.ids
        )
        if hidden := self - self.browse(theirs._filtered_access("read").ids):
            raise UserError(
                self.env._(
                    "%(colleague)s may not read %(items)s. Choose somebody else.",
                    colleague=colleague.name,
                    items=hidden._enumerate(),
                )
            )

    def _tell(self, user, note):
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
        return self.env._("%s items were handed over to you", len(self))

    def _take_step(self, step, **values):
        """Take a step with every item, or with none and say why."""
        self._check_step(step)
        values |= {
            "stepped_by_id": self.env.uid,
            "stepped_on": fields.Datetime.now(),
        }
        self._write_step(values, before=self._before_sql())

    def _write_step(self, values, before):
        """Write steps of all items at once.

        Items are nobody's to write, so this goes past the ORM; every caller has asked
        access, state and whose they are.
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

    # Guards

    def _check_clerk(self):
        if not self.env.user.has_group("invoicing_clerk.group_clerk"):
            raise AccessError(
                self.env._("Only clerks work on the items of a worklist.")
            )

    def _check_step(self, step):
        self._check_clerk()
        self._check_records_exist()
        self.check_access("read")
        self._lock_step()
        for item in self:
            if refusal := item._step_refusal(step):
                raise UserError(refusal)

    def _lock_step(self):
        """Lock the items without waiting, so that nobody can lock out another."""
        self.flush_recordset()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "SELECT 1 FROM clerk_work_item WHERE id IN %s"
                        " ORDER BY id FOR UPDATE NOWAIT",
                        self._ids or (0,),
                    ),
                    log_exceptions=False,
                )
        except errors.LockNotAvailable as error:
            raise UserError(
                self.env._(
                    "Somebody is working on %s at this moment. Reload to see who.",
                    self._enumerate(),
                )
            ) from error
        self.invalidate_recordset()

    def _step_refusal(self, step):
        """Why this item cannot take a step, or None."""
        self.ensure_one()
        if not rules.is_allowed(step, self.state):
            if step == "claim" and self.state == "in_progress":
                return self._taken_by()
            return self.env._(
                "%(item)s is %(state)s: that step is not open to it.",
                item=self.display_name,
                state=self._state_label(),
            )
        if self.is_anothers:
            return self._taken_by()
        return None

    def _taken_by(self):
        if self.user_id == self.env.user:
            return self.env._("You are working on %s already.", self.display_name)
        return self.env._(
            "%(item)s is with %(colleague)s. Ask for it to be handed over.",
            item=self.display_name,
            colleague=self.user_id.name,
        )

    def _state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _enumerate(self, limit=5):
        """Items by name; of many the first ones and how many more."""
        names = ", ".join(self[:limit].mapped("display_name"))
        more = len(self) - limit
        if more <= 0:
            return names
        return self.env._("%(names)s and %(more)s more", names=names, more=more)

    # Undo

    def action_undo(self):
        """Put the items back to how they were, while the step is a minute old."""
        self._check_clerk()
        self._check_records_exist()
        self.check_access("read")
        self._lock_step()
        for item in self:
            if refusal := item._undo_refusal():
                raise UserError(refusal)
        self._check_no_newer_item()
        values = {
            name: SQL("(before->>%s)::%s", name, SQL(kind))
            for name, kind in STEP_COLUMNS.items()
        }
        self._write_step(values | {"stepped_on": None}, before=SQL("NULL"))

    def _undo_refusal(self):
        self.ensure_one()
        if not (self.before and self.stepped_on):
            return self.env._("%s: there is nothing to undo.", self.display_name)
        if self.stepped_by_id != self.env.user:
            return self.env._(
                "%(item)s: the last step was %(colleague)s's.",
                item=self.display_name,
                colleague=self.stepped_by_id.name,
            )
        oldest = fields.Datetime.now() - timedelta(seconds=rules.UNDO_SECONDS)
        if self.stepped_on < oldest:
            return self.env._("%s: that was more than a minute ago.", self.display_name)
        return None

    def _check_no_newer_item(self):
        """What left its list since, or is in it anew, does not become open again."""
        if settled := self.filtered(lambda item: not item.is_current):
            raise UserError(
                self.env._(
                    "%s changed or left the worklist in the meantime.",
                    settled._enumerate(),
                )
            )
