from odoo import models


class AccountPartialReconcile(models.Model):
    """What was open on a day is asked by what was matched after it."""

    _inherit = "account.partial.reconcile"

    _of_day = models.Index("(max_date)")
