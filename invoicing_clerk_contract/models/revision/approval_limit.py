from odoo import fields, models


class ClerkApprovalLimit(models.Model):
    """Limits up to which supervisors approve price revisions."""

    _inherit = "clerk.approval.limit"

    kind = fields.Selection(
        selection_add=[("revision", "Price Revisions")],
        ondelete={"revision": "cascade"},
    )

    def _subject(self):
        if self.kind == "revision":
            return self.env._("price revisions")
        return super()._subject()
