from odoo import models


class ClerkCall(models.Model):
    """Erasure of calls: the law requires it, and auditors are notified of it."""

    _inherit = "clerk.call"

    def _anonymise(self, names):
        noting = self.with_context(**self.env["mail.message"]._noting_trail())
        return super(ClerkCall, noting)._anonymise(names)

    def _remove_traces(self):
        noting = self.with_context(**self.env["mail.message"]._noting_trail())
        return super(ClerkCall, noting)._remove_traces()
