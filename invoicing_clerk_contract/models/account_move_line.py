from odoo import fields, models
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.roles import BOOKKEEPERS


class AccountMoveLine(models.Model):
    """The period that an invoice line bills, and the amount that was agreed for it.

    Both are noted when the contract makes the line. Copies and credit notes have none:
    what they are about follows from the invoice that they copy or credit.
    """

    _inherit = "account.move.line"

    contract_date_start = fields.Date(
        string="Period From",
        copy=False,
        readonly=True,
        help="The first day that the line bills by its contract.",
        groups=BOOKKEEPERS,
    )
    contract_date_end = fields.Date(
        string="Period To",
        copy=False,
        readonly=True,
        help="The last day that the line bills by its contract.",
        groups=BOOKKEEPERS,
    )
    contract_amount = fields.Monetary(
        string="Agreed Amount",
        copy=False,
        readonly=True,
        help="Quantity, price and discount of the contract when it made the line, "
        "without taxes added.",
        groups=BOOKKEEPERS,
    )

    _guarded_fields = frozenset(
        {"contract_date_start", "contract_date_end", "contract_amount"}
    )
    _checked_fields = _guarded_fields

    def _period_to_print(self):
        """Return the period as the customer reads it, False if the name has it."""
        # sudo: whoever may print the invoice prints it with the periods that it bills.
        line = self.sudo()
        days = line.contract_date_start, line.contract_date_end
        if not all(days):
            return False
        first, last = (
            format_date(self.env, day, lang_code=line.partner_id.lang) for day in days
        )
        if first in line.name and last in line.name:
            return False
        return self.env._("Period: %(first)s to %(last)s", first=first, last=last)
