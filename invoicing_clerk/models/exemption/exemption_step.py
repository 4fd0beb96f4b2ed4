from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.gate import only_one
from .account_move import INVOICES

POSTED = ("state", "=", "posted")


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
        self._check_invoices(self._refer_invoices())

    def action_ask_rejection(self):
        """Ask why the certificate is rejected."""
        only_one(self)._check_step_access()
        self._check_step("reject")
        self._refer_invoices()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "clerk.exemption.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exemption_id": self.id},
        }

    def action_reject(self, reason):
        """Reject a certificate, and check the invoices that refer to it.

        :raises UserError: the reason is missing
        """
        limited = self.env["clerk.limited"]
        reason = limited._entered_text("comment", reason, self.env._("The reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        only_one(self)._begin_step("reject")
        self._refer_invoices()
        # sudo: the invoices are only checked; findings say who may read them.
        moves = self.env["account.move"].sudo()
        moves = moves.search([("clerk_exemption_id", "=", self.id), POSTED])
        self._write_step(
            "reject",
            rejected_by_id=self.env.uid,
            rejected_on=fields.Datetime.now(),
            rejection_reason=reason,
        )
        # Another certificate may cover some of them.
        self._refer_invoices()
        self._check_invoices(moves)

    def _refer_invoices(self):
        """Let posted invoices without a certificate refer to one that covers them.

        :return: the invoices that were without one
        """
        # sudo: only the reference of exempt invoices of these customers is set, as it
        # is when they are posted; callers may not be allowed to edit invoices.
        invoices = self.env["account.move"].sudo().with_context(active_test=False)
        moves = invoices.search(self._uncertified_domain())
        moves = moves.filtered(
            lambda move: move._needs_certificate() and move._untaxed_lines()
        )
        if moves:
            moves._refer_to_certificates()
        return moves

    def _uncertified_domain(self):
        """Return the invoices that may need a certificate of these customers."""
        return [
            POSTED,
            ("move_type", "in", INVOICES),
            ("commercial_partner_id", "in", self.partner_id.ids),
            ("company_id", "child_of", self.company_id.ids),
            ("fiscal_position_id.clerk_needs_certificate", "=", True),
            *("|", ("clerk_exemption_id", "=", False)),
            ("clerk_exemption_id.state", "=", "rejected"),
        ]

    def _check_invoices(self, moves):
        """Find those of the invoices that are without a certificate now."""
        for company, of_company in moves.grouped("company_id").items():
            self.env["clerk.billing.check"]._run_all(
                company, of_company, codes=("TAX",)
            )

    def action_renew(self):
        """Open a certificate that renews this one.

        :raises UserError: there is one already
        """
        only_one(self)._begin_step("renew")
        self._check_needs("renew", {})
        empty = dict.fromkeys(
            ("number", "issued_on", "valid_from", "valid_to", "purchase"), False
        )
        today = fields.Date.context_today(self)
        following = self.copy({**empty, "received_on": today})
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
        # Whoever has entered any of it, whoever has submitted it.
        if self.env.user in self.submitted_by_id | self.create_uid | self.edited_by_ids:
            return self.env._(
                "You have filed or edited this certificate. Another supervisor must "
                "accept it."
            )
        return ""

    def _renewal_problem(self):
        if following := self.renewed_by_ids.filtered(lambda e: e.state != "rejected"):
            return self.env._("It has already been renewed by %s.", following[0].name)
        return ""
