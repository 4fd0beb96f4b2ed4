from odoo import api, fields, models

from ...rules.statement.statement_delivery import UNDERWAY


class ClerkStatement(models.Model):
    """What becomes of statements whose customers turn out to be one.

    Statements that went out follow to the customer that is kept, each with the name
    under which it was sent. A run that still lists both is computed again, so that the
    customer gets one statement about everything.
    """

    _inherit = "clerk.statement"

    merged_from = fields.Char(
        string="Made For",
        readonly=True,
        help="The customer's name before it was merged with another one.",
    )

    @api.model
    def _before_merge(self, sources, target):
        """Make room on every run for one customer in place of several."""
        # sudo: whoever merges contacts may not read statements, and is shown none.
        statements = self.sudo().search([("partner_id", "in", sources.ids)])
        statements._reopen_shared_runs(sources | target)
        statements = statements.exists()
        statements._stop_sending(target)
        for partner, theirs in statements.grouped("partner_id").items():
            theirs.filtered(
                lambda each: not each.merged_from
            ).merged_from = partner.display_name

    def _reopen_shared_runs(self, partners):
        """Of runs that have not gone out, those with several of these customers."""
        for run in self.run_id.filtered(
            lambda run: run.state in ("computed", "reviewed")
        ):
            listed = run.statement_ids.filtered(
                lambda each: each.partner_id in partners
            )
            if len(listed) > 1:
                reason = self.env._(
                    "%s were merged into one customer: compute again.",
                    ", ".join(listed.partner_id.mapped("display_name")),
                )
                run._set(state="draft", error=reason)
                listed.unlink()

    def _stop_sending(self, target):
        """Nobody gets two statements of one run about parts of what is owed."""
        for statement in self.filtered(
            lambda each: (
                each.run_id.state == "sending" and each.delivery_state in UNDERWAY
            )
        ):
            statement._call_letters_back()
            statement._fail(
                self.env._(
                    "%(customer)s was merged with %(target)s while this was being "
                    "sent. Make a new statement of everything.",
                    customer=statement.partner_id.display_name,
                    target=target.display_name,
                )
            )
