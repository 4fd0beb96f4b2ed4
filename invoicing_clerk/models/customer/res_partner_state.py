from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixin.gate import only_one
from ..mixin.locking import lock
from ..mixin.roles import SETTINGS_READERS

STATES = [("approved", "Approved"), ("blocked", "Blocked")]
REASON = 200


class ResPartner(models.Model):
    """Approval of a customer by a request for new customers, and its block."""

    _inherit = "res.partner"
    _guarded_fields = frozenset(
        {"clerk_customer_state", "clerk_was_approved", "clerk_block_reason"}
    )

    clerk_customer_state = fields.Selection(
        STATES,
        string="Approval",
        readonly=True,
        copy=False,
        groups=SETTINGS_READERS,
        help="Empty where nobody has approved the customer.",
    )
    clerk_was_approved = fields.Boolean(
        string="Approved before the Block",
        readonly=True,
        copy=False,
        exportable=False,
        groups=SETTINGS_READERS,
    )
    clerk_block_reason = fields.Char(
        string="Reason for the Block",
        readonly=True,
        copy=False,
        groups=SETTINGS_READERS,
    )

    @api.model
    def _guard_hint(self):
        hint = super()._guard_hint()
        return hint or self.env._("Use a request for a new customer instead.")

    # Blocking

    def action_unblock_customer(self):
        """Let a blocked customer be billed again."""
        customer = only_one(self).commercial_partner_id
        customer._check_may_block()
        customer._lock_customer()
        if customer.clerk_customer_state != "blocked":
            raise UserError(self.env._("%s is not blocked.", customer.display_name))
        if request := customer._customer_request("blocked"):
            request.action_unblock()
        else:
            customer._set_blocked(False)

    def _block_customer(self, reason):
        """Block a customer, even one for whom there never was a request.

        :raises UserError: the customer is blocked already
        :raises AccessError: only supervisors block customers
        """
        customer = only_one(self).commercial_partner_id
        customer._check_may_block()
        reason = self._block_reason(reason)
        customer._lock_customer()
        if customer.clerk_customer_state == "blocked":
            raise UserError(self.env._("%s is blocked already.", customer.display_name))
        if request := customer._customer_request("approved", "active"):
            request.action_block(reason)
        else:
            customer._set_blocked(reason)

    def _check_may_block(self):
        """:raises AccessError: only supervisors block customers"""
        self.check_access("write")
        if not self.env.user.has_group("invoicing_clerk.group_supervisor"):
            raise AccessError(
                self.env._("Only supervisors can block or unblock a customer.")
            )

    def _lock_customer(self):
        lock(
            lambda: self.env._(
                "Somebody else is working on %s right now. Try again in a moment.",
                self.display_name,
            ),
            self,
        )
        self.invalidate_recordset()

    def _customer_request(self, *states):
        """Return the latest request about the customer in one of these states."""
        requests = self.env["clerk.customer.request"]
        return requests.search(
            [("partner_id", "=", self.id), ("state", "in", states)], limit=1
        )

    def _block_reason(self, reason):
        """:raises UserError: no reason is given"""
        text = " ".join((reason or "").split())[:REASON]
        if not text:
            raise UserError(
                self.env._("Enter the reason for blocking %s.", self.display_name)
            )
        return text

    def _set_blocked(self, reason):
        """Block a customer for a reason; without one, end the block.

        The customer is then as approved as before: a block replaces no approval.
        """
        # sudo: fields that only these steps write.
        customer = self.sudo()._inside()
        was_approved = customer.clerk_customer_state == "approved"
        after = "approved" if customer.clerk_was_approved else False
        customer.write(
            {
                "clerk_customer_state": "blocked" if reason else after,
                "clerk_was_approved": bool(reason) and was_approved,
                "clerk_block_reason": reason,
            }
        )
        if reason:
            self._message_log(body=self.env._("Blocked: %s", reason))
        else:
            self._message_log(body=self.env._("No longer blocked"))

    # Billing

    def _billing_problem(self, asks=True):
        """Return why a customer cannot be billed, or nothing.

        :param asks: whether customers have to be approved
        """
        customer = self.commercial_partner_id
        # Whoever moves a contact to another company does not end its block. sudo: a
        # status that only decides whether an invoice may be posted.
        for each in (self | self.parent_id | customer).sudo():
            if each.clerk_customer_state == "blocked":
                return self._blocked_text(each)
        # sudo: as above.
        if not asks or not self or customer.sudo().clerk_customer_state == "approved":
            return None
        return self.env._(
            "%s is not an approved customer. Enter a request under Customers / New "
            "Customers, and have it approved before you post the invoice.",
            customer.display_name,
        )

    def _blocked_text(self, blocked):
        """Return that a customer is blocked, and for users of the app, why."""
        name = self.browse(blocked.id).display_name
        if not self.env.user.has_groups(SETTINGS_READERS):
            return self.env._("%s is blocked and cannot be billed.", name)
        return self.env._(
            "%(customer)s is blocked: %(reason)s. Ask a supervisor to unblock the "
            "customer before you post the invoice.",
            customer=name,
            reason=(blocked.clerk_block_reason or "").rstrip("."),
        )
