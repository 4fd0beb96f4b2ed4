"""Demo company: Odoo's demo data, the addon, its main job and the web client."""

import os
import signal
from contextlib import contextmanager

from . import databases, mail, odoo
from .log import log, step
from .paths import ADDON, REPO, SCRIPTS, addons
from .process import follow
from .web import served

JOB = SCRIPTS / "workshop" / "demo_job.py"
SETTINGS = SCRIPTS / "workshop" / "demo_server.py"
# Background jobs, such as those that send statements, run as in a real company.
WITH_JOBS = "--max-cron-threads=1"


def demo(env, port, then_serve=True):
    """Run the clerk's main job without a browser, then serve the web client."""
    with database(env, "demo", with_bridges()) as name:
        failed = script(env, name, JOB)
        if failed or not then_serve:
            return failed
        return _serve_until_stopped(env, name, port)


def serve(env, port):
    with database(env, "serve", with_bridges()) as name:
        return _serve_until_stopped(env, name, port)


def shell(env):
    """Open a Python prompt with ``env`` on demo data, or run a piped script."""
    with database(env, "shell") as name, _interrupt_only_child():
        args = ("--no-http", "--log-level=warn", "--shell-interface=python")
        return odoo.follow_odoo(env, name, *args, verb=("shell",))


def with_bridges():
    """Return whether the user asks for the bridges, too, and the apps they need."""
    return os.environ.get("BRIDGES") == "1"


@contextmanager
def database(env, purpose, bridges=False):
    """Provide a private database with demo data and the addon freshly installed."""
    modules = ",".join(each.name for each in (addons() if bridges else [ADDON]))
    with databases.fresh(env, purpose, True, bridges) as name:
        with step(f"Install {modules} with demo data in {name}"):
            odoo.install(env, name, modules, demo=True)
        yield name


def script(env, name, path, folders=(REPO,)):
    """Run a Python file with ``env`` of the database and return its exit code."""
    options = ("--no-http", "--log-level=error")
    line = odoo.command(env, name, *options, verb=("shell",), addons=folders)
    with open(path) as source:
        return follow(*line, stdin=source, env=env, cwd=odoo.neutral_folder())


def _serve_until_stopped(env, name, port):
    with mail.kept(name) as (folder, mail_port), _interrupt_only_child():
        log("\n    Logins; the password is the login:")
        where = {"WEB_ADDRESS": f"http://127.0.0.1:{port}", "MAIL_PORT": str(mail_port)}
        if failed := script({**env, **where}, name, SETTINGS):
            return failed
        with served(env, name, port, WITH_JOBS) as (child, address):
            log(f"\n    {address}/odoo")
            log(f"    Mails are not sent, but kept in {folder}")
            log("    Press Ctrl-C to stop it and to remove the database.\n")
            child.wait()
    return 0


@contextmanager
def _interrupt_only_child():
    """Let only the child react to Ctrl-C, so that we can clean up after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
