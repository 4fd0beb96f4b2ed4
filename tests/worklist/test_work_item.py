from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkItem(WorklistCommon):
    """Pivots aggregate in the database what each item computes."""

    def test_age_and_late(self):
        self._partners(3)
        worklist = self._customers_list()
        worklist._refresh()
        items = worklist.item_ids
        today = fields.Date.today()
        for days, item in zip((0, 4, 8), items, strict=True):
            item._write(
                {
                    "create_date": fields.Datetime.now() - timedelta(days=days),
                    "deadline": today - timedelta(days=days - 2),
                }
            )
        items.invalidate_recordset()
        self.assertEqual(sorted(items.mapped("age_days")), [0, 4, 8])
        grouped = self.items.with_user(self.supervisor)._read_group(
            [("worklist_id", "=", worklist.id)],
            [],
            ["age_days:avg", "late_count:sum", "__count"],
        )
        self.assertEqual(grouped, [(4, 2, 3)])
        self.assertEqual(sum(items.mapped("late_count")), 2)
        measures = self.items.fields_get(["age_days", "late_count"], ["aggregator"])
        self.assertEqual(measures["age_days"]["aggregator"], "avg")
        self.assertEqual(measures["late_count"]["aggregator"], "sum")

    def test_activities_end_with_the_item(self):
        self._partners(2)
        worklist = self._customers_list()
        worklist._refresh()
        items = worklist.item_ids.with_user(self.clerk)
        for item in items:
            item.activity_schedule(
                "mail.mail_activity_data_call",
                summary="Call back",
                user_id=self.clerk.id,
            )
        items[0].action_done()
        self.items._unlink_activities_of_closed()
        self.assertTrue(items[0].activity_ids, "it can still be undone")
        items[0]._write({"closed_on": fields.Datetime.now() - timedelta(minutes=2)})
        self.items._unlink_activities_of_closed()
        items.invalidate_recordset()
        self.assertFalse(items[0].activity_ids)
        self.assertEqual(items[1].activity_ids.summary, "Call back")
