from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...models.mixin.notification import CLOSE_DIALOG, notification_action
from ...rules.plural import plural
from ...rules.worklist import workload as rules

WORKED_ON = ("open", "in_progress")


class ClerkWorkloadShare(models.TransientModel):
    """Propose how to share the workload fairly among a team, and apply the proposal.

    ``plan`` is plain data: the items to reassign, and each person's number of items
    before and after. ``rules.worklist.workload`` computes it; the access rights of each
    person decide which items they may get. Items that changed since the proposal stay
    as they are.
    """

    _name = "clerk.workload.share"
    _description = "Share Workload"
    _inherit = "clerk.checked"

    worklist_ids = fields.Many2many(
        "clerk.worklist",
        string="Worklists",
        help="Worklists whose items may be reassigned; leave empty for all. Items in "
        "other worklists count in the workload.",
    )
    with_unassigned = fields.Boolean(
        string="Distribute Unassigned Items",
        help="Otherwise they stay unassigned until somebody presses Next.",
    )
    person_ids = fields.One2many(
        "clerk.workload.person",
        "share_id",
        string="Team",
        default=lambda self: self._default_person_ids(),
    )
    plan = fields.Json(compute="_compute_plan", store=True)
    move_count = fields.Integer(string="Items to Reassign", compute="_compute_preview")
    preview_html = fields.Html(
        string="Preview", compute="_compute_preview", sanitize=False
    )

    # Team

    @api.model
    def _default_person_ids(self):
        # sudo: capacities, for supervisors, who alone open this.
        return [
            Command.create({"user_id": user.id, "capacity": user.sudo().clerk_capacity})
            for user in self._team()
        ]

    @api.model
    def _team(self):
        """Return the clerks of the caller's companies, and absent holders of items.

        Supervisors have other work, so they add themselves if they want a share.
        """
        users = self.env["res.users"].with_context(active_test=False)
        supervisor = self.env.ref("invoicing_clerk.group_supervisor")
        # A plain "not in" would match supervisors who have other groups too.
        supervisors = users._search([("all_group_ids", "in", supervisor.ids)])
        regular = (
            self._clerks()
            & Domain("active", "=", True)
            & Domain("company_ids", "in", self.env.companies.ids)
            & Domain("id", "not in", supervisors)
        )
        return users.search(
            regular | Domain("id", "in", self._absent_holders().ids),
            order="active desc, name, id",
        )

    @api.model
    def _clerks(self):
        group = self.env.ref("invoicing_clerk.group_clerk")
        return Domain("all_group_ids", "in", group.ids) & Domain("share", "=", False)

    @api.model
    def _absent_holders(self):
        """Return the users with items who are away or inactive."""
        rows = self.env["clerk.work.item"]._read_group(
            [("state", "in", WORKED_ON), ("user_id", "!=", False)], ["user_id"]
        )
        holders = self.env["res.users"].union(*(user for (user,) in rows))
        away = self.env["clerk.absence"]._last_days(holders)
        return holders.filtered(lambda user: user in away or not user.active)

    # The proposal

    @api.depends(
        "worklist_ids", "with_unassigned", "person_ids.user_id", "person_ids.capacity"
    )
    def _compute_plan(self):
        for each in self:
            each.plan = each._plan()

    def _plan(self):
        items = self._items()
        able = self._able(items.filtered(self._may_move))
        moves = rules.share(
            (
                rules.Item(
                    item.id,
                    item.user_id.id or None,
                    able.get(item.id, frozenset()),
                    stays=not self._may_move(item),
                )
                for item in items
            ),
            self._capacities(),
        )
        return {
            "moves": [
                [item.id, item.user_id.id, moves[item.id], item.worklist_id.id]
                for item in items
                if item.id in moves
            ],
            "loads": self._loads(items, moves),
        }

    def _items(self):
        """Return the open items of the team, the most urgent first."""
        holders = [*self.person_ids.user_id.ids, *([False] * self.with_unassigned)]
        return self.env["clerk.work.item"].search(
            [("state", "in", WORKED_ON), ("user_id", "in", holders)]
        )

    def _may_move(self, item):
        chosen = self.worklist_ids._origin
        return item.state == "open" and (not chosen or item.worklist_id in chosen)

    def _capacities(self):
        return {
            person.user_id.id: 0 if person.away else person.capacity
            for person in self.person_ids
            if person.user_id
        }

    def _able(self, items):
        """Return the people who may hold each item, by membership and access rights."""
        able = defaultdict(set)
        for user in self._takers():
            # sudo: the companies that they may enter, to check their own rights there.
            companies = user.sudo().company_ids.ids
            as_user = items.with_user(user).with_context(allowed_company_ids=companies)
            for item in items.browse(as_user._filtered_access("read").ids):
                members = item.worklist_id.member_ids
                if not members or user in members:
                    able[item.id].add(user.id)
        return {item: frozenset(people) for item, people in able.items()}

    def _takers(self):
        capacities = self._capacities()
        users = self.person_ids.user_id._origin.filtered(
            lambda user: capacities[user.id] > 0
        )
        return users.filtered_domain(self._clerks() & Domain("active", "=", True))

    @api.model
    def _loads(self, items, moves):
        """Return each person's items now, in progress, and after the moves."""
        now = Counter(item.user_id.id for item in items)
        started = Counter(
            item.user_id.id for item in items if item.state == "in_progress"
        )
        after = Counter(moves.get(item.id, item.user_id.id) for item in items)
        return {
            str(user): [now[user], started[user], after[user]]
            for user in {*now, *after}
            if user
        }

    # Preview

    @api.depends("plan")
    def _compute_preview(self):
        for each in self:
            moves = (each.plan or {}).get("moves", [])
            each.move_count = len(moves)
            each.preview_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.workload_preview",
                {"rows": self._preview_rows(moves), "share": each},
            )

    def _preview_rows(self, moves):
        """Return the name, the number and the ways of the moves of each worklist."""
        ways = defaultdict(Counter)
        for _item, giver, taker, worklist in moves:
            ways[worklist][giver, taker] += 1
        users = self.env["res.users"].browse(
            {who for counts in ways.values() for way in counts for who in way if who}
        )
        names = {user.id: user.name for user in users} | {
            False: self.env._("Unassigned")
        }
        return [
            {
                "worklist": worklist.name,
                "count": ways[worklist.id].total(),
                "ways": [
                    (names[giver], names[taker], count)
                    for (giver, taker), count in ways[worklist.id].most_common()
                ],
            }
            for worklist in self.env["clerk.worklist"].browse(ways).sorted("sequence")
        ]

    # Apply

    def action_apply(self):
        """Reassign the items that are as the plan knows them; notify each receiver.

        :raises UserError: nothing is to be reassigned, or all items have changed
        """
        self.ensure_one()
        self.check_access("write")
        if not self.plan["moves"]:
            raise UserError(
                self.env._(
                    "The workload is already balanced: there is nothing to reassign."
                )
            )
        moved = sum(len(self._reassign(*each)) for each in self._movable().items())
        if not moved:
            raise UserError(
                self.env._(
                    "All of these items have changed in the meantime. Reopen the "
                    "dialog for a new proposal."
                )
            )
        self._remember_capacities()
        return self._notify_moved(moved, self.move_count - moved)

    def _movable(self):
        """Lock the items that are as in the plan, and return them by receiver."""
        plan = {
            item: (giver, taker) for item, giver, taker, _list in self.plan["moves"]
        }
        items = self.env["clerk.work.item"].search([("id", "in", list(plan))])
        locked = items.try_lock_for_update()
        locked.invalidate_recordset()
        able = self._able(locked.filtered(self._may_move))
        movable = defaultdict(self.env["clerk.work.item"].browse)
        for item in locked:
            giver, taker = plan[item.id]
            if item.user_id.id == giver and taker in able.get(item.id, ()):
                movable[self.env["res.users"].browse(taker)] += item
        return movable

    @api.model
    def _reassign(self, user, items):
        note = self.env._("%s redistributed the workload.", self.env.user.name)
        items._write_step(
            "hand_over", user_id=user.id, handed_by_id=self.env.uid, note=note
        )
        items._notify_receiver(user, note)
        return items

    def _remember_capacities(self):
        for person in self.person_ids:
            # sudo: only administrators may write users; supervisors, who alone get
            # here, set this one field.
            user = person.user_id.sudo()
            if user.clerk_capacity != person.capacity:
                user.clerk_capacity = person.capacity

    @api.model
    def _notify_moved(self, moved, stayed):
        message = plural(
            moved,
            self.env._("%s item was reassigned.", moved),
            self.env._("%s items were reassigned.", moved),
        )
        if stayed:
            message += " " + self.env._(
                "%s changed in the meantime and were left as they are.", stayed
            )
        return notification_action(
            message,
            "warning" if stayed else "success",
            then={**CLOSE_DIALOG, "infos": {"refresh": True}},
        )


