"""Odoo: settings, environment and commands."""

import os
import re
import threading
from pathlib import Path

from . import oca, odoo_source, postgres, python_env
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
# A record of the log may have many lines.
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ [A-Z]+ )", re.M)
LEVEL = re.compile(
    r"\S+ \S+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ (?P<text>.*)", re.DOTALL
)
# The addon, its bridges and their models.
OURS = re.compile(rf"\b{ADDON.name}(_[a-z_]+)?\b|\bclerk\.[a-z]")
SHOWN = 20


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

    paths = [*odoo_source.addons_paths(), oca.joined(), *addons]
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


def install(
    env, database, modules=ADDON.name, demo=False, language=None, verb="-i", **where
):
    """Install or update modules; fail on logged errors and on warnings of ours."""
    options = [verb, modules, "--stop-after-init", "--no-http", "--log-level=warn"]
    if demo:
        options.append("--with-demo")
    if language:
        options.append(f"--load-language={language}")
    line = command(env, database, *options, **where)
    output = run_silently(*line, env=env, cwd=neutral_folder())
    if found := _warnings(output):
        shown = "\n".join(found[:SHOWN])
        raise WorkshopError(f"Odoo logged {len(found)} warnings or errors:\n{shown}")
    return output


def uninstall(env, database, *modules):
    """Uninstall modules; fail on logged errors and on warnings of ours."""
    line = command(env, database, *modules, verb=("module", "uninstall"))
    output = run_silently(*line, env=env, cwd=neutral_folder())
    if found := _warnings(output):
        shown = "\n".join(found[:SHOWN])
        raise WorkshopError(f"Odoo logged {len(found)} warnings or errors:\n{shown}")


def _warnings(output):
    """Return the logged errors, and the warnings that name the addon or its models.

    Other warnings are about Odoo's own modules, which a change here cannot mend.
    """
    # Odoo itself is in a folder that has our name.
    text = output.replace(str(cache()), "")
    return [
        record.strip()
        for record in RECORD.split(text)
        if (found := LEVEL.match(record))
        and (found["level"] != "WARNING" or OURS.search(found["text"]))
    ]


def follow_odoo(env, database, *args, verb=()):
    """Run Odoo in the user's sight and return its exit code."""
    line = command(env, database, *args, verb=verb)
    return follow(*line, env=env, cwd=neutral_folder())


def neutral_folder():
    """Return a folder to run Odoo in; its own would shadow the standard library."""
    return Path(cache())
