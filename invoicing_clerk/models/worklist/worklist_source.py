from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .worklist_rule import DATES, NUMBERS


class BrokenWorklistError(UserError):
    """A worklist refers to something that does not exist or cannot be queried."""


class Source:
    """A query for the records of a worklist, to which columns are added by path.

    A path is a chain of field names, such as ``partner_id.country_id``; all but the
    last are many2one. Everything becomes SQL: no record is ever read.
    """

    def __init__(self, worklist, model, today, record_ids=None):
        self.worklist = worklist
        self.model = model
        self.today = today
        domain = worklist._records_domain(model)
        if record_ids is not None:
            domain &= Domain("id", "in", record_ids)
        self.query = model._search(domain)
        self.id = SQL.identifier(model._table, "id")

    def column(self, path):
        """Return the value at the end of a path in SQL, and the field that holds it.

        :raises UserFilterError: the author of the worklist cannot read it
        """
        model, alias = self.model, self.query.table
        *links, last = path.split(".")
        for link in links:
            field = self._field(model, link, path)
            if field.type != "many2one":
                raise BrokenWorklistError(
                    self.worklist.env._(
                        "“%(link)s” in “%(path)s” does not lead to one record.",
                        link=link,
                        path=path,
                    )
                )
            model, alias = field.join(model, alias, self.query)
            model.check_access("read")
        field = self._field(model, last, path)
        if not field._description_searchable or field.type.endswith("2many"):
            self._refuse_computed(path)
        self.worklist._read_path(path, self.model)
        return model._field_to_sql(alias, last, self.query), field

    def _field(self, model, name, path):
        field = model._fields.get(name)
        if field is None:
            raise BrokenWorklistError(
                self.worklist.env._(
                    "“%(path)s”: %(model)s has no field “%(field)s”.",
                    path=path,
                    model=model._description,
                    field=name,
                )
            )
        if not (field.store or field.related):
            self._refuse_computed(path)
        return field

    def _refuse_computed(self, path):
        raise BrokenWorklistError(
            self.worklist.env._(
                "“%s” is computed and not stored: choose a stored field.",
                path,
            )
        )

    def reference(self, path, comodel):
        """Return the id at the end of a path in SQL; NULL without a path."""
        if not path:
            return SQL("NULL::int")
        sql, field = self.column(path)
        if path == "id" and self.model._name == comodel:
            return sql
        if field.type != "many2one" or field.comodel_name != comodel:
            raise BrokenWorklistError(
                self.worklist.env._(
                    "“%(path)s” does not lead to one record of %(model)s.",
                    path=path,
                    model=self.worklist.env[comodel]._description,
                )
            )
        return sql

    def number(self, path):
        """Return a number or an amount in SQL, as it is stored."""
        if not path:
            return SQL("NULL::numeric")
        sql, field = self.column(path)
        if field.type not in NUMBERS:
            self._refuse_type(path)
        return SQL("(%s)::numeric", sql)

    def date(self, path):
        if not path:
            return SQL("NULL::date")
        sql, field = self.column(path)
        if field.type not in DATES:
            self._refuse_type(path)
        return SQL("(%s)::date", sql)

    def measure(self, path):
        """Return a number to score: days since a date, or an amount converted."""
        sql, field = self.column(path)
        if field.type in DATES:
            return SQL("(%s - (%s)::date)::numeric", self.today, sql)
        if field.type == "monetary":
            return self.in_company_currency(path)
        if field.type not in NUMBERS:
            self._refuse_type(path)
        return SQL("(%s)::numeric", sql)

    def _refuse_type(self, path):
        raise BrokenWorklistError(
            self.worklist.env._("“%s” is neither a number nor a date.", path)
        )

    def currency(self, path):
        """Return the currency of the amount at a path in SQL."""
        if not path:
            return SQL("NULL::int")
        *links, last = path.split(".")
        model = self.model
        for link in links:
            model = model.env[model._fields[link].comodel_name]
        field = model._fields.get(last)
        name = field.get_currency_field(model) if field.type == "monetary" else None
        return self._currency_at([*links, name]) if name else SQL("NULL::int")

    def _currency_at(self, steps):
        path = ".".join(steps)
        return self.reference(path, "res.currency")

    def in_company_currency(self, path):
        """Return the amount at a path at today's rate, or unchanged without a rate."""
        alias = f"rates_of_{path.replace('.', '_')}"
        amount = SQL("(%s)::numeric", self.column(path)[0])
        self.query.add_join(
            "LEFT JOIN",
            alias,
            SQL.identifier("rates"),
            SQL(
                "%s = %s AND %s = COALESCE(%s, %s)",
                SQL.identifier(alias, "currency_id"),
                self.worklist._currency_sql(self, path),
                SQL.identifier(alias, "company_id"),
                self.company(),
                self.worklist._home_company().id,
            ),
        )
        return SQL(
            "ROUND(%s * COALESCE(%s, 1), COALESCE(%s, 2))",
            amount,
            SQL.identifier(alias, "rate"),
            SQL.identifier(alias, "places"),
        )

    def company(self):
        return self.reference(self.worklist.company_path, "res.company")

    def matches(self, rule):
        """Return whether a record matches a rule, as a condition on its own row.

        Records linked to it count only where the author of the rule and the author of
        the list may read them: a list that comes with a module finds all of them.
        """
        domain = self.worklist._domain_of(rule, rule.domain, rule.name, self.model)
        conditions = [
            domain.optimize_full(reader)._to_sql(reader, self.query.table, self.query)
            for reader in rule._filter_readers(self.model)
        ]
        return SQL("(%s)", SQL(" AND ").join(conditions))
