from odoo import api, fields, models


class ClerkStatementSend(models.TransientModel):
    """Dialog before a run is sent: number, method and amount of statements."""

    _name = "clerk.statement.send"
    _description = "Send Statements"
    _inherit = "clerk.checked"

    run_id = fields.Many2one("clerk.statement.run", required=True, readonly=True)
    flagged_count = fields.Integer(
        string="Statements to Review", compute="_compute_summary"
    )
    summary_html = fields.Html(
        string="Summary", compute="_compute_summary", sanitize=False, exportable=False
    )

    @api.depends("run_id")
    def _compute_summary(self):
        for dialog in self:
            summary = dialog.run_id._sending_summary()
            dialog.flagged_count = summary["flagged"]
            dialog.summary_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.statement_send_summary",
                {"run": dialog.run_id, "summary": summary},
            )

    def action_send(self):
        self.ensure_one()
        return self.run_id.action_send()

    def action_view_flagged(self):
        self.ensure_one()
        return self.run_id.action_view_exceptions()
