from odoo import api, models
from odoo.fields import Domain


class ClerkAuditJob(models.AbstractModel):
    """Work for an engagement that is done in the background: see ``clerk.job``.

    Work of a closed engagement waits until it is reopened.
    """

    _name = "clerk.audit.job"
    _description = "Audit Work in the Background"
    _inherit = ["clerk.job", "clerk.audit.part"]

    @api.model
    def _pending(self):
        return super()._pending() & Domain("audit_id.state", "!=", "closed")

    def _companies(self):
        """Return the company of the engagement and its branches."""
        # sudo: only the list of branches; record rules apply to their documents.
        return (
            self.env["res.company"]
            .sudo()
            .search([("id", "child_of", self.company_id.id)])
            .sudo(False)
        )
