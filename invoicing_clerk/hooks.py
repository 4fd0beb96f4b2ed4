import logging

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

MODULE = "invoicing_clerk"

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Let PostgreSQL gather statistics of the columns and indexes that were added.

    It does so by itself only when a tenth of a table has changed, which takes months on
    a large ledger. Until then, it would read the whole table for what an index finds.
    """
    for table in _extended_tables(env):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _extended_tables(env):
    """Return the tables of other modules that have columns or indexes of ours."""
    return sorted(
        {
            model._table
            for model in env.registry.values()
            if model._original_module != MODULE
            and model._auto
            and not model._abstract
            and _extends(model)
        }
    )


def _extends(model):
    columns = (field for field in model._fields.values() if field.column_type)
    return any(field.store and MODULE in field._modules for field in columns) or any(
        each._module == MODULE for each in model._table_objects.values()
    )


def uninstall_hook(env):
    """Remove what would keep demo data and tables from being removed.

    Only documents of the demo data are deleted, with the payments, notes and entries
    that were made for them. Those of the company stay. What bridges leave goes, too.
    """
    _release_followup(env)
    _remove(env, f"{MODULE}%")


def uninstall_bridge(env, module):
    """Remove the same of a bridge, which may be uninstalled alone."""
    _remove(env, module)


def _remove(env, module):
    """
    :param module: a name, or a pattern of several
    """
    invoices = _demo(env, module, "account.move")
    payments = _demo(env, module, "account.payment") | _payments_of(invoices)
    payments |= _loaded_with_demo(env, module, "account.payment")
    notes = _notes_of(invoices) | _entries_loaded_with_demo(env, module)
    notes -= invoices | payments.move_id
    models = _models(env, module)
    _drop_keys(env, module, models)
    _clear_links(env, module, models)
    _empty_tables(env, models)
    _delete_sequences(env, models)
    _delete_metadata(env, module, models)
    _delete_demo_log(env, module)
    try:
        with env.cr.savepoint():
            _delete_documents(notes, payments, invoices)
    except UserError as error:
        # Such as a locked period. The addon goes, and what it was tried with stays.
        _logger.info("Documents of the demo data are kept: %s", error)
    _forget_ranks(env)


def _release_followup(env):
    """Clear the flag *No Follow-Up* where we have set it."""
    env["clerk.followup.hold"]._release()


def _demo(env, module, model):
    """Return the records of a model that the demo data created."""
    names = env["ir.model.data"].search(
        [
            ("module", "=like", module),
            ("model", "=", model),
            ("name", "=like", "demo_%"),
        ]
    )
    return env[model].browse(names.mapped("res_id")).exists()


def _loaded_with_demo(env, module, model):
    """Return the records that steps of the demo data created, such as the payments of a
    posted batch, which have no name.

    They have the moment of the transaction in which it was loaded.
    """
    rows = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE create_date IN (%s)",
            SQL.identifier(env[model]._table),
            _moments_of_demo(module),
        )
    )
    return env[model].browse(record_id for (record_id,) in rows)


def _entries_loaded_with_demo(env, module):
    """Return the entries; exchange differences go with their reconciliations."""
    entries = _loaded_with_demo(env, module, "account.move")
    partials = env["account.partial.reconcile"].search(
        [("exchange_move_id", "in", entries.ids)]
    )
    return entries - partials.exchange_move_id


def _moments_of_demo(module):
    return SQL(
        """SELECT create_date FROM ir_model_data
            WHERE module LIKE %s AND name LIKE 'demo\\_%%'""",
        module,
    )


def _payments_of(invoices):
    """Return payments that settle these invoices and no others."""
    payments = invoices.matched_payment_ids | invoices.reconciled_payment_ids
    return payments.filtered(
        lambda payment: not payment.reconciled_invoice_ids - invoices
    )


def _notes_of(invoices):
    """Return the documents and entries that corrections made for these invoices."""
    return invoices.search(
        Domain("corrected_move_id", "in", invoices.ids)
        | Domain("reversed_entry_id", "in", invoices.ids)
        | Domain("debit_origin_id", "in", invoices.ids)
    )


def _delete_documents(moves, payments, invoices):
    """Delete payments and entries; Odoo deletes the invoices, which have names.

    Exchange differences between invoices and credit notes of the demo data are among
    the entries, and go only once these are released.
    """
    moves |= payments.move_id | _release(payments.move_id | moves | invoices)
    payments.action_draft()
    payments.with_context(force_delete=True).unlink()
    moves = moves.exists()
    moves.filtered(lambda move: move.state != "draft").button_draft()
    moves.with_context(force_delete=True).unlink()


def _forget_ranks(env):
    """Discard what Odoo would count for customers after the commit.

    By then, those of the demo data are deleted, and so are the columns that our checks
    of a customer read.
    """
    for field in ("customer_rank", "supplier_rank"):
        key = f"account.res.partner.increase_rank.{field}"
        env.cr.postcommit.data.get(key, {}).clear()


def _release(moves):
    """Undo the reconciliations; return exchange differences and their reversals."""
    items = moves.line_ids
    partials = items.matched_debit_ids | items.matched_credit_ids
    exchange = partials.exchange_move_id
    items.remove_move_reconcile()
    exchange |= exchange.search([("reversed_entry_id", "in", exchange.ids)])
    exchange.line_ids.remove_move_reconcile()
    return exchange


def _drop_keys(env, module, models):
    """Drop the foreign keys of our tables, and of our columns of other tables.

    Some of them keep records that Odoo deletes before the tables and columns, such as
    users, and records that our demo data has made.
    """
    env.flush_all()
    tables = _tables(models)
    columns = [f"{table}.{field.name}" for table, field in _links(env, module)]
    keys = env.execute_query(
        SQL(
            """SELECT conrelid::regclass::text, conname FROM pg_constraint
                 JOIN pg_class ON pg_class.oid = conrelid
                 JOIN pg_attribute
                   ON attrelid = conrelid AND attnum = conkey[1]
                WHERE contype = 'f' AND (
                    relname = ANY(%s) OR relname || '.' || attname = ANY(%s))""",
            tables,
            columns,
        )
    )
    for table, name in keys:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def _clear_links(env, module, models):
    """Empty our columns of other tables that lead to our rows, which go next."""
    own, tables = {model._name for model in models}, _tables(models)
    for table, field in _links(env, module):
        if field.comodel_name in own and table not in tables:
            name = SQL.identifier(field.name)
            env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE %s IS NOT NULL",
                    *(SQL.identifier(table), name, name),
                )
            )


def _links(env, module):
    """Return the many2one fields that only these modules define, with their tables."""
    return {
        (model._table, field)
        for model in env.registry.values()
        if model._auto and not model._abstract
        for field in model._fields.values()
        if field.type == "many2one" and field.store and _is_of(field, module)
    }


def _is_of(field, module):
    """Return whether only these modules define a field."""
    return bool(field._modules) and all(_fits(each, module) for each in field._modules)


def _fits(name, module):
    """Return whether a module is the one, or one of those of a pattern."""
    if module.endswith("%"):
        return name.startswith(module.removesuffix("%"))
    return name == module


def _tables(models):
    return [model._table for model in models if model._auto and not model._abstract]


def _empty_tables(env, models):
    """Delete the rows of our tables, which are dropped themselves afterwards."""
    for table in _tables(models):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
    # Such as the ids of engagements, whose evidence nobody deletes.
    env.registry.clear_all_caches()


def _delete_sequences(env, models):
    """Delete the sequences of companies, which have no name in this module."""
    numbered = env["res.company"]._numbered_models()
    codes = [model._name for model in models if model._name in numbered]
    sequences = env["ir.sequence"].with_context(active_test=False)
    sequences.search([("code", "in", codes)]).unlink()


def _models(env, module):
    """Return the classes of our models; those of the bridges go with the addon."""
    return [
        model
        for model in env.registry.values()
        if _fits(model._original_module or "", module)
    ]


def _delete_metadata(env, module, models):
    """Delete what Odoo leaves: names that other modules gave to parts of our models,
    and foreign keys that go with their columns."""
    own, names = module.removesuffix("%"), [model._name for model in models]
    for model, table, condition in (
        (
            "ir.model.fields.selection",
            "ir_model_fields_selection",
            "field_id IN (SELECT id FROM ir_model_fields WHERE model = ANY(%s))",
        ),
        (
            "ir.model.inherit",
            "ir_model_inherit",
            "model_id IN (SELECT id FROM ir_model WHERE model = ANY(%s))",
        ),
    ):
        env.cr.execute(
            SQL(
                """DELETE FROM ir_model_data WHERE module <> %s AND model = %s
                    AND res_id IN (SELECT id FROM %s WHERE %s)""",
                own,
                model,
                SQL.identifier(table),
                SQL(condition, names),
            )
        )
    env.cr.execute(
        SQL(
            """DELETE FROM ir_model_constraint WHERE type = 'f' AND module IN (
                SELECT id FROM ir_module_module WHERE name = %s)""",
            own,
        )
    )


def _delete_demo_log(env, module):
    """Delete messages and activities on Odoo's own records that the demo data made."""
    for table in ("mail_message", "mail_activity"):
        env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE create_date IN (%s)",
                SQL.identifier(table),
                _moments_of_demo(module),
            )
        )
    env.invalidate_all()
