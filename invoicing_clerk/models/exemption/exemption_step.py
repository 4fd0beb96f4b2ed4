from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.gate import only_one


class ClerkExemption(models.Model):
    """Steps of a certificate: filed, checked by somebody else, rejected, renewed."""

    _inherit = "clerk.exemption"

    def action_submit(self):
        """Hand certificates on to be checked; their files stay as they are.

        :raises UserError: something is missing
        """
        self._begin_step("submit")
        self._check_needs("submit", {})
        self._inside()._seal_evidence("document", strict=False)
        self._write_step(
            "submit", submitted_by_id=self.env.uid, submitted_on=fields.Datetime.now()
        )

    def action_accept(self):
        """Accept certificates that somebody else has filed.

        :raises UserError: the caller has filed one, or it is incomplete
        """
        self._begin_step("accept")
        self._check_needs("accept", {})
        self._check_evidence("document")
        self._write_step(
            "accept", accepted_by_id=self.env.uid, accepted_on=fields.Datetime.now()
        )

    def action_ask_rejection(self):
        """Ask why the certificate is rejected."""
        only_one(self)._check_step_access()
        self._check_step("reject")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "clerk.exemption.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exemption_id": self.id},
        }

    def action_reject(self, reason):
        """Reject a certificate, and check the invoices that name it.

        :raises UserError: the reason is missing
        """
        limited = self.env["clerk.limited"]
        reason = limited._entered_text("comment", reason, self.env._("The reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        only_one(self)._begin_step("reject")
        self._write_step(
            "reject",
            rejected_by_id=self.env.uid,
            rejected_on=fields.Datetime.now(),
            rejection_reason=reason,
        )
        moves = self.env["account.move"].search(
            [("clerk_exemption_id", "=", self.id), ("state", "=", "posted")]
        )
        if moves:
            self.env["clerk.billing.check"]._run_all(
                self.company_id, moves, codes=("TAX",)
            )

    def action_renew(self):
        """Open a certificate that follows this one.

        :raises UserError: there is one already
        """
        only_one(self)._begin_step("renew")
        self._check_needs("renew", {})
        dates = dict.fromkeys(("issued_on", "valid_from", "valid_to"), False)
        today = fields.Date.context_today(self)
        following = self.copy({**dates, "received_on": today, "purchase": False})
        following._inside().renews_id = self
        return following.get_formview_action()

    # What a step needs

    def _obstacle(self, step, vals):
        needs = {
            "submit": self._missing,
            "accept": lambda: self._duty_problem() or self._missing(),
            "renew": self._renewal_problem,
        }
        need = needs.get(step)
        return (need and need()) or super()._obstacle(step, vals)

    def _missing(self):
        """Return what a complete certificate still needs, or nothing."""
        customer = self.partner_id
        needed = {
            self.env._("the file of the certificate"): self.document,
            self.env._("the number of the certificate"): (self.number or "").strip(),
            self.env._("the first day of validity"): self.valid_from,
            self.env._("the day on which it was received"): self.received_on,
            self.env._("an explanation of the reason"): self.reason != "other"
            or (self.reason_note or "").strip(),
            self.env._("street and city of the customer"): customer.street
            and customer.city,
        }
        missing = [name for name, value in needed.items() if not value]
        if not missing:
            return ""
        return self.env._("Enter %s.", ", ".join(missing))

    def _duty_problem(self):
        # The creator has entered it, whoever has submitted it.
        if self.env.user in self.submitted_by_id | self.create_uid:
            return self.env._(
                "You have filed this certificate. Another supervisor must accept it."
            )
        return ""

    def _renewal_problem(self):
        if following := self.renewed_by_ids.filtered(lambda e: e.state != "rejected"):
            return self.env._("%s follows it already.", following[0].name)
        return ""
