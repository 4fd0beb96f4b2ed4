from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.gate import only_one
from ..mixin.notification import SOFT_RELOAD, notification_action
from ..mixin.roles import READERS

# In the context of a form that was opened for a work item. The web client passes on
# only names like this one when it asks for a view.
BAR_KEY = "work_bar_view_ref"
BAR_VIEW = "invoicing_clerk.work_bar_view_form"


class WorkItemLink(models.AbstractModel):
    """The bar of a work item, on the form of the record that was opened for it.

    It shows why the record is listed, and has the buttons of the item. The context of
    the action names the item; without it, views and records are as they were, and cost
    nothing more.
    """

    _inherit = "clerk.work.item.link"

    work_bar = fields.Html(
        string="Work Item",
        compute="_compute_work_bar",
        sanitize=False,
        exportable=False,
        groups=READERS,
    )
    work_bar_actions = fields.Json(
        string="Buttons of the Work Item",
        compute="_compute_work_bar",
        exportable=False,
        groups=READERS,
    )

    # The view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, bool(self.env.context.get(BAR_KEY)))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self.env.context.get(BAR_KEY):
            self._add_work_bar(arch)
        return arch, view

    @api.model
    def _add_work_bar(self, arch):
        # sudo: the arch of a view, of which people see what their groups allow.
        bar = self.env.ref(BAR_VIEW).sudo()._get_combined_arch()
        header = arch.find("header")
        position = 0 if header is None else arch.index(header) + 1
        for node in reversed(bar):
            arch.insert(position, node)

    def web_read(self, specification):
        """Close a clerk's item first, if the record has left its worklist."""
        if "work_bar" in specification and self._close_opened_item():
            self.invalidate_recordset(["work_bar", "work_bar_actions"])
        return super().web_read(specification)

    def _close_opened_item(self):
        """Return whether the item was closed; auditors only look at it."""
        is_clerk = self.env.user.has_group("invoicing_clerk.group_clerk")
        return bool(is_clerk and self._opened_item()._close_if_unlisted())

    # What it shows

    def _opened_item(self):
        """Return the item that the record was opened for, if the user may read it."""
        items = self.env["clerk.work.item"]
        item_id = self.env.context.get("work_item_id")
        if len(self) != 1 or not isinstance(item_id, int):
            return items
        item = items.browse(item_id).exists()._filtered_access("read")
        is_of_record = (item.res_model, item.res_id) == (self._name, self._origin.id)
        return item if is_of_record else items

    @api.depends_context("uid", "lang", "tz", "allowed_company_ids", "work_item_id")
    def _compute_work_bar(self):
        self.work_bar = self.work_bar_actions = False
        for record in self:
            if item := record._opened_item():
                record.work_bar = item._bar_html()
                record.work_bar_actions = item._bar_actions(record)

    def _offer_next(self, message):
        """Say that the work is done, and show the bar, which offers the next item.

        The record may have been opened from elsewhere: it is opened again then, with
        the bar of its item, if it has one that is the user's.
        """
        then = SOFT_RELOAD
        if not self._opened_item() and (item := self._latest_item()):
            then = {**item.action_open_record(), "target": "main"}
        return notification_action(message, then=then)

    def _has_next(self):
        """Return whether the record is worked on in a list, opened from it or not."""
        return bool(self._opened_item() or self._latest_item())

    def _latest_item(self):
        """Return the latest item of the record that the user has or may take."""
        return self.env["clerk.work.item"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("user_id", "in", (False, self.env.uid)),
            ],
            order="id desc",
            limit=1,
        )

    # Its buttons

    def _item_to_work_on(self):
        """:raises UserError: the record is not open as an item of a worklist"""
        if item := only_one(self)._opened_item():
            return item
        raise UserError(
            self.env._("Open %s from a worklist first.", self.display_name or "")
        )

    def action_work_next(self):
        """Open the next item of the same list instead of this one."""
        return self._item_to_work_on()._open_next()

    def action_work_done_next(self):
        """Finish the item and open the next one of the same list."""
        item = self._item_to_work_on()
        item.action_done()
        return item._open_next()

    def action_work_skip(self):
        """Open another item of the same list; this one is free for colleagues."""
        return self._item_to_work_on()._skip()

    def action_work_claim(self):
        self._item_to_work_on().action_claim()

    def action_work_undo(self):
        self._item_to_work_on().action_undo()

    def action_work_snooze(self):
        return self._item_to_work_on().action_snooze()

    def action_work_hand_over(self):
        return self._item_to_work_on().action_hand_over()

    def action_work_ask(self):
        """Ask a colleague about the record, by an activity."""
        self._item_to_work_on()
        about = self._asked_about()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask a Colleague"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": about._name,
                "active_id": about.id,
                "active_ids": about.ids,
                "default_activity_user_id": False,
            },
        }

    def _asked_about(self):
        """Return what colleagues are asked about: this, its document or its customer.

        Not every record has activities.
        """
        links = [name for name in ("move_id", "partner_id") if name in self._fields]
        return next(
            (
                each
                for each in (self, *(self[name] for name in links))
                if each and "activity_ids" in each._fields
            ),
            self.browse(),
        )
