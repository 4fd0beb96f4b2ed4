"""A web server for a database, on this machine only."""

import os
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

from . import odoo
from .say import Sentence, step

DEFAULT_PORT = "8069"
START_SECONDS = 120
# They complain whenever Odoo's paid services cannot be reached, which is harmless.
OUTSIDE_WORLD = ("odoo.addons.iap", "odoo.addons.partner_autocomplete")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
            raise Sentence(_in_use(int(word))) from None
    return int(word)


def _in_use(port):
    other = port % 60000 + 1
    return f"Port {port} is in use. Choose another one, for example: PORT={other}"


@contextmanager
def served(env, name, port):
    """A web server on the database: yields its process and address, and ends it."""
    words = (f"--http-port={port}", f"--db-filter=^{name}$", "--log-level=warn")
    hushed = [f"--log-handler={logger}:CRITICAL" for logger in OUTSIDE_WORLD]
    line = [str(word) for word in odoo.command(env, name, *words, *hushed)]
    child = subprocess.Popen(line, env=env, cwd=odoo.neutral())
    address = f"http://127.0.0.1:{port}"
    try:
        with step("Web server"):
            _wait_for(child, address)
        yield child, address
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
