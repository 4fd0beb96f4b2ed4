"""The gate that every call of a public method of ours passes.

Whatever is public in a model can be called by its name, by anybody with a login, on
any ids. What a method reads is checked by the ORM, but not all methods read: some only
return an action, others do nothing where they get no records. Each is answered only
for people who may read its records; and where it belongs to a model of another app,
such as customers, only for people with one of our roles.

New public methods of this addon and of its bridges pass the gate by themselves.
"""

import functools
import inspect

from odoo import models
from odoo.api import NewId
from odoo.exceptions import AccessError, UserError
from odoo.models import BaseModel, is_model_definition

from .roles import READERS

ADDON = "invoicing_clerk"
# Of an integer in the database.
LARGEST_ID = 2**31 - 1


def only_one(records):
    """Return the record, where exactly one is needed.

    :raises UserError: none or several are given
    """
    if len(records) != 1:
        raise UserError(
            records.env._("Select one record: %(record)s.", record=records._description)
        )
    return records


def at_least_one(records):
    """Return the records, where there must be some.

    :raises UserError: none are given
    """
    if not records:
        raise UserError(
            records.env._(
                "Select at least one record: %(record)s.", record=records._description
            )
        )
    return records


def without_gate(method):
    """Mark a public method that checks its callers itself, by rights of its own."""
    method._checks_callers = True
    return method


class ClerkGate(models.AbstractModel):
    """Puts the gate before the public methods of all models."""

    _name = "clerk.gate"
    _description = "Gate of Public Methods"

    def _register_hook(self):
        super()._register_hook()
        for model in self.env.registry.values():
            for name in gated_methods(model):
                method = getattr(model, name)
                if not getattr(method, "_clerk_gate", False):
                    setattr(model, name, gated(method))


def gated_methods(model):
    """Return the names of public methods that only modules of ours define.

    A method of core that we extend keeps the checks of core.
    """
    ours, of_others = set(), set()
    for definition in model.mro():
        if not is_model_definition(definition) or not definition._module:
            continue
        names = {n for n, each in vars(definition).items() if is_public(n, each)}
        if is_of_ours(definition._module):
            ours |= names
        else:
            of_others |= names
    return sorted(name for name in ours - of_others if not hasattr(BaseModel, name))


def is_public(name, method):
    private = getattr(method, "_api_private", False)
    return not name.startswith("_") and inspect.isfunction(method) and not private


def is_of_ours(module):
    """Return whether a module is this addon or one of its bridges."""
    return module == ADDON or module.startswith(f"{ADDON}_")


def gated(method):
    """Return a method that checks who calls it, and calls it then."""

    signature = inspect.signature(method)
    asks = not getattr(method, "_checks_callers", False)

    @functools.wraps(method)
    def checked(self, *args, **kwargs):
        if not self.env.su:
            check_ids(self)
            if asks:
                check_caller(self)
            check_arguments(signature, self, args, kwargs)
        return method(self, *args, **kwargs)

    checked._clerk_gate = True
    return checked


def check_ids(records):
    """:raises UserError: what a program sent in place of ids cannot be any"""
    if not all(isinstance(each, NewId) or is_id(each) for each in records._ids):
        raise UserError(
            records.env._(
                "Send the IDs of records as whole numbers: %(record)s.",
                record=records._description,
            )
        )


def is_id(value):
    """Return whether a value may be the id of a record in the database."""
    return type(value) is int and abs(value) <= LARGEST_ID


def check_arguments(signature, records, args, kwargs):
    """:raises UserError: a program sent too many arguments, too few or unknown ones"""
    try:
        signature.bind(records, *args, **kwargs)
    except TypeError as error:
        raise UserError(
            records.env._(
                "This action of %(record)s takes other arguments: %(error)s.",
                record=records._description,
                error=error,
            )
        ) from error
    if any(has_half_characters(each) for each in (*args, *kwargs.values())):
        raise UserError(
            records.env._(
                "The text contains characters that cannot be stored. Remove them and "
                "try again."
            )
        )


def has_half_characters(value):
    """Return whether a text has half a pair of UTF-16, which no answer can repeat."""
    if isinstance(value, str):
        return any("\ud800" <= each <= "\udfff" for each in value)
    if isinstance(value, dict):
        return any(has_half_characters(each) for pair in value.items() for each in pair)
    return isinstance(value, list | tuple) and any(map(has_half_characters, value))


def check_caller(records):
    """
    :raises AccessError: the records cannot be read; or they belong to another app, and
        the user has none of our roles
    """
    if hasattr(records, "_check_caller"):
        records._check_caller()
    else:
        records.check_access("read")
    if is_of_ours(records._original_module):
        return
    if not records.env.user.has_groups(READERS):
        raise AccessError(
            records.env._(
                "You need the role of clerk, supervisor or auditor in Invoicing "
                "Clerk. Ask your administrator for it."
            )
        )
