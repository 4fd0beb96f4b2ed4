from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.gate import only_one
from ..mixin.roles import READERS


class WorkItemLink(models.AbstractModel):
    """A record that may be in worklists, and the way to its work items.

    Nothing is stored on the record, so saving and posting it costs nothing more.
    """

    _name = "clerk.work.item.link"
    _description = "Record with Work Items"

    # True for a partner: items of all records of the partner count.
    _work_items_by_partner = False

    work_item_count = fields.Integer(
        string="Work Items",
        compute="_compute_work_item_count",
        groups=READERS,
    )
    in_worklist = fields.Boolean(
        string="In Worklists",
        compute="_compute_work_item_count",
        search="_search_in_worklist",
        groups=READERS,
    )

    @api.model
    def _model_work_items(self):
        """Return a domain for open items of this model."""
        return Domain("state", "in", OPEN_STATES) & Domain("res_model", "=", self._name)

    def _work_items(self):
        """Return a domain for open items of these records."""
        domain = self._model_work_items() & Domain("res_id", "in", self._origin.ids)
        if self._work_items_by_partner:
            domain |= self._partner_work_items()
        return domain

    def _partner_work_items(self):
        return Domain("state", "in", OPEN_STATES) & Domain(
            "partner_id", "in", self._origin.ids
        )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_work_item_count(self):
        items = self.env["clerk.work.item"].with_context(worked_models=[self._name])
        counts = dict(items._read_group(self._work_items(), ["res_id"], ["__count"]))
        for record in self:
            record.work_item_count = counts.get(record._origin.id, 0)
            record.in_worklist = bool(record.work_item_count)

    @api.model
    def _search_in_worklist(self, operator, value):
        if operator != "in":
            return NotImplemented
        items = self.env["clerk.work.item"]
        of_model = items._search(self._model_work_items())
        listed = Domain("id", "in", of_model.subselect("res_id"))
        if self._work_items_by_partner:
            # With a NULL among them, NOT IN would find nothing.
            of_partner = items._search(
                [("state", "in", OPEN_STATES), ("partner_id", "!=", False)]
            )
            listed |= Domain("id", "in", of_partner.subselect("partner_id"))
        return listed if True in value else ~listed

    def action_view_work_items(self):
        """Open the open items of the record."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_work_item_action"
        )
        items = self.env["clerk.work.item"].search(self._work_items(), limit=2)
        if len(items) == 1:
            return {**action, "views": [(False, "form")], "res_id": items.id}
        # Clicking an item opens the item here, not the record again.
        context = {"open_work_item": True}
        return {**action, "domain": list(self._work_items()), "context": context}
