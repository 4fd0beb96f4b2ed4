from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...rules.worklist import workload as rules

WORKED_ON = ("open", "in_progress")


class ClerkWorkloadShare(models.TransientModel):
    """Proposes who takes over what, so that all have a fair share, and applies it.

    ``plan`` is plain data: which items move from whom to whom, and what each person
    has before and after. `rules.workload` decides; who is able is asked of each
    person's own rights. Applying takes nothing for granted but what the plan wants:
    what changed in the meantime stays as it is.
    """

    _name = "clerk.workload.share"
    _description = "Share Workload"

    worklist_ids = fields.Many2many(
        "clerk.worklist",
        string="Worklists",
        help="From which items may move; from all of them by default. What people have "
        "in the others counts as their load.",
    )
    with_unassigned = fields.Boolean(
        string="Deal Out Unassigned Items",
        help="Otherwise they wait for whoever presses Next.",
    )
    person_ids = fields.One2many(
        "clerk.workload.person",
        "share_id",
        string="Team",
        default=lambda self: self._default_person_ids(),
    )
    plan = fields.Json(compute="_compute_plan", store=True)
    move_count = fields.Integer(compute="_compute_preview")
    preview_html = fields.Html(compute="_compute_preview", sanitize=False)

    # Who takes part

    @api.model
    def _default_person_ids(self):
        # sudo: how much work somebody takes; for supervisors, who alone open this.
        return [
            Command.create({"user_id": user.id, "capacity": user.sudo().clerk_capacity})
            for user in self._team()
        ]

    @api.model
    def _team(self):
        """Clerks of the caller's companies, and whoever left or is away with items.

        Supervisors have other work besides: who wants a share of this adds themselves.
        """
        users = self.env["res.users"].with_context(active_test=False)
        supervisor = self.env.ref("invoicing_clerk.group_supervisor")
        # Who has another group besides passes a plain "not in".
        supervisors = users._search([("all_group_ids", "in", supervisor.ids)])
        regular = (
            self._clerks()
            & Domain("active", "=", True)
            & Domain("company_ids", "in", self.env.companies.ids)
            & Domain("id", "not in", supervisors)
        )
        return users.search(
            regular | Domain("id", "in", self._left_behind().ids),
            order="active desc, name, id",
        )

    @api.model
    def _clerks(self):
        group = self.env.ref("invoicing_clerk.group_clerk")
        return Domain("all_group_ids", "in", group.ids) & Domain("share", "=", False)

    @api.model
    def _left_behind(self):
        """Who has items and is not there to work on them."""
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
        """What the people work on and have before them, the most urgent first."""
        whose = [*self.person_ids.user_id.ids, *([False] * self.with_unassigned)]
        return self.env["clerk.work.item"].search(
            [("state", "in", WORKED_ON), ("user_id", "in", whose)]
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
        """For each item the people who may have it: by membership and their rights."""
        able = defaultdict(set)
        for user in self._takers():
            # sudo: which companies they may enter, to ask their own rights there.
            companies = user.sudo().company_ids.ids
            theirs = items.with_user(user).with_context(allowed_company_ids=companies)
            for item in items.browse(theirs._filtered_access("read").ids):
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
        """What each person has now, of it in progress, and after the moves."""
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

    # What it comes to

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
        """Per worklist, in order: its name, how many move, and from whom to whom."""
        ways = defaultdict(Counter)
        for _item, giver, taker, worklist in moves:
            ways[worklist][giver, taker] += 1
        users = self.env["res.users"].browse(
            {who for counts in ways.values() for way in counts for who in way if who}
        )
        names = {user.id: user.name for user in users} | {False: self.env._("Nobody")}
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
        """Move what the plan wants and nobody has touched since; tell each receiver.

        :raises UserError: nothing would move, or nothing can any more
        """
        self.ensure_one()
        self.check_access("write")
        if not self.plan["moves"]:
            raise UserError(
                self.env._("Nothing has to move: everybody has a fair share.")
            )
        moved = sum(len(self._hand_out(*each)) for each in self._movable().items())
        if not moved:
            raise UserError(
                self.env._(
                    "All of these items were taken up or changed in the meantime. Open "
                    "the proposal again to see how things are now."
                )
            )
        self._remember_capacities()
        return self._tell_moved(moved, self.move_count - moved)

    def _movable(self):
        """Locked items as the plan knows them, by the colleague who may take them."""
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
    def _hand_out(self, user, items):
        note = self.env._("%s shared the workload.", self.env.user.name)
        items._write_step(
            {
                "user_id": user.id,
                "handed_by_id": self.env.uid,
                "note": note,
                "stepped_by_id": self.env.uid,
                "stepped_on": fields.Datetime.now(),
            },
            before=items._before_sql(),
        )
        items._tell(user, note)
        return items

    def _remember_capacities(self):
        for person in self.person_ids:
            # sudo: users are an administrator's to write; this is how much work a
            # supervisor, who alone gets here, gives to one who holds it already.
            user = person.user_id.sudo()
            if user.clerk_capacity != person.capacity:
                user.clerk_capacity = person.capacity

    @api.model
    def _tell_moved(self, moved, stayed):
        message = self.env._("%s items changed hands.", moved)
        if stayed:
            message += " " + self.env._(
                "%s were taken up or changed in the meantime and stay.", stayed
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if stayed else "success",
                "message": message,
                "next": {
                    "type": "ir.actions.act_window_close",
                    "infos": {"refresh": True},
                },
            },
        }


class ClerkWorkloadPerson(models.TransientModel):
    """One of the team while work is shared: what they have, and what they would."""

    _name = "clerk.workload.person"
    _description = "Person of a Team"
    _order = "id"

    share_id = fields.Many2one(
        "clerk.workload.share", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", string="Who", required=True, ondelete="cascade"
    )
    capacity = fields.Integer(
        string="Capacity (%)",
        default=100,
        help="How much of a full share they take: 0 for nothing, 50 for half days. "
        "Remembered for the next time.",
    )
    away = fields.Char(compute="_compute_away")
    now_count = fields.Integer(string="Has Now", compute="_compute_loads")
    started_count = fields.Integer(string="In Progress", compute="_compute_loads")
    after_count = fields.Integer(string="Would Have", compute="_compute_loads")

    _once = models.UniqueIndex(
        "(share_id, user_id)", "Somebody is in the team twice: remove one of them."
    )
    _capacity = models.Constraint(
        "CHECK (capacity >= 0)", "Nobody can take less than no work."
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
                person.away = self.env._("No longer here")

    @api.depends("user_id", "share_id.plan")
    def _compute_loads(self):
        for person in self:
            loads = (person.share_id.plan or {}).get("loads", {})
            now, started, after = loads.get(str(person.user_id.id), (0, 0, 0))
            person.now_count = now
            person.started_count = started
            person.after_count = after
