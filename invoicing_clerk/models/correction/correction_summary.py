from odoo import api, fields, models


class ClerkCorrection(models.Model):
    """The totals of a correction, shown beside the input."""

    _inherit = "clerk.correction"

    summary_html = fields.Html(
        compute="_compute_summary_html",
        string="Summary",
        sanitize=False,
        exportable=False,
    )

    @api.depends("preview")
    def _compute_summary_html(self):
        for correction in self:
            preview = correction.preview or {}
            correction.summary_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.correction_summary",
                {"correction": correction, "preview": preview},
            )

    def _totals_preview(self, documents):
        """Return what the document billed and what it will, as the customer owes it.

        :param documents: as of the preview
        :return: ``original``, ``before`` (what earlier notes changed), ``corrected``,
            each with taxes; ``currency`` and that of the corrected total; empty if
            the remedy does not change the billed amount
        """
        if self.remedy_id.amends == "nothing":
            return {}
        move = self.move_id
        notes = self._ledger().notes()
        original = move.amount_total_in_currency_signed
        before = sum(notes.mapped("amount_total_in_currency_signed"))
        last = documents[-1] if documents else {"total": 0.0, "currency": None}
        billed = 0.0 if self.edits_rebill else original + before
        return {
            "original": original,
            "before": move.currency_id.round(before),
            "corrected": move.currency_id.round(billed + last["total"]),
            "currency": move.currency_id.id,
            "corrected_currency": last["currency"] or move.currency_id.id,
        }

    def _credit_left_preview(self, documents):
        """Return how much of a credit note exceeds the open amount of the document."""
        if self.remedy_id.amends == "nothing" or self.edits_rebill:
            return 0.0
        credited = -sum(each["total"] for each in documents)
        move = self.move_id
        if move.move_type != "out_invoice" or credited <= 0:
            return 0.0
        return move.currency_id.round(max(credited - move.amount_residual, 0.0))
