from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.pack import audit_pack as rules
from ....rules.progress import percent

# Selection of documents: fixed once the pack is requested.
SELECTION_FIELDS = frozenset(
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
# Only steps set these.
STEP_FIELDS = frozenset(
    {
        "error",
        "tries",
        "user_id",
        "requested_on",
        "is_trail_restricted",
        "done_on",
        "item_ids",
        "archive",
        "archive_size",
        "root_hash",
    }
)


class ClerkAuditPack(models.Model):
    """A ZIP with all evidence of selected invoices, which can be verified by itself.

    It is built in the background, item by item, with the access rights of the user who
    requested it. Sources, building and verification are each in a file of their own;
    `clerk.audit.pack.evidence` gathers the evidence.
    """

    _name = "clerk.audit.pack"
    _description = "Evidence Pack"
    _inherit = [
        *("clerk.evidence", "clerk.audit.job", "clerk.audit.thread"),
    ]
    _evidence_fields = {"archive": None}
    _lifecycle = rules.LIFECYCLE
    _job_cron = "ir_cron_audit_pack"
    _guarded_fields = STEP_FIELDS
    _order = "id desc"

    name = fields.Char(required=True)
    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Requested By",
        readonly=True,
        copy=False,
        index=True,
        help="The pack contains the documents that this user may read.",
    )
    requested_on = fields.Datetime(readonly=True, copy=False)
    is_trail_restricted = fields.Boolean(
        string="Restrictive Audit Trail",
        readonly=True,
        copy=False,
        help="On if entries and their history could not be deleted when the pack was "
        "requested.",
    )
    done_on = fields.Datetime(string="Ready On", readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False, help="Reason of the failure.")
    tries = fields.Integer(help="Attempts to assemble the ZIP that were interrupted.")
    item_ids = fields.One2many(
        "clerk.audit.pack.item", "pack_id", string="Items", readonly=True, copy=False
    )
    item_count = fields.Integer(compute="_compute_progress", string="Invoices")
    failed_count = fields.Integer(string="Failed", compute="_compute_progress")
    missing_count = fields.Integer(
        compute="_compute_progress",
        string="Missing",
        help="Documents that could not be included, listed in the pack with reasons.",
    )
    progress = fields.Integer(compute="_compute_progress")
    # Only the controller serves it, so that each download is logged.
    archive = fields.Binary(
        attachment=True, readonly=True, copy=False, groups="base.group_system"
    )
    archive_size = fields.Float(string="Size (MB)", readonly=True, copy=False)
    root_hash = fields.Char(
        readonly=True,
        copy=False,
        help="Hash of the whole content. A copy with a different root hash has been "
        "changed.",
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
            by_state = {
                state: counts.get((pack._origin.id, state), (0, 0))
                for state in ("waiting", "done", "failed")
            }
            pack.item_count = sum(count for count, _missing in by_state.values())
            pack.failed_count = by_state["failed"][0]
            pack.missing_count = sum(missing for _count, missing in by_state.values())
            pack.progress = percent(by_state["done"][0], pack.item_count)

    # Guards

    def write(self, vals):
        """:raises UserError: the selection of a requested pack would change"""
        self._check_guarded(vals)
        if SELECTION_FIELDS & vals.keys():
            self._check_step("request")
        return super().write(vals)

    @api.model
    def _guard_hint(self):
        return self.env._("It is set when the pack is built.")

    def _check_step_access(self):
        self._check_audit_open()
        return super()._check_step_access()

    def _refuse_step(self, why=""):
        return super()._refuse_step(why or self.env._("Create a new pack instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        requested = self.filtered(lambda pack: pack.state not in ("draft", "cancelled"))
        if requested:
            raise UserError(
                self.env._(
                    "%s: requested packs stay as evidence. Cancel a pack that is not "
                    "ready yet.",
                    ", ".join(requested.mapped("name")),
                )
            )

    # Steps

    def action_request(self):
        """List the documents of the pack, and have it built in the background.

        :raises UserError: there are no documents
        """
        self._check_step_access()
        self._check_step("request")
        items = [values for pack in self for values in pack._items_values()]
        self._begin_step("request")
        # sudo: only this step creates items, of documents that the user may read.
        self.env["clerk.audit.pack.item"].sudo().create(items)
        self._write_step(
            "request",
            user_id=self.env.uid,
            requested_on=fields.Datetime.now(),
            is_trail_restricted=all(self.audit_id.mapped("is_trail_restricted")),
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
        """Build the failed items again; the others are kept."""
        self._take_step("try_again", error=False, tries=0)
        # sudo: only steps write items.
        failed = self.sudo().item_ids.filtered(lambda item: item.state != "done")
        failed._move_on("rebuild", error=False, tries=0)
        self._wake_worker()

    def action_cancel(self):
        self._take_step("cancel", error=False)
        # sudo: only steps write items; those of a cancelled pack are of no use.
        self.sudo()._drop_parts()

    def action_view_items(self):
        return self._items_action(self.env._("Invoices"), [])

    def action_view_missing(self):
        label = self.env._("Missing Documents")
        return self._items_action(label, [("missing_count", ">", 0)])

    def _items_action(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "clerk.audit.pack.item",
            "view_mode": "list,form",
            "domain": [("pack_id", "=", self.id), *domain],
        }
