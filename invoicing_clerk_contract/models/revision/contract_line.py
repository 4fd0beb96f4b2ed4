from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.roles import BOOKKEEPERS, READERS


class ContractLine(models.Model):
    """Lines of contracts that continue others at a revised price."""

    _inherit = "contract.line"

    revised_line_id = fields.Many2one(
        "contract.line",
        string="Continues",
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
        ondelete="set null",
        index="btree_not_null",
        help="The line that this one continues at a revised price.",
    )
    revision_line_ids = fields.One2many(
        "clerk.contract.revision.line",
        "contract_line_id",
        string="Price Revisions",
        readonly=True,
        groups=READERS,
    )

    _guarded_fields = frozenset({"revised_line_id", "revision_line_ids"})
    _checked_fields = _guarded_fields
