"""Databases: prepared templates and their copies, each with its filestore.

A template holds the dependencies of the addon, never the addon itself, which is
installed afresh every time. ``clerk_…_<pid>`` belongs to the process of that id, and is
removed by the next run when that process is gone.
"""

import ast
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from . import oca, odoo, odoo_source, python_env
from .log import step
from .paths import ADDON, addons, cache, key_of, lock
from .process import run

TEMPLATE = re.compile(r"clerk_template_(demo|demoapps|plain|ledger)_[0-9a-f]{12}$")
OWNED = re.compile(r"clerk_[a-z]+_(\d+)(-gw\d+)?$")


def manifest(addon=ADDON):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def depends(bridges=False):
    """Return the modules that the addon needs, or the addon and all of its bridges."""
    ours = addons() if bridges else [ADDON]
    needed = {name for addon in ours for name in manifest(addon)["depends"]}
    return sorted(needed - {addon.name for addon in ours})


def data_dir():
    return cache() / "data"


def filestore(name):
    return data_dir() / "filestore" / name


def template(env, demo, bridges=False):
    """Return a prepared database with the dependencies, built if needed."""
    modules = depends(bridges)
    joined = [oca.JOINED] if bridges else []
    key = key_of(odoo_source.identity(), python_env.LOCK, *joined, modules, demo)

    def build(database):
        odoo.install(env, database, ",".join(modules), demo)

    kind = f"{'demo' if demo else 'plain'}{'apps' if bridges else ''}"
    what = f"{'with' if demo else 'without'} demo data{' of apps' if bridges else ''}"
    return prepared(env, f"clerk_template_{kind}_{key}", what, build)


def prepared(env, name, what, build):
    """Return the template ``name``, made by ``build(database)`` if missing."""
    if name in _names(env):
        return name
    with lock(f"template {what}"):
        if name not in _names(env):
            with step(f"Database template {what}"):
                _build(env, name, build)
    return name


def _build(env, name, build):
    building = own_name("building")
    with _dropped_after(env, building):
        build(building)
        # Rename the database last: its name marks the template as complete.
        shutil.rmtree(filestore(name), ignore_errors=True)
        if filestore(building).exists():
            filestore(building).rename(filestore(name))
        _sql(env, f'ALTER DATABASE "{building}" RENAME TO "{name}"')


def own_name(purpose):
    return f"clerk_{purpose}_{os.getpid()}"


@contextmanager
def fresh(env, purpose, demo=False, bridges=False):
    """Provide a private copy of a template, dropped at the end of the block."""
    with fresh_copy(env, purpose, template(env, demo, bridges)) as name:
        yield name


@contextmanager
def fresh_copy(env, purpose, source):
    """Provide a private copy of any prepared database, as `fresh` does."""
    sweep(env)
    name = own_name(purpose)
    with _dropped_after(env, name):
        copy(env, source, name)
        yield name


def copy(env, source, name):
    run("createdb", "--template", source, name, env=env)
    if filestore(source).exists():
        # Hard links are safe: Odoo replaces stored files and never modifies them.
        shutil.copytree(filestore(source), filestore(name), copy_function=_link)


def _link(source, target):
    os.link(source, target)


@contextmanager
def _dropped_after(env, name):
    # A killed process may have had the same process id.
    drop(env, name)
    try:
        yield
    finally:
        drop(env, name)


def drop(env, name):
    run("dropdb", "--if-exists", "--force", name, env=env)
    shutil.rmtree(filestore(name), ignore_errors=True)


def sweep(env):
    """Remove the databases of runs that were killed."""
    for name in _names(env):
        owner = OWNED.match(name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            drop(env, name)


def drop_all():
    """Drop all our databases that no running process owns, on a shared server."""
    sweep(os.environ)
    for name in _names(os.environ):
        if TEMPLATE.match(name):
            drop(os.environ, name)


def _names(env):
    return _sql(env, "SELECT datname FROM pg_database").split()


def _sql(env, statement):
    args = ("--no-psqlrc", "--tuples-only", "--no-align", "--dbname=postgres")
    return run("psql", *args, "--set=ON_ERROR_STOP=1", "--command", statement, env=env)
