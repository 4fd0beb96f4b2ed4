from odoo import models
from odoo.fields import Domain

STATE_FIELDS = ("clerk_customer_state", "clerk_was_approved", "clerk_block_reason")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts that are possible duplicates."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """Let a block last, and an approval cover only the data that were approved."""
        # sudo: a status that only steps write; core would copy it as any value.
        every, target = (src_partners | dst_partner).sudo(), dst_partner.sudo()
        kept = {name: target[name] for name in STATE_FIELDS}
        blocked = every.filtered(lambda each: each.clerk_customer_state == "blocked")
        if blocked and target not in blocked:
            kept = {
                "clerk_customer_state": "blocked",
                "clerk_was_approved": target.clerk_customer_state == "approved",
                "clerk_block_reason": blocked[0].clerk_block_reason,
            }
        every._inside().write(dict.fromkeys(STATE_FIELDS, False))
        result = super()._update_values(src_partners, dst_partner)
        target._inside().write(kept)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._merge_pairs(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_pairs(self, sources, target):
        """Close the pairs of contacts that are merged, and keep each other pair once.

        That two customers are not the same counts for what is left of them.
        """
        every = sources | target
        # sudo: users who merge contacts may be unable to write pairs; none is shown.
        pairs = self.env["clerk.customer.pair"].sudo()
        pairs = pairs.search(
            Domain("partner_id", "in", every.ids) | Domain("other_id", "in", every.ids)
        )
        inner = pairs.filtered(
            lambda pair: pair.partner_id in every and pair.other_id in every
        )
        for pair in inner:
            pair._inside().write(
                {"state": "merged", "other_name": pair.other_id.name, "other_id": False}
            )
        groups = (
            (pairs - inner)
            .filtered("other_id")
            .grouped(lambda pair: (pair.partner_id | pair.other_id) - every)
        )
        for group in groups.values():
            answered = group.filtered(lambda pair: pair.state == "different")
            (group - (answered or group)[:1]).unlink()
