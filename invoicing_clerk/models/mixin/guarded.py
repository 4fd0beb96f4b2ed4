from odoo import api, models, tools
from odoo.exceptions import AccessError

from .context_defaults import without_all_defaults, without_defaults

# Marks writes of our own code. No caller from outside can send these very objects, as
# it could send any other value of a context.
_INSIDE = object()
# For one create or write that adds to the values of a caller: records that are written
# along with it, by commands among these values, are checked by their own guard.
_INSIDE_ONCE = object()


class ClerkGuarded(models.AbstractModel):
    """Fields that only the steps of a model set, regardless of who writes them and how.

    **How to use**

    1. Inherit it, before the model that is extended or any other mixin, so that the
       guard comes first::

           _inherit = ["clerk.guarded", "account.move.line"]
           _guarded_fields = frozenset({"corrected_line_id"})

       Each class that extends the model declares its own ``_guarded_fields``; all of
       them count. Where nearly everything is guarded, declare ``_writable_fields``
       instead: all other fields are guarded then, except those of chatter and
       activities. Where our code alone makes the records, set ``_guards_all``.
       Stored read-only fields that are computed or related are guarded by
       themselves; in models of other apps, those that are computed from guarded ones.
       ``_final_fields`` are given when a record is created, and never changed.
    2. Steps write through ``self._inside()``, and hand on records without it. Access
       rights still hold: ``_inside`` is not ``sudo``.
    3. A ``create`` that adds guarded values to those of the caller checks those of the
       caller first::

           inside = self._check_create(vals_list)
           records = super(ClerkPromise, inside).create(completed)
           return records.with_env(self.env)

       A ``write`` that does so calls ``_check_guarded(vals)``, and then writes through
       ``self._inside_once()``: commands for lines among the values stay guarded.

    4. ``_guard_hint`` says what to do instead of writing the field.

    A write or create from outside raises ``AccessError``; defaults in the context and
    copied values of guarded fields are dropped. The superuser passes, as code that
    calls ``sudo()`` is ours; ``_guards_superuser`` changes that. Guards that depend on
    the record or the user extend ``_forged``.
    """

    _name = "clerk.guarded"
    _description = "Guarded Fields"
    _inherit = "clerk.checked"

    _guarded_fields = frozenset()
    _writable_fields = frozenset()
    _final_fields = frozenset()
    _guards_all = False
    # Off for models of other apps, whose computed fields may be given a value.
    _guards_computed = True
    _guards_superuser = False

    # Which fields

    @api.model
    @tools.ormcache(cache="stable")
    def _guarded_names(self):
        """Return the names of all fields that only steps set."""
        names = self._declared_guarded()
        return names | {
            name
            for name, field in self._fields.items()
            if field.store
            and field.compute
            and field.readonly
            and (self._guards_computed or not names.isdisjoint(self._sources(field)))
        }

    @api.model
    def _sources(self, field):
        """Return the names of fields of the model that a field is computed from."""
        depends = self.env.registry.field_depends[field]
        return {path.split(".")[0] for path in depends}

    @api.model
    def _declared_guarded(self):
        names = self._declared("_guarded_fields")
        writable = self._declared("_writable_fields")
        if writable or self._guards_all:
            names |= self._fields.keys() - writable - self._chatter_names()
        return names

    @api.model
    def _chatter_names(self):
        chatter = ("mail.thread", "mail.activity.mixin")
        return set().union(*(self.env[name]._fields for name in chatter))

    # Steps

    def _inside(self):
        """Return the same records for writes by a step.

        Defaults that a caller sends along are dropped: what a step does not set stays
        empty, in the records that it creates and in those created along with them.
        """
        plain = without_all_defaults(self)
        return plain.with_context(**self._inside_context())

    @api.model
    def _inside_context(self):
        return {"clerk_inside": _INSIDE}

    def _inside_once(self):
        """Return the same records for one write of checked values of a caller."""
        return (
            self if self._is_inside() else self.with_context(clerk_inside=_INSIDE_ONCE)
        )

    def _is_inside(self):
        return self.env.context.get("clerk_inside") in (_INSIDE, _INSIDE_ONCE)

    def _passes_check(self):
        return self._is_inside() or super()._passes_check()

    def _beyond_guard(self):
        """Return the same records for what is written along with them."""
        if self.env.context.get("clerk_inside") is _INSIDE_ONCE:
            return self.with_context(clerk_inside=None)
        return self

    # The guard

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a guarded field is given"""
        for vals in vals_list:
            self._check_guarded(vals, creates=True)
        # Here too, so that records made along with it do not get them either.
        named = self._without_forged_defaults()._beyond_guard()
        return super(ClerkGuarded, named).create(vals_list)

    def write(self, vals):
        """:raises AccessError: a guarded field is given"""
        self._check_guarded(vals)
        return super(ClerkGuarded, self._beyond_guard()).write(vals)

    @api.model
    def default_get(self, fields):
        named = self._without_forged_defaults()
        return super(ClerkGuarded, named).default_get(fields)

    def copy_data(self, default=None):
        """A copy goes through the steps anew."""
        data = super().copy_data(default)
        if self._passes_guard():
            return data
        dropped = self._guarded_names() - (default or {}).keys()
        return [
            {name: value for name, value in vals.items() if name not in dropped}
            for vals in data
        ]

    @api.model
    def _check_create(self, vals_list):
        """Check what a caller gives, and return the model for creating more than that.

        :raises AccessError: a guarded field is given
        """
        for vals in vals_list:
            self._check_guarded(vals, creates=True)
        self._check_linked(vals_list)
        return self._without_forged_defaults()._inside_once()

    def _check_guarded(self, vals, creates=False):
        """:raises AccessError: names the guarded fields, and what to do instead"""
        if self._passes_guard():
            return
        if forged := self._forged(vals, creates):
            raise AccessError(self._refuse_change(forged))
        self._check_input(vals)
        if not creates:
            self._check_linked([vals])

    def _passes_guard(self):
        return self._is_inside() or (self.env.su and not self._guards_superuser)

    def _forged(self, vals, creates):
        """Return the names among these values that the caller cannot give."""
        names = self._guarded_names()
        if not creates:
            names |= self._declared("_final_fields")
        return names & vals.keys()

    def _refuse_change(self, names):
        labels = (
            self._fields[name]._description_string(self.env) for name in sorted(names)
        )
        refusal = self.env._(
            "You are not allowed to change %(fields)s of %(record)s.",
            fields=", ".join(labels),
            record=self[:1].display_name or self._description,
        )
        return f"{refusal} {self._guard_hint()}".strip()

    @api.model
    def _guard_hint(self):
        """Return a sentence that says what to do instead."""
        return ""

    @api.model
    def _never_by_default(self):
        return super()._never_by_default() | self._guarded_names()

    @api.model
    def _without_forged_defaults(self):
        """Return the same records without defaults that would pass the guard."""
        return self if self._is_inside() else without_defaults(self, self._forgeable())

    @api.model
    def _forgeable(self):
        """Return the names of fields whose defaults in the context are dropped."""
        return self._guarded_names()
