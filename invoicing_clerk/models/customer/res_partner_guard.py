from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules

GUARDED = rules.KIND_OF.keys() | rules.ALIASES.keys()
ENTRIES = ("asset_receivable", "liability_payable")


class CreatedAlong:
    """Contacts that one call creates, in its context. No caller can send it."""

    def __init__(self):
        self.ids = set()


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
    ORM with the rights of a person: they are refused, with what to do instead. Pages of
    the portal and users' own preferences write as superuser; see `customer_portal` and
    `res.users`.
    """

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a customer would get another invoice address"""
        is_guarding = self.env["res.company"]._companies_with()
        if self._created_along() or self._passes_guard() or not is_guarding:
            return super().create(vals_list)
        # A new customer is entered with its addresses, which were nobody's before;
        # what comes below a customer that there is, is checked as a whole.
        whole = self.with_context(clerk_created_along=CreatedAlong())
        created = super(ResPartner, whole).create(vals_list).with_env(self.env)
        # Afterwards, as the type of an address may be a default; what was created
        # along with them may be below anybody.
        new = self.browse(whole._created_along().ids).exists()
        below = new.filtered(lambda each: each.parent_id - new)
        for parent, contacts in below.grouped("parent_id").items():
            contacts._check_addresses(parent)
        return created

    def write(self, vals):
        """:raises AccessError: guarded data of a customer would change"""
        is_guarding = self.env["res.company"]._companies_with()
        if is_guarding and vals.get("name") and not self._passes_guard():
            self._check_guarded(vals)
            self._rename_holders(vals["name"])
        return super().write(vals)

    @api.model
    def _created_along(self):
        along = self.env.context.get("clerk_created_along")
        return along if isinstance(along, CreatedAlong) else None

    @api.model
    def _create(self, data_list):
        """Note what is created: core fills it in before the call has returned."""
        created = super()._create(data_list)
        if along := self._created_along():
            along.ids.update(created.ids)
        return created

    def _known_before(self):
        """Return those of these contacts that the current call has not created."""
        along = self._created_along()
        return self.browse(set(self.ids) - along.ids) if along else self

    def _rename_holders(self, name):
        """Rename the holder of accounts along with the contact, as core does."""
        for partner in self:
            accounts = partner.bank_ids.filtered(
                lambda each, holder=partner.name: each.acc_holder_name == holder
            )
            accounts._inside().acc_holder_name = name

    def _check_guarded(self, vals, creates=False):
        """:raises AccessError: a customer would get another invoice address"""
        result = super()._check_guarded(vals, creates)
        parent_id = vals.get("parent_id")
        is_guarding = not creates and self.env["res.company"]._companies_with()
        if is_guarding and type(parent_id) is int and not self._passes_guard():
            moved = self._origin.filtered(lambda each: each.parent_id.id != parent_id)
            moved._check_addresses(self.browse(parent_id).exists(), vals.get("type"))
        return result

    def _check_addresses(self, parent, new_type=None):
        """Check that none is, or brings along, an invoice address of a customer.

        :param parent: the contact that they come under
        :param new_type: the type of address that they are to have
        :raises AccessError: names the address, and what to do instead
        """
        if not (self and parent and parent._needs_two_people("address")):
            return
        # sudo: an address counts, whoever may read it.
        below = self.sudo().with_context(active_test=False)
        for address in below.search(Domain("id", "child_of", self.ids)):
            kind = new_type if new_type and address in self else address.type
            if kind == "invoice":
                raise AccessError(
                    self.env._(
                        "A new invoice address of %(customer)s requires a second "
                        "person's approval (%(address)s). Select another address type, "
                        "then use Propose a Change to make it an invoice address.",
                        customer=parent.display_name,
                        address=address.name or parent.display_name,
                    )
                )

    def _forged(self, vals, creates):
        names = super()._forged(vals, creates)
        return names if creates else names | self._names_to_propose(vals)

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
            "Changes to %(fields)s of %(contact)s require a second person's approval. "
            "Use Propose a Change on the contact.",
            fields=", ".join(labels),
            contact=partner.display_name,
        )

    def _names_to_propose(self, vals):
        """Return the guarded fields among these values that would change."""
        names = GUARDED & vals.keys()
        companies = self.env["res.company"]._companies_with()
        if not companies:
            return set()
        known, found = self._origin._known_before(), set()
        # Moved to a company that guards nothing, its data could be changed there.
        if (owner := vals.get("company_id")) and owner not in companies:
            moved = known.filtered(lambda each: each.company_id.id != owner)
            kinds = self.env["clerk.customer.field"]._guards().keys()
            shared = kinds - {*rules.PER_COMPANY}
            if any(moved._any_needs_two_people(kind) for kind in shared):
                found.add("company_id")
        for partner in known if names else ():
            changed = {each for each in names if partner._differs(each, vals[each])}
            found |= partner._guarded_names_of(changed, vals.get("type"))
        return found

    def _guarded_names_of(self, names, new_type=None):
        """Return the names among these that are guarded for this contact.

        :param new_type: the type of address that it is to have
        """
        kinds = {name: rules.kind_of(name) for name in names}
        of_contact, of_all = set(kinds.values()), {*rules.OF_ALL_CONTACTS}
        if not of_contact <= of_all and not self._is_address(new_type):
            of_contact &= of_all
        guarded = {kind for kind in of_contact if self._needs_two_people(kind)}
        return {name for name, kind in kinds.items() if kind in guarded}

    def _is_address(self, new_type=None):
        """Return whether invoices go to this contact, or will once that is approved."""
        # sudo: only tells what is guarded.
        partner = self.sudo()
        if partner.is_company or not partner.parent_id:
            return True
        if "invoice" in (partner.type, new_type):
            return True
        lines = self.env["clerk.customer.change"]._open_lines(self, ["type"])
        return "invoice" in lines.mapped("new_value")

    def _guarded_kinds(self):
        """Return the kinds of data of this contact that two people change."""
        guards = self.env["clerk.customer.field"]._guards()
        return {kind for kind in guards if self._needs_two_people(kind)}

    def _differs(self, name, value):
        """Return whether a value that is written differs from the one on file."""
        if name == "type" and "invoice" not in (self.type, value):
            return False
        if name in ("company_type", "is_company") and not self.parent_id:
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
