"""Databases: prepared templates that are copied, each with its files.

A template holds what the addon depends on, and never the addon: that is installed
fresh every time. Names tell whose a database is: ``clerk_…_<process>`` belongs to a
running process, and is removed by the next run when that process is gone.
"""

import ast
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from . import odoo, odoo_source, python_env
from .place import ADDON, cache, key_of, lock
from .say import run, step

TEMPLATE = re.compile(r"clerk_template_(demo|plain|ledger)_[0-9a-f]{12}$")
OWNED = re.compile(r"clerk_[a-z]+_(\d+)(-gw\d+)?$")


def manifest():
    return ast.literal_eval((ADDON / "__manifest__.py").read_text())


def depends():
    return sorted(manifest()["depends"])


def data_dir():
    return cache() / "data"


def filestore(name):
    return data_dir() / "filestore" / name


def template(env, demo):
    """The name of a prepared database with the addon's dependencies, made if needed."""
    key = key_of(odoo_source.identity(), python_env.LOCK, depends(), demo)

    def build(aside):
        odoo.install(env, aside, ",".join(depends()), demo)

    name = f"clerk_template_{'demo' if demo else 'plain'}_{key}"
    return prepared(env, name, f"{'with' if demo else 'without'} demo data", build)


def prepared(env, name, what, build):
    """The template of a name, made by ``build(database)`` unless it is there."""
    if name in _names(env):
        return name
    with lock(f"template {what}"):
        if name not in _names(env):
            with step(f"Database template {what}"):
                _build(env, name, build)
    return name


def _build(env, name, build):
    aside = own_name("building")
    with _dropped_after(env, aside):
        build(aside)
        # The database's name is what tells that the template is whole: it comes last.
        shutil.rmtree(filestore(name), ignore_errors=True)
        if filestore(aside).exists():
            filestore(aside).rename(filestore(name))
        _sql(env, f'ALTER DATABASE "{aside}" RENAME TO "{name}"')


def own_name(purpose):
    return f"clerk_{purpose}_{os.getpid()}"


@contextmanager
def fresh(env, purpose, demo=False):
    """A copy of a template for this process alone, gone at the end of the block."""
    with fresh_copy(env, purpose, template(env, demo)) as name:
        yield name


@contextmanager
def fresh_copy(env, purpose, source):
    """As `fresh`, of any prepared database."""
    sweep(env)
    name = own_name(purpose)
    with _dropped_after(env, name):
        copy(env, source, name)
        yield name


def copy(env, source, name):
    run("createdb", "--template", source, name, env=env)
    if filestore(source).exists():
        # Odoo never writes into a stored file, it replaces it: links are safe copies.
        shutil.copytree(filestore(source), filestore(name), copy_function=_link)


def _link(source, target):
    os.link(source, target)


@contextmanager
def _dropped_after(env, name):
    # A killed process may have had our number before us.
    drop(env, name)
    try:
        yield
    finally:
        drop(env, name)


def drop(env, name):
    run("dropdb", "--if-exists", "--force", name, env=env)
    shutil.rmtree(filestore(name), ignore_errors=True)


def sweep(env):
    """Remove what runs that were killed have left."""
    for name in _names(env):
        owner = OWNED.match(name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            drop(env, name)


def drop_all():
    """On a server of others: what bears our names and no process owns."""
    sweep(os.environ)
    for name in _names(os.environ):
        if TEMPLATE.match(name):
            drop(os.environ, name)


def _names(env):
    return _sql(env, "SELECT datname FROM pg_database").split()


def _sql(env, statement):
    words = ("--no-psqlrc", "--tuples-only", "--no-align", "--dbname=postgres")
    return run("psql", *words, "--set=ON_ERROR_STOP=1", "--command", statement, env=env)
