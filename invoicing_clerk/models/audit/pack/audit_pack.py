from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ....rules.audit.pack import audit_pack as rules
from ....rules.statement.statement_delivery import percent
from ...mixin.context_defaults import without_defaults

# What is asked for. It stands once the pack is asked for.
QUESTION = frozenset(
    {
        "audit_id",
        "source",
        "move_ids",
        "partner_ids",
        "date_from",
        "date_to",
        "query_id",
        "request_id",
        "sample_id",
    }
)
# Only the steps set these.
GUARDED = frozenset(
    {
        "state",
        "error",
        "user_id",
        "requested_on",
        "done_on",
        "item_ids",
        "archive",
        "archive_size",
        "root_hash",
    }
)


class ClerkAuditPack(models.Model):
    """All evidence of chosen invoices in one ZIP that proves itself.

    It is made in the background, item by item, with the rights of who asked for it.
    Where its invoices come from, how it is made and how it is read are each in a file
    of their own; what goes into it is in `clerk.audit.pack.evidence`.
    """

    _name = "clerk.audit.pack"
    _description = "Evidence Pack"
    _inherit = ["clerk.audit.part", "clerk.audit.thread"]
    _order = "id desc"

    name = fields.Char(required=True)
    state = fields.Selection(
        rules.STATES, required=True, readonly=True, default="draft", copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        readonly=True,
        copy=False,
        index=True,
        help="The pack holds what this person may read.",
    )
    requested_on = fields.Datetime(string="Asked For On", readonly=True, copy=False)
    done_on = fields.Datetime(string="Ready Since", readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False, help="Why it is not ready.")
    item_ids = fields.One2many(
        "clerk.audit.pack.item", "pack_id", string="Items", readonly=True, copy=False
    )
    item_count = fields.Integer(compute="_compute_progress", string="Invoices")
    failed_count = fields.Integer(compute="_compute_progress")
    missing_count = fields.Integer(
        compute="_compute_progress",
        string="Missing",
        help="Documents that could not be put into the pack. It lists them, and why.",
    )
    progress = fields.Integer(compute="_compute_progress")
    # Only the controller gives it out, so that each download is in the log.
    archive = fields.Binary(
        attachment=True, readonly=True, copy=False, groups="base.group_system"
    )
    archive_size = fields.Float(string="Size (MB)", readonly=True, copy=False)
    root_hash = fields.Char(
        readonly=True,
        copy=False,
        help="Stands for every byte of the pack. A copy with another one is another "
        "pack.",
    )

    @api.depends("item_ids.state", "item_ids.missing_count")
    def _compute_progress(self):
        groups = self.env["clerk.audit.pack.item"]._read_group(
            [("pack_id", "in", self.ids)],
            ["pack_id", "state"],
            ["__count", "missing_count:sum"],
        )
        counts = {
            (pack.id, state): (count, missing) for pack, state, count, missing in groups
        }
        for pack in self:
            own = {
                state: counts.get((pack._origin.id, state), (0, 0))
                for state in ("waiting", "done", "failed")
            }
            pack.item_count = sum(count for count, _missing in own.values())
            pack.failed_count = own["failed"][0]
            pack.missing_count = sum(missing for _count, missing in own.values())
            pack.progress = percent(own["done"][0], pack.item_count)

    # Who writes what

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_unguarded(vals)
        packs = without_defaults(self, GUARDED)
        return super(ClerkAuditPack, packs).create(vals_list)

    def write(self, vals):
        self._check_unguarded(vals)
        if QUESTION & vals.keys():
            self._check_state("draft")
        return super().write(vals)

    def _check_unguarded(self, vals):
        if not self.env.su and GUARDED & vals.keys():
            raise AccessError(
                self.env._(
                    "What an evidence pack holds is set by making it, not by hand."
                )
            )

    def _check_state(self, *states):
        """:raises UserError: a pack is in another state"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for pack in self:
            if pack.state not in states:
                raise UserError(
                    self.env._(
                        "%(pack)s is %(state)s: that is not open to it. Make another "
                        "pack.",
                        pack=pack.name,
                        state=labels[pack.state],
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        if kept := self.filtered(lambda pack: pack.state not in ("draft", "cancelled")):
            raise UserError(
                self.env._(
                    "%s: what was asked for stays as evidence. Cancel it if it is not "
                    "ready yet.",
                    ", ".join(kept.mapped("name")),
                )
            )

    def _move_on(self, state, **values):
        """Change state as the table of transitions allows.

        :raises UserError: the table has no such step
        """
        self._check_state(
            *(each for each, to in rules.TRANSITIONS.items() if state in to)
        )
        # sudo: states are set by steps alone, and each step has checked who takes it.
        self.sudo().write({"state": state, **values})

    # Steps

    def action_request(self):
        """Note what goes into the pack, and let it be made in the background.

        :raises UserError: there is nothing that it could hold
        """
        self.check_access("write")
        self._check_state("draft")
        # sudo: items are made by this step alone, of what the user has found.
        self.env["clerk.audit.pack.item"].sudo().create(
            [values for pack in self for values in pack._items_values()]
        )
        self._move_on(
            "waiting", user_id=self.env.uid, requested_on=fields.Datetime.now()
        )
        for pack in self:
            pack._note_access("request")
        self._wake_worker()

    def _items_values(self):
        return [
            {
                "pack_id": self.id,
                "sequence": sequence,
                "move_id": move.id,
                "name": move.name,
            }
            for sequence, move in enumerate(self._find_moves(), 1)
        ]

    def action_try_again(self):
        """Let what failed be made once more; the rest stays as it was made."""
        self.check_access("write")
        self._move_on("waiting", error=False)
        # sudo: items are written by steps alone.
        failed = self.sudo().item_ids.filtered(lambda item: item.state == "failed")
        failed.write({"state": "waiting", "error": False})
        self._wake_worker()

    def action_cancel(self):
        self.check_access("write")
        self._move_on("cancelled", error=False)
        # sudo: what was made of it is of no use any more.
        self.sudo()._drop_parts()

    @api.model
    def _wake_worker(self):
        # sudo: waking the worker shows nothing and changes no record.
        self.env.ref("invoicing_clerk.ir_cron_audit_pack").sudo()._trigger()

    def action_view_items(self):
        return self._items_action(self.env._("Invoices"), [])

    def action_view_missing(self):
        return self._items_action(
            self.env._("Missing Documents"), [("missing_count", ">", 0)]
        )

    def _items_action(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "clerk.audit.pack.item",
            "view_mode": "list,form",
            "domain": [("pack_id", "=", self.id), *domain],
        }
