from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

OPEN = ("open", "in_progress", "snoozed")


class WorklistCommon(ClerkCommon):
    """Worklists over customers of their own, which are cheap to make and change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worklists = cls.env["clerk.worklist"].sudo()
        # Only the lists of a test itself count in it.
        cls.worklists.search([]).active = False
        cls.items = cls.env["clerk.work.item"].sudo()

    @classmethod
    def _worklist(cls, domain, *rules, model="res.partner", user=None, **values):
        """A worklist as a supervisor makes it; each rule is a dict of its values."""
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
