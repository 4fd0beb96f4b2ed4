from odoo import api, models
from odoo.exceptions import UserError

from ...rules.customer import customer_change as rules


class ClerkCustomerChange(models.Model):
    """Changes of customers who are merged.

    They follow to the remaining customer and keep the name of the one that they were
    proposed for. Open ones are not applied there. Core moves bank accounts as
    superuser, past any guard: a merge that would bring one to another customer is
    refused.
    """

    _inherit = "clerk.customer.change"

    @api.model
    def _before_merge(self, sources):
        """Prepare changes for the merge of their customers."""
        # sudo: users who merge contacts may be unable to read changes; none is shown.
        changes = self.sudo().search(
            ["|", ("partner_id", "in", sources.ids), ("contact_id", "in", sources.ids)]
        )
        for change in changes.filtered(lambda each: not each.merged_from):
            change._inside().merged_from = change.contact_id.display_name

    @api.model
    def _check_merged_accounts(self, sources, target):
        """:raises UserError: bank accounts would come to another customer"""
        if not (sources | target)._any_needs_two_people(rules.BANK):
            return
        # sudo: accounts that would be moved count, whoever may read them.
        known = set(target.sudo().bank_ids.mapped("sanitized_acc_number"))
        moved = sources.sudo().bank_ids.filtered(
            lambda each: each.sanitized_acc_number not in known
        )
        if moved:
            raise UserError(
                self.env._(
                    "The bank account %(number)s of %(merged)s would become one of "
                    "%(target)s without approval. Propose it for %(target)s first, or "
                    "have it archived.",
                    number=moved[0].acc_number,
                    merged=moved[0].partner_id.display_name,
                    target=target.display_name,
                )
            )
