from odoo import api, fields, models

from ...rules.statement.statement_delivery import UNDERWAY


class ClerkStatement(models.Model):
    """Statements of customers who are merged.

    Statements that were sent move to the remaining customer and keep the name under
    which they were sent. A run that has not been sent and includes several of the
    customers is computed again, so that the customer gets one statement.
    """

    _inherit = "clerk.statement"

    merged_from = fields.Char(
        string="Original Customer",
        readonly=True,
        help="Name of the customer before the merge.",
    )

    @api.model
    def _before_merge(self, sources, target):
        """Prepare statements for the merge of their customers."""
        # sudo: users who merge contacts may be unable to read these; none is shown.
        statements = self.sudo().search([("partner_id", "in", sources.ids)])
        statements._reopen_shared_runs(sources | target)
        statements = statements.exists()
        statements._stop_sending(target)
        unnamed = statements.filtered(lambda each: not each.merged_from)
        for partner, group in unnamed.grouped("partner_id").items():
            group.merged_from = partner.display_name

    def _reopen_shared_runs(self, partners):
        """Reset runs that have not been sent and include several of these customers."""
        for run in self.run_id.filtered(
            lambda run: run.state in ("computed", "reviewed")
        ):
            statements = run.statement_ids.filtered(
                lambda each: each.partner_id in partners
            )
            if len(statements) > 1:
                reason = self.env._(
                    "%s were merged into one customer. Compute the run again.",
                    ", ".join(statements.partner_id.mapped("display_name")),
                )
                run._write_step("reset", error=reason)
                statements.unlink()

    def _stop_sending(self, target):
        """Stop statements on their way: each shows only part of the merged balance."""
        for statement in self.filtered(
            lambda each: (
                each.run_id.state == "sending" and each.delivery_state in UNDERWAY
            )
        ):
            statement._cancel_letters()
            statement._fail(
                self.env._(
                    "%(customer)s was merged with %(target)s while this statement was "
                    "being sent. Create a new statement.",
                    customer=statement.partner_id.display_name,
                    target=target.display_name,
                )
            )
