import json

from odoo import api, fields, models
from odoo.tools import format_date

from ...rules.worklist.worklist import OPEN_STATES

# How many people a card names; the pivot has all of them.
SHOWN = 4


class ClerkWorklist(models.Model):
    """How the work of a list is spread over people, for who shares it out."""

    _inherit = "clerk.worklist"

    desk_load = fields.Text(
        compute="_compute_desk_load",
        help="For supervisors, as JSON: who has most and how many open items, whether "
        "they are away today, all in words; and how many people there are besides.",
    )

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_desk_load(self):
        self.desk_load = False
        if self.env.user.has_group("invoicing_clerk.group_supervisor"):
            for worklist, load in self._loads().items():
                shown = {"people": load[:SHOWN], "more": len(load[SHOWN:])}
                worklist.desk_load = json.dumps(shown)

    def _loads(self):
        """Who has how much of each list, who has most first, in one question."""
        rows = self.env["clerk.work.item"]._read_group(
            [
                ("worklist_id", "in", self._origin.ids),
                ("state", "in", OPEN_STATES),
                ("user_id", "!=", False),
            ],
            ["worklist_id", "user_id"],
            ["__count"],
            order="__count desc, user_id",
        )
        users = self.env["res.users"].union(*(user for _list, user, _count in rows))
        away = self.env["clerk.absence"]._last_days(users)
        loads = {}
        for worklist, user, count in rows:
            loads.setdefault(worklist, []).append(
                {
                    "id": user.id,
                    "count": count,
                    "away": user in away,
                    "words": self._load_words(user, count, away.get(user)),
                }
            )
        return loads

    @api.model
    def _load_words(self, user, count, away_until):
        if not away_until:
            return self.env._("%(name)s: %(count)s open", name=user.name, count=count)
        return self.env._(
            "%(name)s: %(count)s open, away until %(day)s",
            name=user.name,
            count=count,
            day=format_date(self.env, away_until),
        )

    def action_share_workload(self):
        """Propose who takes over what in these lists."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_workload_share_action"
        )
        return {
            **action,
            "context": {
                "dialog_size": "extra-large",
                "default_worklist_ids": self.ids,
            },
        }
