from odoo import api, fields, models

from ...rules.close import close as rules
from ..mixin.amount import exact

# A figure of a task: what was found now, and what two people have signed.
PARTS = ("count", "amount", "missing", "fingerprint")


class ClerkCloseTask(models.Model):
    """A task of a close list, with its figure and the two people who signed it.

    Steps are in `close_task_step`.
    """

    _name = "clerk.close.task"
    _description = "Task of a Close List"
    _inherit = ["clerk.lifecycle", "clerk.work.item.link"]
    _lifecycle = rules.TASK_LIFECYCLE
    _writable_fields = frozenset({"user_id"})
    _order = "close_id desc, sequence, id"

    close_id = fields.Many2one(
        "clerk.close",
        string="Close List",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    close_state = fields.Selection(
        related="close_id.state", string="Status of the Month"
    )
    company_id = fields.Many2one(
        related="close_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="close_id.currency_id")
    date = fields.Date(related="close_id.date", store=True, string="Month")
    type_id = fields.Many2one(
        "clerk.close.task.type",
        string="Standard Task",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Task", required=True, readonly=True)
    instructions = fields.Text(readonly=True)
    figure = fields.Selection(rules.FIGURES, string="Query", readonly=True)
    review_role = fields.Selection(
        rules.REVIEW_ROLES, string="Reviewer", required=True, readonly=True
    )
    date_due = fields.Date(string="Due Date", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        rules.TASK_STATES,
        string="Status",
        default="todo",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    note = fields.Text(
        readonly=True,
        help="The explanation of what is left, or the reason why the task is blocked, "
        "does not apply or was returned.",
    )
    is_excluded = fields.Boolean(
        string="Prepared as Not Applicable", readonly=True, copy=False
    )
    prepared_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    prepared_on = fields.Datetime(readonly=True, copy=False)
    reviewed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reviewed_on = fields.Datetime(readonly=True, copy=False)

    # The figure as it was last refreshed
    current_count = fields.Integer(string="Records", readonly=True, aggregator=None)
    current_amount = fields.Monetary(string="Amount", readonly=True, aggregator=None)
    current_missing = fields.Boolean(string="Not Done", readonly=True)
    current_fingerprint = fields.Char(
        string="Seal of the Figure", readonly=True, exportable=False
    )
    # The figure that was prepared, and with which it is reviewed
    signed_count = fields.Integer(
        string="Records Signed", readonly=True, copy=False, aggregator=None
    )
    signed_amount = fields.Monetary(
        string="Amount Signed", readonly=True, copy=False, aggregator=None
    )
    signed_missing = fields.Boolean(
        string="Signed as Not Done", readonly=True, copy=False
    )
    signed_fingerprint = fields.Char(
        string="Seal of the Figure Signed",
        readonly=True,
        copy=False,
        exportable=False,
    )
    current_text = fields.Char(
        string="Figure Now", compute="_compute_texts", exportable=False
    )
    figure_text = fields.Char(
        string="Figure",
        compute="_compute_texts",
        exportable=False,
        help="The figure, and what it was when it was signed if it has changed.",
    )
    signed_text = fields.Char(
        string="Figure Signed", compute="_compute_texts", exportable=False
    )
    change_text = fields.Char(
        string="What Moved", compute="_compute_texts", exportable=False
    )
    is_clean = fields.Boolean(
        string="Nothing Left", compute="_compute_texts", exportable=False
    )

    _one_per_type = models.Constraint(
        "UNIQUE (close_id, type_id)", "A task can be on a close list only once."
    )

    @api.depends("name", "close_id.date")
    def _compute_display_name(self):
        for task in self:
            task.display_name = f"{task.close_id.name} · {task.name}"

    @api.depends_context("lang")
    @api.depends(
        "figure",
        "state",
        "prepared_on",
        *(f"{side}_{part}" for side in ("current", "signed") for part in PARTS),
    )
    def _compute_texts(self):
        for task in self:
            now, before = task._figure_of("current"), task._figure_of("signed")
            query = task._query()
            is_signed = bool(query and task.prepared_on)
            task.is_clean = bool(query) and now.is_clean
            task.current_text = query and query.text(task, now)
            task.signed_text = is_signed and query.text(task, before)
            task.change_text = is_signed and task._change_text(before, now)
            moved = task.state == "changed" and task.change_text
            task.figure_text = moved or task.current_text

    def _query(self):
        """Return the query of the task, or None."""
        return self.env["clerk.close"]._queries().get(self.figure)

    def _figure_of(self, side):
        """Return the figure of a side, ``current`` or ``signed``."""
        return rules.Figure(
            self[f"{side}_count"],
            exact(self.currency_id, self[f"{side}_amount"]),
            self[f"{side}_missing"],
            self[f"{side}_fingerprint"] or "",
        )

    @api.model
    def _figure_values(self, side, figure):
        return {
            f"{side}_count": figure.count,
            f"{side}_amount": float(figure.amount),
            f"{side}_missing": figure.is_missing,
            f"{side}_fingerprint": figure.fingerprint or False,
        }

    def _change_text(self, before, now):
        """Return what moved since the figure was signed, or nothing."""
        if not before.moved_to(now):
            return False
        texts = {
            "now": self._query().text(self, now),
            "before": self._query().text(self, before),
        }
        if texts["now"] == texts["before"]:
            return self.env._("%(now)s, but others than before", **texts)
        return self.env._("%(now)s instead of %(before)s", **texts)

    @api.depends("close_id.state")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the task.")

    # Records of the figure

    def action_open_records(self):
        """Open the records that the figure counts."""
        self.ensure_one()
        self.check_access("read")
        if not self._query():
            return self.get_formview_action()
        return self._query().action(self)

    def action_open_form(self):
        """Open the task with its instructions."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.get_formview_action(),
            "name": self.name,
            "target": "new",
            "views": [(False, "form")],
        }
