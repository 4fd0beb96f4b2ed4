from odoo import models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .uninstall import is_uninstalling

ADDONS = "odoo.addons.invoicing_clerk"


class Base(models.AbstractModel):
    """Deletions that we check, in models of ours and of core.

    Odoo skips checks of deletions by a key of the context, which any caller of a method
    may send. It counts only where a module is uninstalled.
    """

    _inherit = "base"

    def unlink(self):
        flag = MODULE_UNINSTALL_FLAG
        if (
            self.env.context.get(flag)
            and self._has_deletion_checks()
            and not is_uninstalling(self.env)
        ):
            return super(Base, self.with_context(**{flag: False})).unlink()
        return super().unlink()

    def _has_deletion_checks(self):
        """Return whether this addon or a bridge of it checks deletions of the model."""
        return any(
            check.__module__.startswith(ADDONS) for check in self._ondelete_methods
        )
