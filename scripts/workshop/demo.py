"""A company to play with: Odoo's demo data, the addon, its main job, the web client."""

import signal
from contextlib import contextmanager

from . import databases, odoo
from .place import ADDON, SCRIPTS
from .say import follow, say, step
from .web import served

JOB = SCRIPTS / "workshop" / "demo_job.py"
LOGINS = ("clerk", "supervisor", "auditor", "admin")


def demo(env, port, then_serve=True):
    """Show the clerk's main job headless, then serve the web client."""
    with database(env, "demo") as name:
        failed = script(env, name, JOB)
        if failed or not then_serve:
            return failed
        return _serve_until_stopped(env, name, port)


def serve(env, port):
    with database(env, "serve") as name:
        return _serve_until_stopped(env, name, port)


def shell(env):
    """A Python prompt with ``env`` on demo data; a piped script is run instead."""
    with database(env, "shell") as name, _left_to_child():
        words = ("--no-http", "--log-level=warn", "--shell-interface=python")
        return odoo.follow_odoo(env, name, *words, verb=("shell",))


@contextmanager
def database(env, purpose):
    """A database of this process with demo data and the addon freshly installed."""
    with databases.fresh(env, purpose, demo=True) as name:
        with step(f"Install {ADDON.name} with demo data in {name}"):
            odoo.install(env, name, demo=True)
        yield name


def script(env, name, path):
    """Run a Python file with ``env`` of the database at hand; returns its exit code."""
    line = odoo.command(env, name, "--no-http", "--log-level=error", verb=("shell",))
    with open(path) as source:
        return follow(*line, stdin=source, env=env, cwd=odoo.neutral())


def _serve_until_stopped(env, name, port):
    with served(env, name, port) as (child, address), _left_to_child():
        say(f"\n    {address}/odoo")
        say(f"    log in as {', '.join(LOGINS)}; the password is the login")
        say("    Ctrl-C ends it and removes the database.\n")
        child.wait()
    return 0


@contextmanager
def _left_to_child():
    """Let the child alone answer Ctrl-C, so that we are there to clean up after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
