from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.worklist import OPEN_STATES

READERS = "invoicing_clerk.group_clerk,invoicing_clerk.group_auditor"


class WorkItemLink(models.AbstractModel):
    """The way from a record to the worklists that it is in.

    Nothing is stored on the record: saving and posting it costs what it always did.
    """

    _name = "clerk.work.item.link"
    _description = "In Worklists"

    # The column of an item by which it belongs to the record.
    _work_item_column = "res_id"

    work_item_count = fields.Integer(
        string="In Worklists",
        compute="_compute_work_item_count",
        groups=READERS,
    )
    in_worklist = fields.Boolean(
        compute="_compute_work_item_count",
        search="_search_in_worklist",
        groups=READERS,
    )

    @api.model
    def _open_work_items(self):
        """What is open of this kind of record, of what the caller may see."""
        open_items = Domain("state", "in", OPEN_STATES)
        if self._work_item_column == "res_id":
            open_items &= Domain("res_model", "=", self._name)
        return open_items

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_work_item_count(self):
        column = self._work_item_column
        rows = self.env["clerk.work.item"]._read_group(
            self._open_work_items() & Domain(column, "in", self._origin.ids),
            [column],
            ["__count"],
        )
        counts = {getattr(key, "id", key): count for key, count in rows}
        for record in self:
            record.work_item_count = counts.get(record._origin.id, 0)
            record.in_worklist = bool(record.work_item_count)

    @api.model
    def _search_in_worklist(self, operator, value):
        if operator != "in":
            return NotImplemented
        items = self.env["clerk.work.item"]
        found = items._search(self._open_work_items())
        column = SQL.identifier(items._table, self._work_item_column)
        listed = Domain("id", "in", found.subselect(column))
        return listed if True in value else ~listed

    def action_view_work_items(self):
        """The open items of the record, on which steps can be taken."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_work_item_action"
        )
        column = self._work_item_column
        items = self.env["clerk.work.item"].search(
            self._open_work_items() & Domain(column, "=", self.id), limit=2
        )
        if len(items) == 1:
            return {**action, "views": [(False, "form")], "res_id": items.id}
        own = self._open_work_items() & Domain(column, "=", self.id)
        return {**action, "domain": list(own), "context": {}}
