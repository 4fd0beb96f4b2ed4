from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from .call_privacy import CONTENTS, CUSTOMER


class ResPartner(models.Model):
    """A customer or contact who asks what is kept of their calls, or to forget them."""

    _inherit = "res.partner"

    def _calls_as_subject(self):
        """All calls of a customer, or those that a contact made, in the companies that
        are chosen.
        """
        self.ensure_one()
        calls = self.env["clerk.call"]
        return calls.search(
            Domain("partner_id", "=", self.id) | Domain("contact_id", "=", self.id)
        )

    def action_export_calls(self):
        """Hand out every call of the customer or contact in one file."""
        self._check_calls(self._calls_as_subject())
        return {
            "type": "ir.actions.act_url",
            "url": f"/clerk/call/export/{self.id}",
            "target": "download",
        }

    def _check_calls(self, calls):
        if not calls:
            raise UserError(
                self.env._("No call of %s is logged.", self.display_name or "")
            )

    def _exported_calls(self):
        """The columns and rows of the export, which the chatter then tells of."""
        calls = self._calls_as_subject()
        self._check_calls(calls)
        # sudo: an auditor writes nothing of customers; that they were given the calls
        # is written down all the same, under the auditor's name.
        self.sudo()._message_log(
            body=self.env._("Exported for the customer: %s calls.", len(calls)),
            author_id=self.env.user.partner_id.id,
        )
        return calls._export_table()

    def _erase_calls(self, reason):
        """Forget the calls of a customer or contact, and write down why.

        :raises UserError: if there is none, or somebody is working on one
        """
        calls = self._calls_as_subject()
        self._check_calls(calls)
        calls.check_access("write")
        try:
            calls.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody is working on a call of %s at this moment. Try again.",
                    self.display_name,
                )
            ) from error
        own = calls.filtered(lambda call: call.partner_id == self)
        own._anonymise(CONTENTS + CUSTOMER)
        (calls - own)._anonymise(CONTENTS)
        self._message_log(
            body=self.env._(
                "Contents of %(count)s calls erased: %(reason)s",
                count=len(calls),
                reason=reason,
            )
        )
