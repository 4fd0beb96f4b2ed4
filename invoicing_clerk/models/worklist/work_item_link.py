from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.worklist.worklist import OPEN_STATES
from ..mixin.roles import READERS


class WorkItemLink(models.AbstractModel):
    """The way from a record to the worklists that it is in.

    Nothing is stored on the record: saving and posting it costs what it always did.
    """

    _name = "clerk.work.item.link"
    _description = "In Worklists"

    # Whether items of other records, whose partner it is, belong to the record too.
    _work_items_by_partner = False

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
    def _own_work_items(self):
        """What is open of this kind of record."""
        return Domain("state", "in", OPEN_STATES) & Domain("res_model", "=", self._name)

    def _work_items(self):
        """What is open of these records."""
        found = self._own_work_items() & Domain("res_id", "in", self._origin.ids)
        if self._work_items_by_partner:
            found |= self._partner_work_items()
        return found

    def _partner_work_items(self):
        return Domain("state", "in", OPEN_STATES) & Domain(
            "partner_id", "in", self._origin.ids
        )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_work_item_count(self):
        counts = self._count_work_items()
        for record in self:
            record.work_item_count = counts[record._origin.id]
            record.in_worklist = bool(record.work_item_count)

    def _count_work_items(self):
        """How many items each record has, an item that is its in two ways once."""
        items = self.env["clerk.work.item"]
        by_partner = self._work_items_by_partner
        counts = Counter()
        own = self._own_work_items() & Domain("res_id", "in", self._origin.ids)
        for record, partner, count in items._read_group(
            own, ["res_id", "partner_id"], ["__count"]
        ):
            if not (by_partner and partner.id == record):
                counts[record] += count
        if by_partner:
            rows = items._read_group(
                self._partner_work_items(), ["partner_id"], ["__count"]
            )
            counts.update({partner.id: count for partner, count in rows})
        return counts

    @api.model
    def _search_in_worklist(self, operator, value):
        if operator != "in":
            return NotImplemented
        items = self.env["clerk.work.item"]
        own = items._search(self._own_work_items())
        listed = Domain("id", "in", own.subselect("res_id"))
        if self._work_items_by_partner:
            # One NULL among them, and NOT IN would find nobody.
            theirs = items._search(
                [("state", "in", OPEN_STATES), ("partner_id", "!=", False)]
            )
            listed |= Domain("id", "in", theirs.subselect("partner_id"))
        return listed if True in value else ~listed

    def action_view_work_items(self):
        """The open items of the record, on which steps can be taken."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_work_item_action"
        )
        items = self.env["clerk.work.item"].search(self._work_items(), limit=2)
        if len(items) == 1:
            return {**action, "views": [(False, "form")], "res_id": items.id}
        # Whoever comes from the record wants the item, not the record once more.
        context = {"open_work_item": True}
        return {**action, "domain": list(self._work_items()), "context": context}
