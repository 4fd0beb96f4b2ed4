from odoo import models


class ClerkDocumentRequest(models.Model):
    """Whoever owns a request has a manager, who is told if it is not answered."""

    _inherit = "clerk.document.request"

    def _people_above(self):
        """Prefer the owner's manager to another supervisor, if they read requests."""
        managers = self._managers()
        above = super()._people_above()
        for request in self:
            manager = managers.get((request.user_id, request.company_id))
            if manager and request._is_read_by(manager):
                above[request] = manager
        return above

    def _managers(self):
        """Return the manager of each owner by company: ``{(owner, company): user}``."""
        # sudo: clerks do not read employees; only the user of the manager is used.
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        return {
            (each.user_id, each.company_id): each.parent_id.user_id.sudo(False)
            for each in employees
        }

    def _is_read_by(self, user):
        return (
            user.active
            and self.company_id in user.company_ids
            and user.has_group("invoicing_clerk.group_clerk")
        )
