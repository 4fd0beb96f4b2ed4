from odoo import fields, models
from odoo.exceptions import UserError


class ClerkAgeingItem(models.Model):
    """An open item of a report, as it was on the day, whatever happens to it later."""

    _name = "clerk.ageing.item"
    _description = "Aged Open Item"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "due_date, id"
    _rec_name = "name"
    # The report has author and time. Each column that refers to another table costs a
    # look-up per row.
    _log_access = False

    ageing_id = fields.Many2one(
        "clerk.ageing", string="Report", required=True, ondelete="cascade", index=True
    )
    row_id = fields.Many2one(
        "clerk.ageing.row", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="row_id.company_id")
    company_currency_id = fields.Many2one(related="row_id.company_currency_id")
    # No foreign key: items that were reset and deleted stay in frozen reports.
    entry_id = fields.Many2oneReference(
        model_field="entry_model", string="Journal Item"
    )
    entry_model = fields.Char(
        string="Model of Journal Item", compute="_compute_entry_model"
    )
    move_id = fields.Many2one(
        "account.move", string="Document", ondelete="set null", index="btree_not_null"
    )
    name = fields.Char(string="Number")
    ref = fields.Char(string="Reference")
    date = fields.Date()
    due_date = fields.Date(
        string="Aged From", help="The due date, or the invoice date, of the item."
    )
    days_overdue = fields.Integer(
        aggregator="max", help="Days since the due date, by whatever date it is aged."
    )
    bucket = fields.Integer(string="Ageing Bucket", aggregator=None)
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary(
        aggregator=None, help="Amount of the document or instalment."
    )
    open_amount = fields.Monetary(string="Open in Currency", aggregator=None)
    open_company = fields.Monetary(string="Open", currency_field="company_currency_id")
    disputed = fields.Monetary(aggregator=None)
    promised = fields.Monetary(aggregator=None)

    _one_per_entry = models.Constraint(
        "UNIQUE (row_id, entry_id)", "An item can be in a row only once."
    )

    def _compute_entry_model(self):
        self.entry_model = "account.move.line"

    def action_open_document(self):
        """Open the document of the item.

        :raises UserError: the document was deleted
        """
        self.ensure_one()
        self.check_access("read")
        if not self.move_id:
            raise UserError(self.env._("%s has been deleted.", self.name))
        return self.move_id.get_formview_action()
