from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Values of a new list by what it starts from: its records by a name that people know.
STARTS = {
    "invoices": {
        "model": "account.move",
        "domain": "[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        "partner_path": "commercial_partner_id",
        "amount_path": "amount_residual",
        "date_path": "invoice_date_due",
        "company_path": "company_id",
        "user_path": "invoice_user_id",
    },
    "bills": {
        "model": "account.move",
        "domain": "[('move_type', '=', 'in_invoice'), ('state', '=', 'posted')]",
        "partner_path": "commercial_partner_id",
        "amount_path": "amount_residual",
        "date_path": "invoice_date_due",
        "company_path": "company_id",
    },
    "payments": {
        "model": "account.payment",
        "domain": "[('payment_type', '=', 'inbound')]",
        "partner_path": "partner_id",
        "amount_path": "amount",
        "date_path": "date",
        "company_path": "company_id",
    },
    "customers": {
        "model": "res.partner",
        "domain": "[('customer_rank', '>', 0)]",
        "partner_path": "id",
        "company_path": "company_id",
        "user_path": "user_id",
    },
    "errors": {
        "model": "clerk.billing.error",
        "domain": "[('date_closed', '=', False)]",
        "partner_path": "partner_id",
        "amount_path": "amount_disputed",
        "date_path": "deadline",
        "company_path": "company_id",
        "user_path": "user_id",
    },
}
PATHS = ("partner_path", "amount_path", "date_path", "company_path", "user_path")


class ClerkWorklist(models.Model):
    """New worklists that start from records people know, or from a search on a list."""

    _inherit = "clerk.worklist"

    start_from = fields.Selection(
        [
            ("invoices", "Customer Invoices"),
            ("bills", "Vendor Bills"),
            ("payments", "Customer Payments"),
            ("customers", "Customers"),
            ("errors", "Billing Errors"),
        ],
        store=False,
        exportable=False,
        help="Fills in the records, the filter and the fields below.",
    )

    @api.onchange("start_from")
    def _onchange_start_from(self):
        if start := STARTS.get(self.start_from):
            self.model_id = self.env["ir.model"]._get(start["model"])
            self._onchange_model_id()

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Keep the filter that the list starts from, as long as it fits."""
        result = super()._onchange_model_id()
        start = STARTS.get(self.start_from)
        context = self.env.context
        if start and start["model"] == self.model:
            self.domain = start["domain"]
            self.update({path: start.get(path, False) for path in PATHS})
        elif self.model_id.id == context.get("default_model_id"):
            self.domain = context.get("default_domain") or self.domain
        return result

    @api.model
    def action_new_from_filter(self):
        """Open a new worklist of what the search of a list finds.

        The list names its model and its search in the context; the filter is read by
        our parser when it is saved, as one that somebody types.

        :raises UserError: there is no such list
        """
        self.check_access("create")
        model = self.env.context.get("active_model")
        if not isinstance(model, str) or model not in self.env:
            raise UserError(self.env._("Open a list of records first."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Worklist"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_model_id": self.env["ir.model"]._get_id(model),
                "default_domain": repr(self._searched_domain()),
            },
        }

    @api.model
    def _searched_domain(self):
        """Return the search of the list, as a list of conditions.

        :raises UserError: it is not a search
        """
        domain = self.env.context.get("active_domain") or []
        try:
            return list(Domain(domain))
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("A worklist cannot be created from this search.")
            ) from error
