from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules


class ClerkCustomerChange(models.Model):
    """Changes of customers who are merged.

    They follow to the remaining customer and keep the name of the one that they were
    proposed for. Open ones are not applied there. Core moves what belongs to contacts
    by SQL or as superuser, past any guard: a merge that would change guarded data is
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
    def _check_merge(self, sources, target):
        """Check a merge where it matters: in each company that guards customers.

        :raises UserError: guarded data would change without approval
        """
        for company in self.env["res.company"]._companies_with():
            # sudo: what would be moved counts, whoever may read it.
            merged, kept = (
                each.sudo().with_company(company).with_context(active_test=False)
                for each in (sources, target)
            )
            if kinds := self._kinds_of_merge(merged, kept):
                self._check_filled(merged, kept)
                self._check_moved(merged, kept, kinds)

    @api.model
    def _kinds_of_merge(self, sources, target):
        """Return the kinds of data of the remaining contact that two people change.

        :raises UserError: more is guarded of another one, whose data would be replaced
        """
        kinds = target._guarded_kinds()
        for source in sources:
            if source._guarded_kinds() - kinds:
                raise UserError(
                    self.env._(
                        "Keep %(merged)s, which is in use: the data of %(target)s "
                        "would replace its data without approval.",
                        merged=source.display_name,
                        target=target.display_name,
                    )
                )
        return kinds

    @api.model
    def _check_filled(self, sources, target):
        """:raises UserError: guarded data that the target lacks would be filled"""
        for source in sources:
            lacking = {
                name
                for name in (*rules.KIND_OF, "is_company")
                if self._is_filled(name, source, target)
            }
            if names := target._guarded_names_of(lacking):
                labels = (
                    target._fields[name]._description_string(self.env)
                    for name in sorted(names)
                )
                raise UserError(
                    self.env._(
                        "The merge would fill data of %(target)s from %(merged)s "
                        "without approval: %(fields)s. Propose them for %(target)s "
                        "first, or remove them from %(merged)s.",
                        target=target.display_name,
                        merged=source.display_name,
                        fields=", ".join(labels),
                    )
                )

    @api.model
    def _is_filled(self, name, source, target):
        """Return whether core would copy a value to a contact that has none."""
        value, field = target[name], target._fields[name]
        has_none = not value or (
            # What is stored for no company of its own may be the default.
            field.company_dependent
            and value == field.get_company_dependent_fallback(target)
        )
        return has_none and source[name] and target._differs(name, source[name])

    @api.model
    def _check_moved(self, sources, target, kinds):
        """:raises UserError: an invoice address or account would come along"""
        below = sources.search(Domain("id", "child_of", sources.ids))
        addresses = (below - sources).filtered(lambda each: each.type == "invoice")
        if addresses and "address" in kinds:
            raise UserError(
                self.env._(
                    "The invoice address %(address)s of %(merged)s would become one of "
                    "%(target)s without approval. Select another address type for it "
                    "first.",
                    address=addresses[0].name or "",
                    merged=addresses[0].parent_id.display_name,
                    target=target.display_name,
                )
            )
        known = set(target.bank_ids.filtered("active").mapped("sanitized_acc_number"))
        moved = below.bank_ids.filtered(
            lambda each: each.sanitized_acc_number not in known
        )
        if moved and rules.BANK in kinds:
            raise UserError(
                self.env._(
                    "The bank account %(number)s of %(merged)s would become one of "
                    "%(target)s without approval. Propose it for %(target)s first.",
                    number=moved[0].acc_number,
                    merged=moved[0].partner_id.display_name,
                    target=target.display_name,
                )
            )
