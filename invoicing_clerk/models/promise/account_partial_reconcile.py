from odoo import models


class AccountPartialReconcile(models.Model):
    """Index for reconciliations written since promises were judged."""

    _inherit = "account.partial.reconcile"

    _written = models.Index("(write_date)")
