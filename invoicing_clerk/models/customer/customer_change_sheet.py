from dataclasses import dataclass, replace

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules
from ...rules.date_text import parsed
from ...rules.sheet import is_filled


@dataclass
class Row:
    """A row of a spreadsheet of changes, and what is wrong with it."""

    number: int
    customer: str
    field: str
    value: str
    contact: models.BaseModel
    name: str = ""
    stored: str = ""
    account: dict | None = None
    old_text: str = ""
    new_text: str = ""
    problem: str = ""


class ChangeSheet:
    """Rows of spreadsheets as changes: customer, field and new value in each."""

    def __init__(self, env):
        self.env = env

    def checked_rows(self, rows):
        """Return the rows below the header, with what is wrong with each.

        :raises UserError: a column is missing, or there are too many rows
        """
        filled = [(number, row) for number, row in enumerate(rows, 1) if is_filled(row)]
        if not filled:
            raise UserError(self.env._("The spreadsheet is empty."))
        (_number, titles), *filled = filled
        if len(filled) > rules.MAX_ROWS:
            raise UserError(
                self.env._(
                    "The number of rows is above the limit (%s). Use several "
                    "spreadsheets.",
                    rules.MAX_ROWS,
                )
            )
        places = self._columns(titles)
        nobody = self.env["res.partner"]
        read = [
            Row(number, *(self._cell(row, at) for at in places), contact=nobody)
            for number, row in filled
        ]
        return self._checked(read)

    def _cell(self, row, at):
        return row[at][:500] if at < len(row) else ""

    def _columns(self, titles):
        try:
            return rules.columns_of(titles).values()
        except rules.HeaderError as error:
            raise UserError(
                self.env._(
                    "The column “%s” is missing. The first row names the columns: "
                    "Customer, Field, New Value.",
                    error.column,
                )
            ) from error

    def _checked(self, rows):
        customers = self._customers(
            {row.customer for row in rows} | {row.value for row in rows}
        )
        names = self._field_names()
        for row in rows:
            row.name = names.get(row.field.casefold(), "")
            found = customers.get(row.customer.casefold(), row.contact)
            row.contact = found if len(found) == 1 else row.contact
            row.problem = self._row_problem(row, found)
        records = self._records(rows, customers)
        twice = rules.repeated((row.contact, row.name) for row in rows if row.contact)
        open_lines = self._under_way(rows)
        return [
            row if row.problem else self._completed(row, records, twice, open_lines)
            for row in rows
        ]

    def _row_problem(self, row, found):
        """Return why a row names no customer or no field, or nothing."""
        if len(found) > 1:
            return self.env._(
                "Several customers have “%s”. Enter a customer number.", row.customer
            )
        if not found:
            return self.env._("There is no customer “%s”.", row.customer)
        if not row.name:
            return self.env._("“%s” is not a field that requires approval.", row.field)
        return ""

    def _customers(self, texts):
        """Return contacts by reference, tax ID or name, in lower case."""
        wanted = sorted(texts - {""})
        partners = self.env["res.partner"].search(
            Domain("ref", "in", wanted)
            | Domain("vat", "in", wanted)
            | (Domain("name", "in", wanted) & Domain("parent_id", "=", False))
        )
        found = {}
        # A reference comes before a tax ID, which contacts of the customer have, too.
        for name in ("name", "vat", "ref"):
            by_text = {}
            for partner in partners:
                if text := (partner[name] or "").casefold():
                    by_text.setdefault(text, []).append(partner)
            for text, of_text in by_text.items():
                group = partners.browse().union(*of_text)
                found[text] = group.commercial_partner_id if name == "vat" else group
        return found

    def _field_names(self):
        """Return fields by what people may call them, in lower case."""
        guards = self.env["clerk.customer.field"]
        fields = self.env["res.partner"]._fields
        names = {}
        for kind in guards._guards():
            of_kind = rules.NAMES.get(kind, (rules.BANK,))
            for name in of_kind:
                names[name] = name
                if name in fields:
                    names[fields[name]._description_string(self.env).casefold()] = name
            if len(of_kind) == 1:
                names[kind] = names[guards._label(kind).casefold()] = of_kind[0]
        return names

    def _records(self, rows, customers):
        """Return records that values name: ``{(field, text): record}``."""
        fields = self.env["res.partner"]._fields
        found = {}
        for name in {row.name for row in rows if row.name in fields}:
            if fields[name].type != "many2one":
                continue
            texts = [row.value for row in rows if row.name == name and row.value]
            if name == "parent_id":
                options = {
                    text: customers.get(text.casefold(), self.env["res.partner"])
                    for text in texts
                }
            else:
                options = self._named(fields[name].comodel_name, texts)
            found |= {(name, text): record for text, record in options.items()}
        return found

    def _named(self, model, texts):
        records = self.env[model].search([(self.env[model]._rec_name, "in", texts)])
        by_name = {}
        for record in records:
            name = record[record._rec_name]
            by_name[name] = by_name.get(name, record.browse()) | record
        return by_name

    def _under_way(self, rows):
        """Return open changes of the same data: ``{(contact, field): line}``."""
        changes = self.env["clerk.customer.change"]
        contacts = self.env["res.partner"].union(*(row.contact for row in rows))
        lines = changes._open_lines(contacts, {row.name for row in rows})
        return {
            (line.change_id.contact_id.with_env(self.env), line.field_name): line
            for line in lines
            if line.kind not in rules.PER_COMPANY
            or line.company_id.id == self.env.company.id
        }

    def _completed(self, row, records, twice, open_lines):
        """Return a row with its values as they are stored and shown."""
        key = (row.contact, row.name)
        if key in twice:
            text = self.env._("This customer and field appear more than once.")
            return replace(row, problem=text)
        if key in open_lines:
            changes = self.env["clerk.customer.change"]
            return replace(row, problem=changes._twice_text(open_lines[key]))
        try:
            if row.name == rules.BANK:
                return self._with_account(row)
            return self._with_value(row, records)
        except UserError as error:
            return replace(row, problem=str(error))

    def _with_account(self, row):
        customer = row.contact.commercial_partner_id
        known = customer.bank_ids.filtered("active")
        old = known if len(known) == 1 else known.browse()
        account = {"step": "replace" if old else "add", "old": old, "number": row.value}
        changes = self.env["clerk.customer.change"]
        changes._account_values(customer, account)
        return replace(
            row, account=account, old_text=old.acc_number or "", new_text=row.value
        )

    def _with_value(self, row, records):
        changes = self.env["clerk.customer.change"]
        company = self.env.company
        contact = row.contact.with_company(company)
        stored = self._stored(row, records)
        old = changes._stored(row.name, contact[row.name])
        changes._check_contact(contact)
        if stored == old:
            raise UserError(self.env._("The customer has this value already."))
        changes._check_values(contact, {row.name: stored}, company)
        return replace(
            row,
            stored=stored,
            old_text=changes._shown(row.name, old, company),
            new_text=changes._shown(row.name, stored, company),
        )

    def _stored(self, row, records):
        """Return the value of a row as it is stored.

        :raises UserError: it is not a value of the field
        """
        field = self.env["res.partner"]._fields[row.name]
        changes = self.env["clerk.customer.change"]
        if not row.value:
            return changes._stored(row.name, False)
        if field.type == "many2one":
            return self._stored_record(row, field, records)
        if field.type in ("float", "monetary"):
            limited = self.env["clerk.limited"]
            amount = limited._entered_amount(row.value, self.env.company.currency_id)
            return changes._stored(row.name, float(amount))
        if field.type == "date":
            return self._stored_date(row, field)
        if field.type == "selection":
            return self._stored_option(row, field)
        return row.value

    def _stored_date(self, row, field):
        try:
            return parsed(row.value).isoformat()
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” is not a date. Enter it as 2027-03-31.",
                    field=field._description_string(self.env),
                    value=row.value,
                )
            ) from error

    def _stored_record(self, row, field, records):
        record = records.get((row.name, row.value), self.env[field.comodel_name])
        if len(record) != 1:
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” is not the name of exactly one record.",
                    field=field._description_string(self.env),
                    value=row.value,
                )
            )
        return str(record.id)

    def _stored_option(self, row, field):
        labels = dict(field._description_selection(self.env))
        keys = {key.casefold(): key for key in labels}
        keys |= {label.casefold(): key for key, label in labels.items()}
        if row.value.casefold() not in keys:
            raise UserError(
                self.env._(
                    "%(field)s: enter one of %(options)s.",
                    field=field._description_string(self.env),
                    options=", ".join(labels.values()),
                )
            )
        return keys[row.value.casefold()]
