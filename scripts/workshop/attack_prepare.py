"""Logins of strangers, records of all models and the list of what can be attacked.

For ``odoo shell`` on the demo company. Everything found is written to the file that
the variable ``ATTACK_PLAN`` names.
"""

import importlib.util
import json
import os
from contextlib import suppress
from pathlib import Path

from psycopg2 import DatabaseError

from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, mute_logger

TESTS = Path(os.environ["ATTACK_TESTS"])
PEOPLE = {"stranger": "base.group_user", "visitor": "base.group_portal"}
ROLES = ("clerk", "supervisor", "auditor")
RECORDS = 2
# Columns of a copied record that are not those of the original.
REPLACED = ("id", "company_id", "access_token", "external_id")


def load(name):
    """Import a module of the tests alone, without the tests."""
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def add_people(env):
    """Create a user without a role of ours and a portal user, each with a password."""
    customer = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1
    )
    for login, group in PEOPLE.items():
        user = env["res.users"].create(
            {
                "name": login.title(),
                "login": login,
                "password": login,
                "group_ids": [Command.set(env.ref(group).ids)],
            }
        )
        if login == "visitor":
            user.partner_id.parent_id = customer.commercial_partner_id


def add_foreign_records(env, surface):
    """Copy a record of each model to a company that nobody of the roles may see.

    By SQL, as most may be made by steps only; what may not exist twice is left out.
    """
    other = env["res.company"].create({"name": "Another Company"})
    for name in surface.models_of_ours(env):
        model = env[name]
        field = model._fields.get("company_id")
        if model._transient or not model._auto or not (field and field.store):
            continue
        columns = [
            each.name
            for each in model._fields.values()
            if each.column_type and each.store and each.name not in REPLACED
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        with suppress(DatabaseError), env.cr.savepoint(), mute_logger("odoo.sql_db"):
            env.cr.execute(
                SQL(
                    "INSERT INTO %(table)s (%(names)s, company_id)"
                    " SELECT %(names)s, %(company)s FROM %(table)s ORDER BY id LIMIT 1",
                    table=SQL.identifier(model._table),
                    names=names,
                    company=other.id,
                )
            )
    env.invalidate_all()


def records_of(env, model, company):
    """Return ids of records of a company, and of records that belong to others."""
    records, fields = env[model].with_context(active_test=False), env[model]._fields
    if "company_id" not in fields or not fields["company_id"]._description_searchable:
        return records.search([], limit=RECORDS).ids, []
    own = [("company_id", "in", [company.id, False])]
    others = [("company_id", "not in", [company.id, False])]
    return (
        records.search(own, limit=RECORDS, order="id").ids,
        records.search(others, limit=1, order="id").ids,
    )


def describe(env, surface, model):
    company = env.ref("base.main_company")
    own, others = records_of(env, model, company)
    return {
        "own": own,
        "others": others,
        "transient": env[model]._transient,
        "auto": env[model]._auto,
        "table": env[model]._table,
        "fields": {
            field.name: field.type for field in surface.written_fields(env[model])
        },
        "links": {
            field.name: field.comodel_name
            for field in env[model]._fields.values()
            if field.type == "many2one" and field.name not in MAGIC_COLUMNS
        },
    }


def rights(model, about):
    """Return what a user may do with a model, as they have it in their environment."""
    others = model.browse(about["others"])
    return {
        "write": model.has_access("write"),
        "create": model.has_access("create"),
        # Odoo has no rule by company for some models, and shows all of their records.
        "see_others": bool(others) and others.has_access("read"),
    }


def lists(env, names):
    """Return each list of records of ours in a record of ours, with an example."""
    for name in names:
        for field in env[name]._fields.values():
            if field.type != "one2many" or field.comodel_name not in names:
                continue
            inverse = env[field.comodel_name]._fields.get(field.inverse_name)
            if not inverse or not inverse.store or inverse.type != "many2one":
                continue
            lines = env[field.comodel_name].with_context(active_test=False)
            line = lines.search([(inverse.name, "!=", False)], order="id", limit=1)
            if line:
                parent = line[inverse.name].id
                yield name, field.name, field.comodel_name, parent, line.id


def plan(env):
    surface = load("surface")
    methods = surface.public_methods(env)
    names = {*surface.models_of_ours(env), *(method.model for method in methods)}
    names |= {model for model, _field in surface.fields_on_core_models(env)}
    stored = [name for name in sorted(names) if not env[name]._abstract]
    reports = (
        env["ir.actions.report"]
        .search([])
        .filtered(
            lambda report: report.get_external_id()[report.id].startswith(
                "invoicing_clerk"
            )
        )
    )
    roles = {who: env.ref(f"invoicing_clerk.demo_user_{who}") for who in ROLES}
    models = {name: describe(env, surface, name) for name in stored}
    access = {
        who: {name: rights(env[name].with_user(user), models[name]) for name in stored}
        for who, user in roles.items()
    }
    return {
        "access": access,
        "ours": surface.models_of_ours(env),
        "models": models,
        "methods": [method._asdict() for method in methods],
        "core_fields": [
            (model, field.name, field.type, bool(field.store), bool(field.search))
            for model, field in surface.fields_on_core_models(env)
        ],
        "filters": surface.filter_fields(env),
        "guarded": surface.guarded_fields(env),
        "lists": [*lists(env, [name for name in stored if name.startswith("clerk.")])],
        "routes": surface.routes(env),
        "reports": [(each.report_name, each.model) for each in reports],
    }


add_people(env)
add_foreign_records(env, load("surface"))
env.cr.commit()
Path(os.environ["ATTACK_PLAN"]).write_text(json.dumps(plan(env)))
