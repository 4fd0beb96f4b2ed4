from odoo import api, models


class ClerkPromise(models.Model):
    """Actions that open promises, their invoices and the dialogs for new ones."""

    _inherit = "clerk.promise"

    @api.model
    def _new_action(self, moves=None, **defaults):
        """Open the form of a new promise, filled in with values by field name."""
        self.check_access("create")
        if moves:
            defaults["move_ids"] = moves.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise to Pay"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @api.model
    def _plan_action(self, items, **defaults):
        """Open the dialog of a plan for some instalments."""
        self.check_access("create")
        defaults["item_ids"] = items.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Plan"),
            "res_model": "clerk.promise.plan",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def action_new_promise(self):
        """Open the form of a new promise for the open instalments; it replaces this."""
        self.ensure_one()
        open_items = self.item_ids.filtered("is_unsettled")
        self._check_items(open_items)
        return self._new_action(
            item_ids=open_items.ids, contact_id=self.contact_id.id, source=self.source
        )

    def action_plan(self):
        """Open the dialog of a payment plan that replaces this promise."""
        self.ensure_one()
        open_items = self.item_ids.filtered("is_unsettled")
        self._check_items(open_items)
        return self._plan_action(
            open_items,
            contact_id=self.contact_id.id,
            source=self.source,
            note=self.note,
        )

    @api.model
    def _view_action(self, domain):
        """Open some promises: the form of a single one, or the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_promise_action"
        )
        found = self.search(domain, limit=2)
        if len(found) == 1:
            return {**action, "views": [(False, "form")], "res_id": found.id}
        return {**action, "domain": list(domain), "context": {}}

    def action_view_moves(self):
        """Open the promised invoices: the form of a single one, or the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(self.move_ids) == 1:
            return self.move_ids.get_formview_action()
        return {**action, "domain": [("id", "in", self.move_ids.ids)], "context": {}}
