from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import SQL, config


def _on_server(statement):
    with db_connect("postgres").cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute(statement)


def _loaded(name):
    """Load modules as a server does: while tests run, loading looks for tests too."""
    testing = config["test_enable"]
    config["test_enable"] = False
    try:
        return Registry.new(name)
    finally:
        config["test_enable"] = testing


def current_database():
    names = config["db_name"]
    return names if isinstance(names, str) else names[0]


@contextmanager
def copied_database(name):
    """A copy of a database, for tests whose transactions must really meet.

    Yields the registry of the copy; what is committed there goes with it. Odoo's own
    runner holds the lock of registries while it runs tests, and each thread would wait
    for it; core's test cases replace it in the same way.
    """
    copy = f"{name}_copy"
    close_db(name)
    names = {"copy": SQL.identifier(copy), "name": SQL.identifier(name)}
    _on_server(SQL("CREATE DATABASE %(copy)s TEMPLATE %(name)s", **names))
    try:
        registry = _loaded(copy)
        with patch.object(Registry, "_lock", DummyRLock()):
            yield registry
    finally:
        Registry.delete(copy)
        close_db(copy)
        _on_server(SQL("DROP DATABASE %(copy)s WITH (FORCE)", copy=names["copy"]))


@contextmanager
def transaction(registry, uid=SUPERUSER_ID):
    """A transaction of its own connection; commits when the block ends well."""
    with registry.cursor() as cr:
        yield api.Environment(cr, uid, {})
