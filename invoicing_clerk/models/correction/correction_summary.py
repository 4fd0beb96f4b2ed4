from odoo import api, fields, models


class ClerkCorrection(models.Model):
    """What a correction comes to, in a few figures beside what is being entered."""

    _inherit = "clerk.correction"

    summary_html = fields.Html(compute="_compute_summary_html", sanitize=False)

    @api.depends("preview")
    def _compute_summary_html(self):
        for correction in self:
            preview = correction.preview or {}
            correction.summary_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.correction_summary",
                {"correction": correction, "preview": preview},
            )

    def _totals_preview(self, documents):
        """What the document asked for, and what it will: as the customer owes it.

        :param documents: as of the preview
        :return: ``original``, ``before`` (what earlier notes changed), ``corrected``,
            each with taxes; ``currency`` and that of the corrected total; empty where
            the remedy leaves the billed amount as it is
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
        """How much of a credit note the document does not need, being paid already."""
        if self.remedy_id.amends == "nothing" or self.edits_rebill:
            return 0.0
        credited = -sum(each["total"] for each in documents)
        move = self.move_id
        if move.move_type != "out_invoice" or credited <= 0:
            return 0.0
        return move.currency_id.round(max(credited - move.amount_residual, 0.0))
