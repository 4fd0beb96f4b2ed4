from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

TODAY = "2026-03-10"
OPEN = ("open", "in_progress", "snoozed")


class WorklistCommon(ClerkCommon):
    """Worklists of customers, which are cheap to create and change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worklists = cls.env["clerk.worklist"].sudo()
        # Tests use only their own lists.
        cls.worklists.search([]).active = False
        cls.items = cls.env["clerk.work.item"].sudo()

    @classmethod
    def _worklist(cls, domain, *rules, model="res.partner", user=None, **values):
        """Create a worklist as a supervisor; each rule is a dict of values."""
        worklists = cls.env["clerk.worklist"].with_user(user or cls.supervisor)
        return worklists.create(
            {
                "name": "Test list",
                "model_id": cls.env["ir.model"]._get(model).id,
                "domain": str(domain),
                "rule_ids": [
                    Command.create({"name": "rule", **rule}) for rule in rules
                ],
                **values,
            }
        ).sudo()

    @classmethod
    def _partners(cls, number, **values):
        return cls.env["res.partner"].create(
            [
                {"name": f"Customer {index}", "ref": "WL", **values}
                for index in range(number)
            ]
        )

    @classmethod
    def _customers_list(cls, *rules, **values):
        return cls._worklist([("ref", "=", "WL")], *rules, **values)

    @classmethod
    def _invoices_list(cls, *rules, **values):
        paths = {
            "partner_path": "commercial_partner_id",
            "amount_path": "amount_residual",
            "date_path": "invoice_date_due",
            "company_path": "company_id",
            "user_path": "invoice_user_id",
        }
        domain = [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("amount_residual", ">", 0),
        ]
        return cls._worklist(
            domain, *rules, model="account.move", **{**paths, **values}
        )

    def _open_items(self, worklist):
        return self.items.search(
            [("worklist_id", "=", worklist.id), ("state", "in", OPEN)]
        )

    def _listed(self, worklist):
        return set(self._open_items(worklist).mapped("res_id"))

    def _matching(self, worklist):
        return set(self.env[worklist.model].search(safe_eval(worklist.domain)).ids)


class WorkloadCommon(WorklistCommon):
    """A worklist of twelve customers, all assigned to the clerk."""

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
        """Create a proposal for users, each alone or with a capacity."""
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
        # The web client saves the proposal before it is applied.
        share.flush_recordset()
        return share

    def _counts(self, *users):
        items = self._open_items(self.worklist)
        return [len(items.filtered(lambda item, u=u: item.user_id == u)) for u in users]


class ShippedCommon(WorklistCommon):
    """Worklists that come with the addon, on a fixed day."""

    freeze_time = freeze_time(TODAY)

    def _list(self, name):
        worklist = self.env.ref(f"invoicing_clerk.worklist_{name}").sudo()
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        return worklist

    def _contained(self, name, records):
        """Return the records that the list contains."""
        listed = self._listed(self._list(name))
        return records.filtered(lambda record: record.id in listed)

    def _assert_contains(self, name, caught, neighbours):
        """Check that a list contains the former and not the latter, by label."""
        listed = self._listed(self._list(name))
        for label, record in caught.items():
            with self.subTest(list=name, caught=label):
                self.assertIn(record.id, listed)
        for label, record in neighbours.items():
            with self.subTest(list=name, passed_over=label):
                self.assertNotIn(record.id, listed)

    def _reasons(self, name, record):
        item = self._open_items(self._list(name))
        return item.filtered(lambda each: each.res_id == record.id).why
