"""Odoo: settings, environment and commands."""

import os
import threading
from pathlib import Path

from . import odoo_source, postgres, python_env
from .log import WorkshopError
from .paths import ADDON, REPO, cache, run_file
from .process import follow
from .process import run as run_silently

# For local use only: the server must not be reachable from other machines.
SETTINGS = {
    "http_interface": "127.0.0.1",
    "list_db": "False",
    "max_cron_threads": "0",
    "workers": "0",
    "admin_passwd": "admin",
}


def environment(server):
    """Return the environment variables for Odoo and for the clients of its database."""
    misleading = ("ODOO_RC", "PYTHONHOME")
    inherited = {k: v for k, v in os.environ.items() if k not in misleading}
    first = [str(python_env.bin_folder()), inherited.get("PATH", "")]
    if postgres.is_private():
        first.insert(1, str(postgres.postgres_bin()))
    return {
        **inherited,
        **server,
        "PATH": os.pathsep.join(first),
        "PYTHONPATH": str(odoo_source.home()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(cache() / "hypothesis"),
        "TZ": "UTC",
    }


def config(env, addons):
    """Write the settings to a private file and return its path."""
    from .databases import data_dir

    paths = [*odoo_source.addons_paths(), *addons]
    settings = {
        **SETTINGS,
        "data_dir": data_dir(),
        "db_host": env.get("PGHOST", ""),
        "db_port": env.get("PGPORT", ""),
        "db_user": env.get("PGUSER", ""),
        **({"addons_path": ",".join(map(str, paths))} if paths else {}),
    }
    lines = [f"{name} = {value}\n" for name, value in settings.items() if value != ""]
    target = run_file("odoo.conf")
    # Of two threads, one must not read what the other has half written.
    draft = run_file(f"odoo.conf.{threading.get_ident()}")
    draft.write_text("[options]\n" + "".join(lines))
    return draft.replace(target)


def command(env, database, *args, verb=(), python=None, addons=(REPO,)):
    """Return the command that starts Odoo on a database."""
    start = (python or python_env.python(), "-m", "odoo", *verb)
    return [*start, "-c", config(env, addons), "-d", database, *args]


def install(env, database, modules=ADDON.name, demo=False, **where):
    """Install modules, with or without demo data; fail if errors are logged."""
    args = ["-i", modules, "--stop-after-init", "--no-http", "--log-level=warn"]
    line = command(env, database, *args, *(["--with-demo"] if demo else []), **where)
    log = run_silently(*line, env=env, cwd=neutral_folder())
    bad = [row for row in log.splitlines() if " ERROR " in row or " CRITICAL " in row]
    if bad:
        raise WorkshopError("Odoo logged errors:\n" + "\n".join(log.splitlines()[-40:]))
    return log


def follow_odoo(env, database, *args, verb=()):
    """Run Odoo in the user's sight and return its exit code."""
    line = command(env, database, *args, verb=verb)
    return follow(*line, env=env, cwd=neutral_folder())


def neutral_folder():
    """Return a folder to run Odoo in; its own would shadow the standard library."""
    return Path(cache())
