from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _correction_traits(self):
        """Tell lines of different order lines apart."""
        order = frozenset(self.sale_line_ids.ids)
        return super()._correction_traits()._replace(order=order)
