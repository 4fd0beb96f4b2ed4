from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def is_uninstalling(env):
    """Return whether a module is being uninstalled, whatever the context says.

    Odoo skips checks of deletions by a key of the context, which any caller of a method
    may send.
    """
    if not (env.su and env.context.get(MODULE_UNINSTALL_FLAG)):
        return False
    return bool(env["ir.module.module"].search_count([("state", "=", "to remove")]))