class ClerkWorkloadPerson(models.TransientModel):
    """A member of the team: capacity, and items before and after sharing."""

    _name = "clerk.workload.person"
    _inherit = "clerk.checked"
    _description = "Workload of a Person"
    _order = "id"

    share_id = fields.Many2one(
        "clerk.workload.share", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    capacity = fields.Integer(
        string="Capacity (%)",
        default=100,
        help="Share of a full workload: 0 for none, 50 for half-time. The value is "
        "kept for the next time.",
    )
    away = fields.Char(string="Absence", compute="_compute_away")
    now_count = fields.Integer(string="Items Now", compute="_compute_loads")
    started_count = fields.Integer(string="In Progress", compute="_compute_loads")
    after_count = fields.Integer(string="Items After", compute="_compute_loads")

    _once = models.UniqueIndex(
        "(share_id, user_id)", "A user can be in the team only once."
    )
    _capacity = models.Constraint(
        "CHECK (capacity >= 0)", "The capacity cannot be negative."
    )

    @api.depends("user_id")
    def _compute_away(self):
        last_days = self.env["clerk.absence"]._last_days(self.user_id)
        for person in self:
            last = last_days.get(person.user_id._origin)
            person.away = False
            if last:
                person.away = self.env._("Away until %s", format_date(self.env, last))
            elif person.user_id and not person.user_id.active:
                person.away = self.env._("No longer active")

    @api.depends("user_id", "share_id.plan")
    def _compute_loads(self):
        for person in self:
            loads = (person.share_id.plan or {}).get("loads", {})
            now, started, after = loads.get(str(person.user_id.id), (0, 0, 0))
            person.now_count = now
            person.started_count = started
            person.after_count = after
