from odoo import fields, models


class ClerkWorkItemPromise(models.TransientModel):
    """Dialog that asks when the customers of many work items will pay."""

    _name = "clerk.work.item.promise"
    _description = "Promises for Work Items"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    date = fields.Date(string="Promised For", required=True)
    source = fields.Selection(
        lambda self: self.env["clerk.promise"]._fields["source"].selection,
        required=True,
        default="call",
    )
    note = fields.Text()

    def action_apply(self):
        """Record a promise for each customer, and show what was not possible."""
        self.ensure_one()
        return self.item_ids._bulk(
            "promise", date=self.date, source=self.source, note=self.note
        )


class ClerkWorkResult(models.TransientModel):
    """The result of promises for many items."""

    _inherit = "clerk.work.result"

    step = fields.Selection(
        selection_add=[("promise", "promised")], ondelete={"promise": "cascade"}
    )

    def action_try_again(self):
        """Ask again for when the customers will pay, if that was the step.

        :raises UserError: everything was done
        """
        if self.step == "promise":
            return self._failed_items().action_promise()
        return super().action_try_again()
