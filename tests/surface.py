"""Methods, fields, filters and routes that the addon offers to callers from outside.

Used by the tests, and by `make attack`, which loads this file alone on a served
database. Nothing is listed by hand: what a module adds is found here too.
"""

import inspect
from typing import NamedTuple

from odoo.models import BaseModel, is_model_definition

ADDON = "invoicing_clerk"


class Method(NamedTuple):
    """A method that callers from outside may call by its name."""

    model: str
    name: str
    needs: int
    takes: int
    of_model: bool


def models_of_ours(env):
    """Return the names of all models that the addon defines and that hold records."""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module == ADDON and not model._abstract
    )


def public_methods(env):
    """Return every public method that the addon defines, in any model.

    Those of the ORM, such as ``create``, are not among them: fields are attacked
    through them. Nor are methods of core that we extend: they keep core's checks.
    """
    found = {}
    for name, model in env.registry.items():
        if model._abstract and not name.startswith("report."):
            continue
        for each in model.mro():
            if not is_model_definition(each) or each._module != ADDON:
                continue
            for method in _own_methods(each, model):
                found[name, method.name] = method._replace(model=name)
    return [found[key] for key in sorted(found)]


def _own_methods(definition, model):
    for name, value in vars(definition).items():
        if name.startswith("_") or not inspect.isfunction(value):
            continue
        method = getattr(model, name)
        if hasattr(BaseModel, name) or _is_private(model, name):
            continue
        if _is_of_core(model, name):
            continue
        parameters = list(inspect.signature(value).parameters.values())[1:]
        places = [each for each in parameters if each.kind < each.VAR_POSITIONAL]
        needed = sum(each.default is each.empty for each in places)
        of_model = getattr(method, "_api_model", False)
        yield Method("", name, needed, len(places), of_model)


def _is_of_core(model, name):
    """Return whether we only extend a method that core offers and checks."""
    return any(
        name in vars(each)
        for each in model.mro()
        if is_model_definition(each) and not (each._module or ADDON).startswith(ADDON)
    )


def _is_private(model, name):
    return any(
        getattr(getattr(each, name, None), "_api_private", False)
        for each in model.mro()
    )


def fields_on_core_models(env):
    """Return (model, field) for what the addon adds to models of other apps."""
    return [
        (name, field)
        for name, model in sorted(env.registry.items())
        if not model._abstract
        and not model._transient
        and model._original_module != ADDON
        for field in model._fields.values()
        if _is_added(env, field)
    ]


def _is_added(env, field):
    source = field.related_field if field.inherited else field
    definitions = [
        each._module
        for each in env.registry[source.model_name].mro()
        if source.name in vars(each) and is_model_definition(each)
    ]
    return set(definitions) == {ADDON}


def filter_fields(env):
    """Return (model, field) for the texts that name fields of other models."""
    kind = env.registry["clerk.filtered"]
    return [
        (name, field)
        for name, model in sorted(env.registry.items())
        if issubclass(model, kind) and not model._abstract
        for field in sorted(env[name]._declared("_filter_fields"))
        if model._fields[field].type == "char"
    ]


def written_fields(model):
    """Return the fields of a model whose values a caller may send."""
    return [
        field
        for field in model._fields.values()
        if field.name not in ("id", "create_uid", "create_date", "write_uid")
        and field.name not in ("write_date", "display_name")
        and (field.store or field.inverse)
        and not field.inherited
    ]


def guarded_fields(env):
    """Return (model, field) for what only steps and computations set."""
    kind = env.registry["clerk.checked"]
    found = []
    for name, model in sorted(env.registry.items()):
        if not issubclass(model, kind) or model._abstract:
            continue
        records = env[name]
        names = set(records._derived_names())
        if issubclass(model, env.registry["clerk.guarded"]):
            names |= records._guarded_names()
        found += [(name, each) for each in sorted(names & model._fields.keys())]
    return found


def routes(env):
    """Return (path, methods, kind) of every route of the addon."""
    found = set()
    for rule in env["ir.http"].routing_map().iter_rules():
        endpoint = rule.endpoint
        # The function of the last module that extends the route.
        if f".{ADDON}." in getattr(endpoint, "func", endpoint).__module__ + ".":
            methods = rule.methods or {"GET", "POST"}
            kind = endpoint.routing.get("type", "http")
            found.add((rule.rule, tuple(sorted(methods - {"OPTIONS", "HEAD"})), kind))
    return sorted(found)
