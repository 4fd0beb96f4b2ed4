from collections.abc import Mapping

from odoo import api, models, tools
from odoo.exceptions import AccessError, ValidationError

from ...rules.input_value import misfit
from .context_defaults import without_defaults
from .gate import is_of_ours, only_one

# Zero is a value for them.
NEVER_EMPTY = ("boolean", "integer", "float", "monetary")
# Chatter and activities are written by their own methods, which check who may.
CHATTER = ("mail.message", "mail.activity", "mail.followers")
LISTS = ("one2many", "many2many")


class ClerkChecked(models.AbstractModel):
    """Fields whose values are checked before anything is done with them.

    Browsers and other programs may send anything for a field. Core's conversion then
    fails with an error of Python or of the database; here, whoever sent it gets a
    sentence. Values of our own code, which runs as superuser, are not checked.

    **How to use**: inherit it. A model of another app lists the fields to check in
    ``_checked_fields``; otherwise all are. A ``create`` or ``write`` that looks at
    values before it calls ``super()`` calls ``_check_inputs(vals_list)`` or
    ``_check_input(vals)`` first.
    """

    _name = "clerk.checked"
    _description = "Checked Values"

    _checked_fields = frozenset()
    # What ``create`` of a model of another app takes besides values of fields.
    _extra_values = frozenset()
    # A file in static/import with examples of rows to import.
    _import_template = ""

    @api.model_create_multi
    def create(self, vals_list):
        """:raises ValidationError: a value does not fit its field"""
        # Nothing to create needs no right, as in core.
        if vals_list:
            self.browse().check_access("create")
        self._check_inputs(vals_list)
        named = (
            self
            if self._passes_check()
            else without_defaults(self, self._derived_names())
        )
        return super(ClerkChecked, named).create(vals_list)

    def write(self, vals):
        """:raises ValidationError: a value does not fit its field"""
        if self:
            self.browse().check_access("write")
        self._check_inputs([vals])
        self._check_emptied(vals)
        return super().write(vals)

    @api.model
    def get_import_templates(self):
        """Return the template that the import screen offers for download."""
        if not self._import_template:
            return []
        return [
            {
                "label": self.env._("Import Template: %s", self._description),
                "template": f"/invoicing_clerk/static/import/{self._import_template}",
            }
        ]

    @api.model
    def default_get(self, fields):
        """:raises ValidationError: a default in the context does not fit its field

        Defaults of derived fields are meant for another record, such as the document
        of a line.
        """
        prefix, derived = "default_", self._derived_names()
        self._check_input(
            {
                name.removeprefix(prefix): value
                for name, value in self.env.context.items()
                if name.startswith(prefix)
                and name.removeprefix(prefix) in self._fields.keys() - derived
            }
        )
        named = without_defaults(self, derived)
        return super(ClerkChecked, named).default_get(fields)

    def onchange(self, values, field_names, fields_spec):
        """:raises ValidationError: a value does not fit its field"""
        if not isinstance(values, Mapping):
            raise ValidationError(self._refuse_shape())
        # Forms of other apps hold values of other types, such as the totals of taxes.
        names = self._checked_names() | (values.keys() - self._fields.keys())
        sent = {name: values[name] for name in names & values.keys()}
        around = {
            name for name, value in sent.items() if self._is_form_around(name, value)
        }
        self._check_values_of(
            self, {name: sent[name] for name in sent.keys() - around}, saves=False
        )
        for name in around:
            comodel = self.env[self._fields[name].comodel_name]
            if unknown := values[name].keys() - comodel._fields.keys():
                raise ValidationError(self._refuse_unknown(comodel, unknown))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        """Check the right to read many2many fields, too, which core does not."""
        name = groupby_spec.split(":")[0].split(".")[0]
        if name in self._fields:
            self._check_field_access(self._fields[name], "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _check_caller(self):
        """Check who calls a public method.

        :raises AccessError: the records cannot be read
        """
        self.check_access("read")

    def ensure_one(self):
        """:raises UserError: none or several records are given, of a model of ours"""
        if is_of_ours(self._original_module):
            return only_one(self)
        return super().ensure_one()

    @api.model
    def _is_form_around(self, name, value):
        """Return whether a browser sends the values of the form around a row."""
        field = self._fields.get(name)
        is_link = field is not None and field.type == "many2one"
        return is_link and isinstance(value, Mapping)

    @api.model
    @tools.ormcache(cache="stable")
    def _checked_names(self):
        """Return the names of the fields to check."""
        return self._declared("_checked_fields") or frozenset(self._fields)

    @api.model
    @tools.ormcache("attribute", cache="stable")
    def _declared(self, attribute):
        """Return what all classes of the model declare together."""
        return frozenset().union(
            *(vars(each).get(attribute, ()) for each in type(self).mro())
        )

    @api.model
    @tools.ormcache(cache="stable")
    def _derived_names(self):
        """Return the names of stored fields that only their computation sets."""
        return frozenset(
            name
            for name in self._checked_names()
            if self._fields[name].store
            and self._fields[name].compute
            and self._fields[name].readonly
        )

    @api.model
    def _never_by_default(self):
        """Return the names of fields that have no defaults kept by people."""
        return self._derived_names()

    def _passes_check(self):
        """Return whether our own code writes."""
        return self.env.su

    @api.model
    def _check_inputs(self, vals_list):
        """Check the values of new records.

        :raises ValidationError: a value does not fit its field
        """
        for vals in vals_list:
            self._check_input(vals)
        self._check_linked(vals_list)

    @api.model
    def _check_input(self, vals):
        """
        :raises ValidationError: a value does not fit its field
        :raises AccessError: a field is derived from others
        """
        if self._passes_check():
            return
        if not isinstance(vals, Mapping):
            raise ValidationError(self._refuse_shape())
        self._check_values_of(
            self, {name: vals[name] for name in self._checked_names() & vals.keys()}
        )
        known = self._fields.keys() | self._declared("_extra_values")
        if unknown := vals.keys() - known:
            raise ValidationError(self._refuse_unknown(self, unknown))
        if derived := self._derived_names() & vals.keys():
            raise AccessError(
                self.env._(
                    "You are not allowed to change %(field)s of %(record)s: it is "
                    "derived from other fields.",
                    record=self._description,
                    field=self._fields[min(derived)]._description_string(self.env),
                )
            )

    def _check_emptied(self, vals):
        """:raises ValidationError: a required field is emptied"""
        if self._passes_check():
            return
        for name in self._checked_names() & vals.keys():
            field = self._fields[name]
            if field.required and field.type not in NEVER_EMPTY and not vals[name]:
                raise ValidationError(self._refuse_value(field, "required"))

    @api.model
    def _check_values_of(self, model, vals, saves=True):
        """Check values, also of records that are made along with them.

        :param saves: off for the rows of a form, whose values are for the screen
        """
        if unknown := vals.keys() - model._fields.keys():
            raise ValidationError(self._refuse_unknown(model, unknown))
        for name, value in vals.items():
            field = model._fields[name]
            options = field.get_values(self.env) if field.type == "selection" else ()
            code = misfit(field.type, value, options)
            if value and field.type in LISTS and field.comodel_name in CHATTER:
                code = "chatter"
            if code:
                raise ValidationError(self._refuse_value(field, code))
            if field.type in LISTS:
                self._check_commands(model.env[field.comodel_name], value, saves)

    @api.model
    def _check_commands(self, comodel, commands, saves):
        for command in commands or ():
            if isinstance(command, list | tuple) and isinstance(command[-1], Mapping):
                vals = command[-1]
                if unknown := vals.keys() - comodel._fields.keys():
                    raise ValidationError(self._refuse_unknown(comodel, unknown))
                self._check_values_of(comodel, vals if saves else {})

    @api.model
    def _refuse_shape(self):
        return self.env._("Values must be given as pairs of field and value.")

    @api.model
    def _refuse_unknown(self, model, names):
        return self.env._(
            "%(record)s has no field “%(field)s”.",
            record=model._description,
            field=min(map(str, names))[:60],
        )

    @api.model
    def _refuse_value(self, field, code):
        reasons = {
            "boolean": self.env._("enter yes or no"),
            "text": self.env._("enter text"),
            "character": self.env._("the text has a character that cannot be stored"),
            "length": self.env._("the text is too long"),
            "number": self.env._("enter a number"),
            "size": self.env._("the number is too large"),
            "date": self.env._("enter a date"),
            "year": self.env._("the date is out of range"),
            "option": self.env._("select one of the options"),
            "record": self.env._("select an existing record"),
            "records": self.env._("select existing records"),
            "link": self.env._("select a record that you have access to"),
            "file": self.env._("upload a file"),
            "file_size": self.env._("the file is too large"),
            "required": self.env._("a value is required"),
            "chatter": self.env._("use the chatter of the record"),
        }
        return self.env._(
            "%(record)s, %(field)s: %(reason)s.",
            record=self.env[field.model_name]._description,
            field=field._description_string(self.env),
            reason=reasons[code],
        )
