from odoo import api, fields, models

from odoo.addons.invoicing_clerk.rules.lifecycle import SYSTEM, Lifecycle, Step

from ...rules import revision as rules

LIFECYCLE = Lifecycle(
    rules.LINE_STATES,
    {
        "apply": Step(("ready", "failed"), ("done", "failed"), SYSTEM),
    },
    starts=("ready", "unfit"),
)


class ClerkContractRevisionLine(models.Model):
    """The old and the new price of a contract line, and what became of them.

    What was seen when it was prepared is kept: if the contract changes meanwhile, the
    line is not applied.
    """

    _name = "clerk.contract.revision.line"
    _description = "Price in a Revision"
    _inherit = ["clerk.lifecycle"]
    _lifecycle = LIFECYCLE
    _order = "revision_id desc, contract_id, id"
    _guards_all = True
    _rec_name = "label"

    revision_id = fields.Many2one(
        "clerk.contract.revision", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="revision_id.company_id", string="Company", store=True, index=True
    )
    state = fields.Selection(
        rules.LINE_STATES, string="Status", required=True, default="ready", index=True
    )
    problem = fields.Char(help="The reason why the price is not revised.")
    contract_line_id = fields.Many2one(
        "contract.line", index="btree_not_null", ondelete="set null"
    )
    contract_id = fields.Many2one(
        "contract.contract", index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index=True, ondelete="restrict"
    )
    label = fields.Char(string="Service")
    currency_id = fields.Many2one("res.currency")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    quantity = fields.Float(digits="Product Unit")
    old_price = fields.Float(digits="Product Price")
    new_price = fields.Float(digits="Product Price")
    change = fields.Float(string="Change in %", digits=(16, 2), aggregator=None)
    value = fields.Monetary(
        string="Per Year", help="The change of what the line bills in a year."
    )
    value_company = fields.Monetary(
        string="Per Year in Company Currency", currency_field="company_currency_id"
    )
    start_date = fields.Date(
        string="New Price From", help="The first day that is billed at the new price."
    )
    basis = fields.Json(
        exportable=False,
        export_string_translation=False,
        help="What the contract said when the price was prepared.",
    )
    sent_on = fields.Date(string="Letter Sent")
    sent_by = fields.Selection(
        [("email", "By Email"), ("print", "Printed")], string="Letter"
    )
    successor_id = fields.Many2one(
        "contract.line",
        string="Continued By",
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the revision instead.")
