from odoo.addons.invoicing_clerk.hooks import uninstall_bridge

from . import models
from . import wizards


def uninstall_hook(env):
    """Remove what would keep demo data and tables from being removed."""
    uninstall_bridge(env, "invoicing_clerk_expense")
