from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def is_uninstalling(env):
    """Return whether a module is being uninstalled, whatever the context says.

    Odoo skips checks of deletions by a key of the context, which any caller of a method
    may send.
    """
    if not (env.su and env.context.get(MODULE_UNINSTALL_FLAG)):
        return False
    return bool(env["ir.module.module"].search_count([("state", "=", "to remove")]))


def with_checked_deletion(records):
    """Return the same records, whose deletion is checked unless by uninstallation."""
    if not records.env.context.get(MODULE_UNINSTALL_FLAG) or is_uninstalling(
        records.env
    ):
        return records
    return records.with_context(**{MODULE_UNINSTALL_FLAG: False})
