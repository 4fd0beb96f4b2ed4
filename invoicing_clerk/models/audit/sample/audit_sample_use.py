from odoo import models
from odoo.exceptions import UserError


class ClerkAuditSample(models.Model):
    """What is done with the records of a sample besides looking at them."""

    _inherit = "clerk.audit.sample"

    def _drawn_records(self):
        """The records drawn, of their model; those that are gone are left out.

        :raises UserError: nothing is drawn
        """
        self.ensure_one()
        if not self.item_ids:
            raise UserError(
                self.env._("%s: nothing is drawn yet. Draw it first.", self.name)
            )
        return self.env[self.model].browse(self.item_ids.mapped("res_id")).exists()

    def action_confirm_balances(self):
        """Ask the customers of the records drawn what they owe: a round of letters.

        :raises UserError: nothing is drawn, or it names no customers
        """
        records = self._drawn_records()
        if records._name != "res.partner" and "partner_id" not in records._fields:
            raise UserError(
                self.env._(
                    "%(sample)s is of %(records)s, which name no customer. Draw from "
                    "invoices, entries or customers to ask for balances.",
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
        """A pack of what there is about the records drawn, to be asked for.

        :raises UserError: nothing is drawn
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
