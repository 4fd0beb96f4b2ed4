from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


class WorkloadCommon(WorklistCommon):
    """A worklist of twelve customers, all of whom are the clerk's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._partners(12)
        cls.worklist = cls._customers_list()
        cls.worklist._refresh()
        cls.all_items = cls.worklist.item_ids
        cls.all_items.with_user(cls.supervisor)._hand_over(cls.clerk, "all yours")
        cls.shares = cls.env["clerk.workload.share"].with_user(cls.supervisor)

    @classmethod
    def _away(cls, user, days=0):
        today = fields.Date.today()
        absences = cls.env["clerk.absence"].sudo()
        return absences.create(
            {
                "user_id": user.id,
                "date_from": today,
                "date_to": today + timedelta(days=days),
                "reason": "Ill",
            }
        )

    def _share(self, *people, **values):
        """A proposal among people; each is a user or a user and their capacity."""
        pairs = [each if isinstance(each, tuple) else (each, 100) for each in people]
        share = self.shares.create(
            {
                "person_ids": [
                    Command.create({"user_id": user.id, "capacity": capacity})
                    for user, capacity in pairs
                ],
                **values,
            }
        )
        # What is shown is saved before anybody agrees to it.
        share.flush_recordset()
        return share

    def _counts(self, *users):
        items = self._open_items(self.worklist)
        return [len(items.filtered(lambda item, u=u: item.user_id == u)) for u in users]
