"""Find the records of which something was written since a moment.

A query reads columns of its own table, and rows of other tables through relational
fields. Rows of Odoo carry the moment at which they were written last, ``write_date``.
So the records for which the query may find something else now are those that were
written, and those to which rows lead that were written.

**How to use**

1. Name what is read of a model: ``Traces(model)``, ``add_path`` and ``add_domain``.
   The rights of the model's user count: their record rules are read as well.
2. Fields that are computed when they are searched say what their search method reads::

       @api.model
       @reads("payment_state", ("line_ids", "is_unsettled"))
       def _search_is_unpaid(self, operator, value):

   A path is a chain of field names. ``By(model, field)`` leads to the rows of another
   model that name the record in a field.
3. Ask ``touched_sql(delta)`` with what `changes` has counted. Whatever leaves no date
   (deleted rows, links of many2many fields, tables without dates) is only counted:
   ``covers(delta)`` tells whether nothing of the kind was written.

:raises UntracedError: something that is read cannot be followed back to the records
"""

from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

DEEPEST = 10
HIERARCHIC = ("child_of", "parent_of")
NESTED = ("any", "not any", "any!", "not any!")
TEXTUAL = ("like", "ilike", "=like", "=ilike", "not like", "not ilike")
# Their deletion changes amounts or states of what they belonged to: see `reads`.
SETTLING = ("account.move.line", "account.partial.reconcile")


class UntracedError(Exception):
    """A field or model whose changes cannot be traced; the text is its label."""


class By(NamedTuple):
    """Rows of another model that name the record in a field."""

    model: str
    field: str


def reads(*paths):
    """Declare what a search method reads, starting at the records it searches.

    Deleted journal items and reconciliations need not be traced: what they belonged to
    is written then.
    """

    def declare(search):
        search.reads = paths
        return search

    return declare


class Traces:
    """Tree of the relational fields through which a query reads the records."""

    def __init__(self, model, is_declared=False, depth=0):
        self.model = model
        self.links = {}
        # Tables of which every change matters, and no row says for which records.
        self.counted = set()
        self._is_declared = is_declared
        self._declared = set()
        self._depth = depth
        # Record rules may refer to each other.
        if not model._log_access or depth > DEEPEST:
            raise UntracedError(model._description)
        if not model.env.su:
            self._add_rules()

    def _add_rules(self):
        if type(self.model)._search is not models.BaseModel._search:
            raise UntracedError(self.model._description)
        rules = self.model.env["ir.rule"]
        self.add_domain(rules._compute_domain(self.model._name, "read"))

    # What is read

    def add_domain(self, domain):
        for condition in Domain(domain).iter_conditions():
            operator, value = condition.operator, condition.value
            path = condition.field_expr
            if operator in NESTED:
                self.add_path(path, follow=True).add_domain(value)
            elif operator in HIERARCHIC:
                end = self.add_path(path, follow=True)
                end.counted.add(end.model._table)
            elif operator in TEXTUAL and self._leads_to_records(path):
                self.add_path(f"{path}.display_name")
            else:
                self.add_path(path)

    def _leads_to_records(self, path):
        field, model = None, self.model
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None or not field.relational:
                return False
            model = model.env[field.comodel_name]
        return True

    def add_path(self, path, follow=False):
        """Add what a chain of fields reads, and return the end of it.

        :param follow: more will be read of the records to which the last field leads
        """
        steps = path.split(".") if isinstance(path, str) else path
        node = self
        for index, step in enumerate(steps):
            is_last = index == len(steps) - 1
            # The last step may be a part of a date, or of properties.
            if isinstance(step, By) or step in node.model._fields:
                node = node._step(step, follow or not is_last)
        return node

    def _step(self, step, follow):
        if isinstance(step, By):
            return self._link(step, step.model)
        field = self.model._fields[step]
        if field.related and not field.store:
            return self.add_path(field.related, follow)
        if field.type == "one2many" and not field.compute and field.inverse_name:
            return self._link(
                By(field.comodel_name, field.inverse_name), field.comodel_name
            )
        if not field.store or not (field.column_type or field.type == "many2many"):
            return self._add_declared(field, follow)
        if field.type == "many2many":
            self.counted.add(field.relation)
        if follow and field.relational:
            return self._link(field, field.comodel_name)
        return self

    def _link(self, link, model):
        if link not in self.links:
            self.links[link] = Traces(
                self.model.env[model], self._is_declared, self._depth + 1
            )
        child = self.links[link]
        child._is_declared &= self._is_declared
        return child

    def _add_declared(self, field, follow):
        """Add what the search method of a field declares; see `reads`."""
        search = field.search
        if isinstance(search, str):
            search = getattr(type(self.model), search, None)
        paths = getattr(search, "reads", None)
        if paths is None or (follow and field.relational):
            raise UntracedError(field._description_string(self.model.env))
        if field not in self._declared:
            self._declared.add(field)
            was_declared, self._is_declared = self._is_declared, True
            for path in paths:
                self.add_path(path)
            self._is_declared = was_declared
        return self

    # What was written

    def _nodes(self):
        yield self
        for child in self.links.values():
            yield from child._nodes()

    def tables(self):
        """Return the tables that are read, and those of which changes are counted."""
        return self._followed().union(*(node.counted for node in self._nodes()))

    def _followed(self):
        return {node.model._table for node in self._nodes()}

    def covers(self, delta, also=()):
        """Return whether all that was written can be followed back to the records.

        :param also: tables that the caller follows back
        """
        silent = {
            child.model._table
            for node in self._nodes()
            for child in node.links.values()
            if not (child._is_declared and child.model._name in SETTLING)
        }
        counted = set().union(*(node.counted for node in self._nodes()))
        return (
            delta.changed <= self._followed().union(also)
            and not delta.changed & counted
            and not delta.deleted & silent
        )

    def touched_sql(self, delta):
        """Return SQL of the ids of the records; None if none can be touched."""
        parts = []
        if self.model._table in delta.changed:
            parts.append(
                SQL(
                    "SELECT id FROM %s WHERE write_date >= %s",
                    SQL.identifier(self.model._table),
                    delta.since,
                )
            )
        for link, child in self.links.items():
            rows = child.touched_sql(delta)
            if rows is not None:
                parts.append(self._back_sql(link, child, rows))
        return SQL(" UNION ").join(parts) if parts else None

    def _back_sql(self, link, child, rows):
        """Return SQL of the ids of the records that a link leads from.

        An array of ids, unlike a subquery, lets PostgreSQL use the index.
        """
        if isinstance(link, By):
            table, key, column = child.model._table, "id", link.field
        elif link.type == "many2many":
            table, key, column = link.relation, link.column2, link.column1
        else:
            table, key, column = self.model._table, link.name, "id"
        is_indexed = isinstance(link, By) or link.type == "many2many" or link.index
        return SQL(
            "SELECT %s FROM %s WHERE %s = ANY(ARRAY(%s))"
            if is_indexed
            else "SELECT %s FROM %s WHERE %s IN (%s)",
            SQL.identifier(column),
            SQL.identifier(table),
            SQL.identifier(key),
            rows,
        )
