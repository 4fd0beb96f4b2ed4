from odoo import fields, models

# The reports of our layouts, which are the keys of core's selection.
LAYOUTS = {
    "invoicing_clerk_check.action_report_check_top": "top",
    "invoicing_clerk_check.action_report_check_middle": "middle",
    "invoicing_clerk_check.action_report_check_bottom": "bottom",
}


class ResCompany(models.Model):
    """Layouts of checks on US letter paper."""

    _inherit = "res.company"

    account_check_printing_layout = fields.Selection(
        selection_add=[
            (
                "invoicing_clerk_check.action_report_check_top",
                "US Letter, Check on Top",
            ),
            (
                "invoicing_clerk_check.action_report_check_middle",
                "US Letter, Check in the Middle",
            ),
            (
                "invoicing_clerk_check.action_report_check_bottom",
                "US Letter, Check at the Bottom",
            ),
        ],
        ondelete=dict.fromkeys(LAYOUTS, "set default"),
    )
