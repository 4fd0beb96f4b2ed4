from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules

GUARDED = rules.KIND_OF.keys() | rules.ALIASES.keys()
ENTRIES = ("asset_receivable", "liability_payable")


def differs(record, name, value):
    """Return whether a value that is written differs from that of the record."""
    # sudo: compares a value of a record that the caller may write.
    record, field = record.sudo(), record._fields[name]
    try:
        new = field.convert_to_record(field.convert_to_cache(value, record), record)
    except (TypeError, ValueError):
        # Not a value of the field: core says so where it may be written.
        return True
    return (new or False) != (record[name] or False)


class ResPartner(models.Model):
    """Data of customers in use: two people change them, whichever way they are written.

    A form, an import, the merge of contacts and any program write contacts through the
    ORM with the rights of a person: they are refused, and told what to do. Pages of the
    portal and users' own preferences write as superuser; see `customer_portal` and
    `res.users`.
    """

    _inherit = "res.partner"

    def _forged(self, vals, creates):
        names = super()._forged(vals, creates)
        return names | self._names_to_propose(vals, creates)

    def _update_address(self, vals):
        """:raises AccessError: the address of a customer would follow a contact's"""
        if not self._passes_guard() and (names := self._names_to_propose(vals)):
            raise self._refusal(names)
        return super()._update_address(vals)

    def _refuse_change(self, names):
        if not names <= GUARDED:
            return super()._refuse_change(names)
        fields = self._fields
        labels = (fields[name]._description_string(self.env) for name in sorted(names))
        partner = self[:1]
        return self.env._(
            "%(fields)s of %(contact)s is changed by two people. Use Propose a Change "
            "on the contact: it is applied when somebody else has approved it.",
            fields=", ".join(labels),
            contact=partner.display_name or self.env._("an invoice address"),
        )

    def _names_to_propose(self, vals, creates=False):
        """Return the guarded fields among these values that would change."""
        names = GUARDED & vals.keys()
        companies = self.env["res.company"]._companies_with()
        if not companies:
            return set()
        if creates:
            return self._new_address(vals)
        found = set()
        # Moved to a company that guards nothing, its data could be changed there.
        if (owner := vals.get("company_id")) and owner not in companies:
            moved = self._origin.filtered(lambda each: each.company_id.id != owner)
            kinds = self.env["clerk.customer.field"]._guards().keys()
            shared = kinds - {*rules.PER_COMPANY}
            if any(moved._any_needs_two_people(kind) for kind in shared):
                found.add("company_id")
        for partner in self._origin if names else ():
            guarded = partner._guarded_names_of(names, vals.get("type"))
            found |= {each for each in guarded if partner._differs(each, vals[each])}
        return found

    @api.model
    def _new_address(self, vals):
        """Return ``type`` for the values of a new invoice address of a customer."""
        context = self.env.context
        kind = vals.get("type", context.get("default_type"))
        parent_id = vals.get("parent_id", context.get("default_parent_id"))
        if kind != "invoice" or not isinstance(parent_id, int):
            return set()
        parent = self.browse(parent_id).exists()
        return {"type"} if parent and parent._needs_two_people("address") else set()

    def _guarded_names_of(self, names, new_type=None):
        """Return the names among these that are guarded for this contact.

        :param new_type: the type of address that it is to have
        """
        if not names:
            return set()
        # sudo: only tells what is guarded.
        partner = self.sudo()
        is_address = partner == partner.commercial_partner_id or "invoice" in (
            partner.type,
            new_type,
        )
        kinds = {name: rules.kind_of(name) for name in names}
        guarded = {
            kind
            for kind in set(kinds.values())
            if (is_address or kind in rules.OF_ALL_CONTACTS)
            and self._needs_two_people(kind)
        }
        return {name for name, kind in kinds.items() if kind in guarded}

    def _differs(self, name, value):
        """Return whether a value that is written differs from the one on file."""
        if name == "type" and "invoice" not in (self.type, value):
            return False
        return differs(self, name, value)

    def _needs_two_people(self, kind):
        """Return whether data of a kind of this contact are changed by two people."""
        companies = self.env["res.company"]._companies_with()
        if not companies or kind not in self.env["clerk.customer.field"]._guards():
            return False
        # sudo: companies are only compared.
        own = self.sudo().company_id
        if kind in rules.PER_COMPANY:
            is_guarding = self.env.company.id in companies
        else:
            is_guarding = not own or own.id in companies
        return is_guarding and self._is_in_use(kind)

    def _any_needs_two_people(self, kind):
        return any(each._needs_two_people(kind) for each in self)

    def _is_in_use(self, kind):
        """Return whether it is a customer, or for bank data a vendor, or theirs."""
        # sudo: only tells whether there are entries, whatever company they are in.
        partner = self.sudo()
        family = partner | partner.commercial_partner_id
        while partner.parent_id - family:
            partner = partner.parent_id
            family |= partner
        is_bank = kind == rules.BANK
        if any(
            each.customer_rank > 0 or (is_bank and each.supplier_rank > 0)
            for each in family
        ):
            return True
        entries = ENTRIES if is_bank else ENTRIES[:1]
        # sudo: see above.
        lines = self.env["account.move.line"].sudo()
        return bool(
            lines.search_count(
                Domain("partner_id", "in", family.ids)
                & Domain("parent_state", "=", "posted")
                & Domain("account_id.account_type", "in", entries),
                limit=1,
            )
        )

    def _refusal(self, names):
        return AccessError(self._refuse_change(names))
