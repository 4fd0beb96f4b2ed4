from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one


class ClerkContractRenewal(models.Model):
    """Decisions: renewed, renegotiated or ended.

    Whatever changes the end of a contract is decided by a supervisor.
    """

    _inherit = "clerk.contract.renewal"

    def _obstacle(self, step, vals):
        if step in ("renew", "end") and (problem := self._stale_problem()):
            return problem
        if step == "end" and not self.has_end and not self._is_supervisor():
            return self._who_may("supervisor")
        return super()._obstacle(step, vals)

    def _is_supervisor(self):
        return self.env.su or self.env.user.has_group(
            "invoicing_clerk.group_supervisor"
        )

    def _stale_problem(self):
        """Return what has changed on the contract since it came into the queue."""
        contract = self.contract_id
        if not contract.active:
            return self.env._("The contract was archived.")
        if not contract.partner_id.active:
            return self.env._(
                "The customer %s was archived.", contract.partner_id.display_name
            )
        if contract._billing_end() != (self.end_date if self.has_end else None):
            return self.env._(
                "The end of the contract was changed meanwhile. Reload the queue."
            )
        if not self.has_end and self._is_over():
            return self.env._(
                "The term has ended or was changed meanwhile. It leaves the queue with "
                "its daily update."
            )
        return None

    def _is_offered(self, step):
        if step == "end" and not self.has_end and not self._is_supervisor():
            return False
        return super()._is_offered(step)

    def _decided(self, reason):
        """Return what every decision notes."""
        return {
            "decision": (reason or "").strip()[:2000],
            "decided_by_id": self.env.uid,
            "decided_on": fields.Datetime.now(),
        }

    def _renew(self, new_end, reason=""):
        """Let the contract go on.

        :param new_end: the new end; of no account if it goes on without one
        :raises UserError: the new end is not after the old one
        """
        self._begin_step("renew")
        self._check_needs("renew", {})
        for renewal in self:
            if renewal.has_end:
                renewal._check_later(new_end)
                renewal.contract_id._set_end(renewal.end_date, new_end)
            renewal._write_step(
                "renew",
                new_end=renewal.has_end and new_end,
                **self._decided(reason),
            )

    def _check_later(self, new_end):
        if not new_end or new_end <= self.end_date:
            raise UserError(
                self.env._(
                    "%(contract)s ends on %(end)s: enter a later day until which it is "
                    "renewed.",
                    contract=self.contract_id.display_name,
                    end=format_date(self.env, self.end_date),
                )
            )

    def _end(self, reason):
        """Let the contract end with its term.

        :raises UserError: no reason is given, or it was billed beyond
        """
        if not (reason or "").strip():
            raise UserError(
                self.env._("Enter why %s ends.", self.contract_id.display_name)
            )
        self._begin_step("end")
        self._check_needs("end", {})
        for renewal in self:
            if not renewal.has_end:
                renewal.contract_id._set_end(None, renewal.end_date)
            renewal._write_step("end", **self._decided(reason))

    def _renegotiate(self, reason):
        """Note that new terms are negotiated, and open a revision of prices.

        Lines that end with the term are revised once the contract is renewed.
        """
        renewal = only_one(self)
        renewal._begin_step("renegotiate")
        renewal._check_needs("renegotiate", {})
        revision = self.env["clerk.contract.revision"].create(
            {
                "company_id": renewal.company_id.id,
                "contract_ids": [Command.set(renewal.contract_id.ids)],
                "effective_date": fields.Date.add(renewal.end_date, days=1),
                "description": (reason or "").strip()[:200],
            }
        )
        renewal._write_step(
            "renegotiate", revision_id=revision.id, **self._decided(reason)
        )
        return revision

    def action_open_contract(self):
        """Open the contract."""
        return only_one(self).contract_id.get_formview_action()

    def action_open_revision(self):
        """Open the revision of its prices."""
        return only_one(self).revision_id.get_formview_action()
