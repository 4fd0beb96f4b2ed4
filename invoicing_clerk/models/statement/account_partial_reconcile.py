from odoo import models


class AccountPartialReconcile(models.Model):
    """Index for open items as of a date, which need all later reconciliations."""

    _inherit = "account.partial.reconcile"

    _of_day = models.Index("(max_date)")
