from datetime import timezone

from dateutil.tz import UTC, gettz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.filter import Clock, FilterError, check_path, parse

# Their last step chooses a part of the value: month of a date, a property by its name.
DIVISIBLE_TYPES = ("date", "datetime", "properties")


class UserFilterError(UserError):
    """A filter, path or order that was typed cannot be used; the message says why."""


class ClerkFiltered(models.AbstractModel):
    """Records that keep filters which people wrote, and use them for others.

    A filter is data: it is read by `rules.filter`, and never evaluated as code. Whoever
    wrote it last is stored, and the filter is used with this person's rights, checked
    each time: it finds nothing that its author may not read, however privileged the
    process is that uses it. Filters of the superuser, such as those that modules bring
    along, have no such limits.

    **How to use**: list the fields that hold filters, paths and orders in
    ``_filter_fields``; read a filter by ``_read_filter`` and a path by ``_read_path``,
    on a model from ``_as_author``.
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
        return super(ClerkFiltered, self._inside()).write(authored)

    # Rights of the author

    def _as_author(self, model):
        """Return a model with the rights of whoever wrote the filter of this record.

        :raises UserFilterError: the author has left, or may not read the model
        """
        self.ensure_one()
        # sudo: the author's rights limit what is found; nobody is shown the user.
        author = self.sudo().filter_author_id
        if author.id == SUPERUSER_ID:
            return model.sudo()
        if not author.active:
            raise UserFilterError(
                self.env._(
                    "%(user)s, who wrote the filter, is no longer an active user. "
                    "Check the filter and save it again under your own name.",
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
                    "%(user)s, who wrote the filter, is not allowed to read "
                    "%(records)s.",
                    user=model.env.user.name,
                    records=model._description,
                )
            )

    # Filters and paths

    def _read_filter(self, text, model, names=None, uid=None):
        """Return the domain that a text means, as its author may ask it.

        :param model: the model that is asked, from ``_as_author``
        :param names: values that the filter may name, such as ``date_from``
        :param uid: the id of the user whom `uid` stands for
        :raises UserFilterError: it is no filter, or asks for what may not be read
        """
        try:
            domain = Domain(parse(text or "[]", self._filter_clock(uid), names))
        except FilterError as error:
            raise UserFilterError(self._filter_refusal(error)) from None
        self._check_domain(domain, model)
        return domain

    @api.model
    def _filter_clock(self, uid=None):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        return Clock(now, gettz(zone) or UTC, uid)

    def _filter_refusal(self, error):
        reasons = {
            "syntax": self.env._("It is not a list of conditions."),
            "length": self.env._("It is too long."),
            "depth": self.env._("It has too many levels of brackets."),
            "values": self.env._("It has too many values."),
            "name": self.env._("It uses an unknown name."),
            "expression": self.env._("It uses an expression that is not allowed."),
            "call": self.env._("It uses a function that is not allowed."),
            "argument": self.env._("It calls a function with a wrong argument."),
            "condition": self.env._(
                "A condition needs a field, an operator and a value."
            ),
            "operator": self.env._("It uses an unknown operator."),
            "path": self.env._("It uses a name that no field can have."),
            "date": self.env._("It uses a date or duration that is out of range."),
        }
        if not error.position:
            return self.env._("The filter is not valid. %s", reasons[error.code])
        return self.env._(
            "The filter is not valid at position %(position)s. %(reason)s",
            position=error.position,
            reason=reasons[error.code],
        )

    def _check_domain(self, domain, model):
        """Check every field on the paths of a domain and of the domains in it."""
        for condition in domain.iter_conditions():
            if isinstance(condition.field_expr, str):
                end = self._read_path(condition.field_expr, model)
                if isinstance(condition.value, Domain):
                    self._check_domain(condition.value, end)

    def _read_path(self, path, model):
        """Check each field on a path, and return the model at its end, or None.

        :raises UserFilterError: a field does not exist, or its reader may not read it
        """
        try:
            names = check_path(path).split(".")
        except FilterError as error:
            raise UserFilterError(self._filter_refusal(error)) from None
        while names:
            field = self._readable_field(names.pop(0), model, path)
            if field.type in DIVISIBLE_TYPES:
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
        # One message for both: whether a hidden field exists is told to nobody.
        if field is None or not model._has_field_access(field, "read"):
            self._refuse_path(path, model)
        return field

    def _refuse_path(self, path, model):
        raise UserFilterError(
            self.env._(
                "“%(path)s”: %(records)s has no such field, or %(user)s, who wrote the "
                "filter, is not allowed to read it.",
                path=path,
                records=model._description,
                user=model.env.user.name,
            )
        )
