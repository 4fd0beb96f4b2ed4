from odoo import models
from odoo.exceptions import UserError


class ClerkAuditSample(models.Model):
    """Further use of the items drawn: confirmations and evidence packs."""

    _inherit = "clerk.audit.sample"

    def _drawn_records(self):
        """Return the records drawn that still exist.

        :raises UserError: the sample is not drawn yet
        """
        self.ensure_one()
        if not self.item_ids:
            raise UserError(self.env._("%s: draw the sample first.", self.name))
        return self.env[self.model].browse(self.item_ids.mapped("res_id")).exists()

    def action_confirm_balances(self):
        """Create a confirmation run for the customers of the records drawn.

        :raises UserError: the sample is not drawn, or its records have no customer
        """
        records = self._drawn_records()
        if records._name != "res.partner" and "partner_id" not in records._fields:
            raise UserError(
                self.env._(
                    "%(sample)s: records of the kind “%(records)s” have no customer. "
                    "Draw from invoices, journal entries or customers to confirm "
                    "balances.",
                    sample=self.name,
                    records=records._description,
                )
            )
        run = self.env["clerk.audit.confirmation.run"]._confirm_customers(
            self.audit_id, records
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }

    def action_collect_evidence(self):
        """Open a new evidence pack for the records drawn.

        :raises UserError: the sample is not drawn yet
        """
        self._drawn_records()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Evidence Pack"),
            "res_model": "clerk.audit.pack",
            "view_mode": "form",
            "context": {
                "default_audit_id": self.audit_id.id,
                "default_name": self.name,
                "default_source": "sample",
                "default_sample_id": self.id,
            },
        }
