from datetime import timezone

from dateutil.tz import UTC, gettz
from psycopg2 import DataError, ProgrammingError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.filter import Clock, FilterError, check_path, parse

# What core and the database raise for values that do not fit a field.
UNFIT_VALUES = (
    *(ValueError, TypeError, LookupError, ArithmeticError, AssertionError),
    *(AttributeError, NotImplementedError, DataError, ProgrammingError),
)
# Their last step chooses a part of the value: month of a date, a property by its name.
DIVISIBLE_TYPES = ("date", "datetime", "properties")


class UserFilterError(UserError):
    """A filter or path that a user wrote cannot be used; the message says why."""


class ClerkFiltered(models.AbstractModel):
    """Records that keep filters which people wrote, and use them for others.

    A filter is data: it is read by `rules.filter`, and never evaluated as code. Whoever
    wrote it last is stored. Each time it is used, its author and whoever uses it must
    be allowed to read the records and every field that it names; otherwise a filter
    would spell out, hit by hit, what its author cannot see. Filters of the superuser,
    such as those that modules bring along, are limited by their user only.

    **How to use**: list the fields that hold filters and paths in ``_filter_fields``,
    and read them by ``_search_filter``, ``_read_filter`` and ``_read_path``. Where a
    process with more rights than the author uses the filter, ask ``_as_author(model)``.
    """

    _name = "clerk.filtered"
    _description = "Filters of Users"
    _inherit = "clerk.guarded"

    _guarded_fields = frozenset({"filter_author_id"})
    _filter_fields = frozenset()

    filter_author_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.uid,
        help="The filter finds only what this user may read.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        authored = [{**vals, "filter_author_id": self.env.uid} for vals in vals_list]
        return super(ClerkFiltered, inside).create(authored).with_env(self.env)

    def write(self, vals):
        if not self._declared("_filter_fields") & vals.keys():
            return super().write(vals)
        self._check_guarded(vals)
        authored = {**vals, "filter_author_id": self.env.uid}
        return super(ClerkFiltered, self._inside_once()).write(authored)

    # Rights of the author

    def _as_author(self, model):
        """Return a model with the rights of whoever wrote the filter of this record.

        :raises UserFilterError: the author has left, or cannot read the model
        """
        self.ensure_one()
        # sudo: the author's rights limit what is found; nobody is shown the user.
        author = self.sudo().filter_author_id
        if author.id == SUPERUSER_ID:
            return model.sudo()
        if not author.active:
            raise UserFilterError(
                self.env._(
                    "%(user)s, who wrote the filter, is no longer an active user: "
                    "check the filter and save it again",
                    user=author.name,
                )
            )
        chosen = [
            company
            for company in model.env.context.get("allowed_company_ids", [])
            if company in author.company_ids.ids
        ]
        companies = [*dict.fromkeys([*chosen, *author.company_ids.ids])]
        limited = model.with_user(author).with_context(allowed_company_ids=companies)
        self._check_model(limited)
        return limited

    def _check_model(self, model):
        if not model.has_access("read"):
            raise UserFilterError(
                self.env._(
                    "%(user)s is not allowed to read %(records)s",
                    user=model.env.user.name,
                    records=model._description,
                )
            )

    # Filters and paths

    def _path_label(self, path, model):
        """Return the labels of the fields of a path; unknown ones remain as typed.

        :param model: the model on which the path starts, or None
        """
        labels = []
        for name in path.split("."):
            field = None if model is None else model._fields.get(name)
            labels.append(field._description_string(self.env) if field else name)
            model = self.env.get(field.comodel_name) if field else None
        return " › ".join(labels)

    def _read_filter(self, text, model, names=None, uid=None):
        """Return the domain that a text means.

        :param model: the model that is asked, with the rights of whoever asks it
        :param names: values that the filter may name, such as ``date_from``
        :param uid: the id of the user whom `uid` stands for
        :raises UserFilterError: it is not a filter, or asks for what cannot be read
        """
        try:
            domain = Domain(parse(text or "[]", self._filter_clock(uid), names))
        except FilterError as error:
            raise UserFilterError(self._filter_refusal(error)) from None
        except (ValueError, TypeError):
            error = FilterError("operator")
            raise UserFilterError(self._filter_refusal(error)) from None
        for reader in self._filter_readers(model):
            self._check_domain(domain, reader)
        return domain

    def _search_filter(self, text, model, names=None):
        """Return the query of a filter, tried in the database.

        :raises UserFilterError: see ``_read_filter``; or a value does not fit its field
        """
        domain = self._read_filter(text, model, names)
        # A query without results is false.
        query = self._tried_query(domain, model)
        if query is not None:
            return query
        unfit = (
            str(condition.field_expr)
            for condition in domain.iter_conditions()
            if self._tried_query(condition, model) is None
        )
        raise UserFilterError(
            self.env._(
                "the value for “%(path)s” does not fit the field", path=next(unfit, "?")
            )
        )

    def _tried_query(self, domain, model):
        """Return the query of a domain, or None if a value does not fit its field.

        A conflict with another transaction is no error of the filter: it is retried.
        """
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                query = model._search(domain)
                self.env.execute_query(
                    SQL("SELECT 1 WHERE 0 IN %s LIMIT 0", query.subselect())
                )
                return query
        except UNFIT_VALUES:
            return None

    def _filter_readers(self, model):
        """Return the model as its author and as whoever asks read it."""
        author = self._as_author(model)
        return (
            [author]
            if model.env.su or author.env.uid == model.env.uid
            else [
                author,
                model,
            ]
        )

    def _read_path(self, path, model):
        """Check a path of fields, and return it.

        :raises UserFilterError: a field does not exist, or cannot be read
        """
        for reader in self._filter_readers(model):
            self._follow_path(path, reader, whole_fields=True)
        return path

    @api.model
    def _filter_clock(self, uid=None):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        return Clock(now, gettz(zone) or UTC, uid)

    def _filter_refusal(self, error):
        reasons = {
            "syntax": self.env._("not a list of conditions"),
            "length": self.env._("the text is too long"),
            "depth": self.env._("too many levels of brackets"),
            "values": self.env._("too many values"),
            "name": self.env._("unknown name"),
            "expression": self.env._("this expression is not allowed"),
            "call": self.env._("this function is not allowed"),
            "argument": self.env._("the function does not accept this argument"),
            "condition": self.env._(
                "a condition needs a field, an operator and a value"
            ),
            "operator": self.env._("unknown operator"),
            "path": self.env._("no field can have this name"),
            "date": self.env._("the date or duration is out of range"),
        }
        if not error.position:
            return reasons[error.code]
        return self.env._(
            "%(reason)s (position %(position)s)",
            position=error.position,
            reason=reasons[error.code],
        )

    def _check_domain(self, domain, model):
        """Check every field on the paths of a domain and of the domains in it."""
        for condition in domain.iter_conditions():
            if isinstance(condition.field_expr, str):
                end = self._follow_path(condition.field_expr, model)
                if condition.operator in ("any", "not any"):
                    if end is None:
                        self._refuse_path(condition.field_expr, model)
                    # Core reads the inner domain later, as lists until then.
                    self._check_domain(Domain(condition.value), end)

    def _follow_path(self, path, model, whole_fields=False):
        """Check each field on a path, and return the model at its end, or None.

        :param whole_fields: the path ends with a field, and not with a part of its
            value such as the month of a date
        """
        try:
            names = check_path(path).split(".")
        except FilterError as error:
            raise UserFilterError(self._filter_refusal(error)) from None
        while names:
            field = self._readable_field(names.pop(0), model, path)
            if not whole_fields and not field._description_searchable:
                self._refuse_path(path, model)
            if field.type in DIVISIBLE_TYPES and not whole_fields:
                return None
            if not field.relational:
                break
            model = model.env[field.comodel_name]
            self._check_model(model)
        else:
            return model
        if names:
            self._refuse_path(path, model)
        return None

    def _readable_field(self, name, model, path):
        field = model._fields.get(name)
        # One message for both: it is not disclosed whether a hidden field exists.
        if field is None or not model._has_field_access(field, "read"):
            self._refuse_path(path, model)
        return field

    def _refuse_path(self, path, model):
        raise UserFilterError(
            self.env._(
                "there is no field “%(path)s” of %(records)s that %(user)s can read",
                path=path,
                records=model._description,
                user=model.env.user.name,
            )
        )
