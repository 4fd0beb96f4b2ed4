"""A company to play with: Odoo's demo data, the addon, its main job, the web client."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

from . import databases, odoo
from .place import ADDON, SCRIPTS
from .say import Sentence, follow, say, step

JOB = SCRIPTS / "workshop" / "demo_job.py"
LOGINS = ("clerk", "supervisor", "auditor")
DEFAULT_PORT = "8069"
START_SECONDS = 120


def demo(env, port, then_serve=True):
    """Show the clerk's main job headless, then serve the web client."""
    with database(env, "demo") as name:
        if JOB.exists():
            code = script(env, name, JOB)
            if code:
                return code
        return serve_until_stopped(env, name, port) if then_serve else 0


def serve(env, port):
    with database(env, "serve") as name:
        return serve_until_stopped(env, name, port)


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


def checked_port():
    """The port to serve on, known to be free before the long work begins."""
    word = os.environ.get("PORT") or DEFAULT_PORT
    if not word.isdigit() or not 0 < int(word) < 65536:
        raise Sentence(f"PORT={word} is not a port number.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(word)))
        except PermissionError:
            raise Sentence(f"Port {word} is for root; choose one over 1023.") from None
        except OSError:
            raise Sentence(
                f"Port {word} is in use. Choose another one, for example: "
                f"PORT={int(word) % 60000 + 1}"
            ) from None
    return int(word)


def serve_until_stopped(env, name, port):
    with served(env, name, port) as (child, address), _left_to_child():
        logins = ", ".join(LOGINS)
        say(f"\n    {address}\n    log in as {logins} or admin; password = login")
        say("    Ctrl-C ends it and removes the database.\n")
        child.wait()
    return 0


@contextmanager
def served(env, name, port):
    """A web server on the database: yields its process and address, and ends it."""
    words = (f"--http-port={port}", f"--db-filter=^{name}$", "--log-level=warn")
    line = [str(word) for word in odoo.command(env, name, *words)]
    child = subprocess.Popen(line, env=env, cwd=odoo.neutral())
    address = f"http://127.0.0.1:{port}"
    try:
        with step("Web server"):
            _wait_for(child, address)
        yield child, f"{address}/odoo"
    finally:
        child.terminate()
        child.wait()


def _wait_for(child, address):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        if _answers(f"{address}/web/health"):
            return
        time.sleep(0.2)
    raise Sentence("Odoo's web server did not start; its messages stand above.")


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def _left_to_child():
    """Let the child alone answer Ctrl-C, so that we are there to clean up after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
