from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.customer import customer_change as rules
from ..mixin.lock_date import lock_date_obstacle

# For so long after a change, a call to the new number proves nothing.
NEW_NUMBER_DAYS = 30


class ClerkCustomerChange(models.Model):
    """Proposals: what is checked before anybody is asked to approve."""

    _inherit = "clerk.customer.change"

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        named = inside._with_numbers(vals_list)
        return super(ClerkCustomerChange, inside).create(named).with_env(self.env)

    @api.model
    def _propose(self, contact, new, account=None, **values):
        """Propose to change a contact.

        :param contact: the customer, or an address of theirs
        :param new: the new values, as they are stored: ``{field: text}``
        :param account: see `_account_values`
        :param values: source, evidence, effective date and the like
        :raises UserError: nothing differs, a value is wrong, or a change of the same
            data is under way
        """
        company = values.get("company_id") or self.env.company
        contact = contact.with_company(company)
        self._check_contact(contact)
        lines = self._changed_lines(contact, new, account, company)
        self._check_not_twice(contact, {each["field_name"] for each in lines}, company)
        self._check_effective(values.get("effective_date"), company)
        change = self._inside().create(
            {
                **self._needs(lines),
                **self._proposal_values(contact),
                **values,
                "company_id": company.id,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        change = change.with_env(self.env)
        if change.document:
            change._seal_evidence("document", strict=False)
        change._tell_customer()
        return change

    @api.model
    def _changed_lines(self, contact, new, account, company):
        """Return the values of lines, one for each value that differs.

        :raises UserError: nothing differs, or a value is wrong
        """
        changed = rules.differences(self._stored_values(contact, new), new)
        lines = [self._line_values(line, contact, company) for line in changed]
        if account:
            customer = contact.commercial_partner_id
            lines.append(self._account_values(customer, account))
        if not lines:
            raise UserError(
                self.env._("Nothing differs from the data of %s.", contact.display_name)
            )
        self._check_values(contact, {line.name: line.new for line in changed}, company)
        return lines

    @api.model
    def _proposal_values(self, contact):
        """Return who proposes a change, of whom, and which numbers may be called."""
        customer = contact.commercial_partner_id
        return {
            "partner_id": customer.id,
            "contact_id": contact.id,
            "proposed_by_id": self.env.uid,
            "proposed_on": fields.Datetime.now(),
            "known_numbers": self._numbers_on_file(customer),
        }

    @api.model
    def _check_contact(self, contact):
        if problem := self._contact_problem(contact):
            raise UserError(problem)

    @api.model
    def _contact_problem(self, contact):
        """Return why data of a contact cannot be changed, or nothing."""
        for each in contact | contact.commercial_partner_id:
            if not each.active:
                return self.env._(
                    "%s is archived. Unarchive the contact first.", each.display_name
                )
        return None

    @api.model
    def _line_values(self, line, contact, company):
        new_text = self._shown(line.name, line.new, company)
        if (line.name, line.new) == ("type", "invoice"):
            # Whoever approves it approves the address.
            new_text = f"{new_text}: {self._address_text(contact)}"
        return {
            "kind": rules.KIND_OF[line.name],
            "field_name": line.name,
            "old_value": line.old,
            "new_value": line.new,
            "old_text": self._shown(line.name, line.old, company),
            "new_text": new_text,
        }

    @api.model
    def _address_text(self, contact):
        """Return name, address, email and phone of a contact in one line."""
        address = contact._display_address(without_company=True).splitlines()
        parts = (contact.name, *address, contact.email, contact.phone)
        return ", ".join(part.strip() for part in parts if part and part.strip())

    @api.model
    def _needs(self, lines):
        """Return what the lines of a change need.

        :raises UserError: the data of one are not guarded
        """
        guards = self.env["clerk.customer.field"]._guards()
        kinds = {line["kind"] for line in lines}
        if free := sorted(kinds - guards.keys()):
            raise UserError(
                self.env._(
                    "%s needs no approval: change it on the contact.",
                    self.env["clerk.customer.field"]._label(free[0]),
                )
            )
        return {
            "needs_call": any(guards[kind].needs_call for kind in kinds),
            "days": max(guards[kind].days for kind in kinds),
        }

    @api.model
    def _open_lines(self, contacts, names):
        """Return lines of open changes of the same data, whatever their company."""
        # sudo: changes in other companies are only named where data are shared.
        lines = self.env["clerk.customer.change.line"].sudo()
        return lines.search(
            Domain("change_id.contact_id", "in", contacts.ids)
            & Domain("field_name", "in", list(names))
            & Domain("change_id.state", "in", rules.OPEN_STATES),
            order="id",
        )

    @api.model
    def _check_not_twice(self, contact, names, company):
        """:raises UserError: a change of the same data is under way"""
        for line in self._open_lines(contact, names):
            if line.kind in rules.PER_COMPANY and line.company_id != company:
                continue
            raise UserError(self._twice_text(line))

    @api.model
    def _twice_text(self, line):
        change = line.change_id
        return self.env._(
            "A change of %(field)s of %(contact)s is under way: %(change)s, proposed "
            "by %(user)s. Wait until it is applied, or have it withdrawn.",
            field=line.label,
            contact=change.contact_id.display_name,
            change=change.name,
            user=change.proposed_by_id.name,
        )

    @api.model
    def _check_effective(self, day, company):
        if problem := self._effective_problem(day, company):
            raise UserError(problem)

    @api.model
    def _effective_problem(self, day, company):
        """Return why a change cannot be effective on a day, or nothing."""
        if not day:
            return None
        journals = self.env["account.journal"]
        journal = journals.search(
            [*journals._check_company_domain(company), ("type", "=", "sale")], limit=1
        )
        return lock_date_obstacle(company, fields.Date.to_date(day), journal)

    @api.model
    def _numbers_on_file(self, customer):
        """Return the phone numbers that a call back may use: ``{contact id: number}``.

        Only of the customer and its invoice addresses, whose numbers are guarded. A
        number that was changed recently is replaced by the one before it, and that of
        an address that invoices have gone to only recently is left out.
        """
        contacts = customer | customer.child_ids.filtered(
            lambda each: each.type == "invoice"
        )
        numbers = {each: each.phone for each in contacts}
        since = fields.Datetime.now() - timedelta(days=NEW_NUMBER_DAYS)
        for line in self._recent_lines(contacts, since):
            change = line.change_id
            contact = change.contact_id.with_env(self.env)
            if line.field_name == "phone":
                # Undone recently, but applied before: the new one was on file then.
                was_old = change.applied_on >= since
                numbers[contact] = line.old_value if was_old else line.new_value
            elif contact != customer:
                contacts -= contact
        return {str(each.id): numbers[each] for each in contacts if numbers[each]}

    @api.model
    def _recent_lines(self, contacts, since):
        """Return changes of numbers and addresses since then, the latest first."""
        # sudo: a number may have been changed by another company.
        lines = self.env["clerk.customer.change.line"].sudo()
        is_applied = Domain("change_id.state", "=", "applied") & Domain(
            "change_id.applied_on", ">=", since
        )
        # To be undone is the last step of a change.
        is_undone = Domain("change_id.state", "=", "undone") & Domain(
            "change_id.write_date", ">=", since
        )
        return lines.search(
            Domain("change_id.contact_id", "in", contacts.ids)
            & Domain("field_name", "in", ("phone", "type", "parent_id"))
            & (is_applied | is_undone),
            order="id desc",
        )
