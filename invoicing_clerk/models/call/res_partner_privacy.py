from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.plural import plural
from ..mixin.gate import only_one
from ..mixin.locking import lock
from .call_privacy import CONTENTS
from .res_partner_erase import PRIVACY_SUBJECT, WORDS


class ResPartner(models.Model):
    """Export and erasure of the calls of a customer or contact (GDPR)."""

    _inherit = "res.partner"

    def _calls_as_subject(self):
        """Return the calls of a customer or contact in the selected companies."""
        only_one(self)
        calls = self.env["clerk.call"]
        return calls.search(
            Domain("partner_id", "=", self.id) | Domain("contact_id", "=", self.id)
        )

    def action_export_calls(self):
        """Download every call of the customer or contact as one file."""
        self._check_calls(self._calls_as_subject())
        return {
            "type": "ir.actions.act_url",
            "url": f"/clerk/call/export/{self.id}",
            "target": "download",
        }

    def _check_calls(self, calls):
        if not calls:
            raise UserError(
                self.env._("There are no calls of %s.", self.display_name or "")
            )

    def _exported_calls(self):
        """Return columns and rows of the export, and log it in the chatter."""
        calls = self._calls_as_subject()
        self._check_calls(calls)
        # sudo: auditors cannot write on customers, but their exports are logged too,
        # under their names.
        self.sudo()._message_log(
            body=self.env._("Calls exported for the customer: %s", len(calls)),
            author_id=self.env.user.partner_id.id,
            subject=PRIVACY_SUBJECT,
        )
        return calls._export_table()

    def _erase_calls(self, reason):
        """Erase what was said by a customer or contact, and log the reason.

        :raises UserError: there is nothing, or somebody is working on a call
        """
        only_one(self)
        calls = self._calls_as_subject()
        # sudo: only whether there is a remark to erase.
        if not any(map(self._of_person, WORDS)) and not self.sudo().clerk_alert:
            self._check_calls(calls)
        # Before the links to the calls are gone.
        self._erase_dialogs()
        calls.check_access("write")
        lock(
            lambda: self.env._(
                "Somebody else is working on a call of %s right now. Try again later.",
                self.display_name,
            ),
            calls,
        )
        as_customer = calls.filtered(lambda call: call.partner_id == self)
        as_customer._anonymise((*CONTENTS, *calls._customer_fields()))
        (calls - as_customer)._anonymise(CONTENTS)
        self._erase_beside_calls()
        self._message_log(
            subject=PRIVACY_SUBJECT,
            body=plural(
                len(calls),
                self.env._(
                    "Contents of %(count)s call erased: %(reason)s",
                    count=len(calls),
                    reason=reason,
                ),
                self.env._(
                    "Contents of %(count)s calls erased: %(reason)s",
                    count=len(calls),
                    reason=reason,
                ),
            ),
        )
