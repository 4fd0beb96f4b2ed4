"""Web server for a database, on this machine only."""

import os
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

from . import odoo
from .log import WorkshopError, step
from .process import stop

DEFAULT_PORT = "8069"
START_SECONDS = 120
# They log errors when Odoo's paid services cannot be reached, which is harmless.
ONLINE_SERVICES = ("odoo.addons.iap", "odoo.addons.partner_autocomplete")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def checked_port():
    """Return the port to serve on, checked before the long work begins."""
    text = os.environ.get("PORT") or DEFAULT_PORT
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise WorkshopError(f"PORT={text} is not a port number.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise WorkshopError(f"Port {port} needs root; use one over 1023.") from None
        except OSError:
            raise WorkshopError(_in_use(port)) from None
    return port


def _in_use(port):
    other = port % 60000 + 1
    return f"Port {port} is in use. Choose another one, for example: PORT={other}"


@contextmanager
def served(env, name, port, *options):
    """Run a web server on the database and yield its process and address."""
    args = (
        f"--http-port={port}",
        f"--db-filter=^{name}$",
        "--log-level=warn",
        *options,
    )
    quiet = [f"--log-handler={logger}:CRITICAL" for logger in ONLINE_SERVICES]
    line = [str(arg) for arg in odoo.command(env, name, *args, *quiet)]
    child = subprocess.Popen(line, env=env, cwd=odoo.neutral_folder())
    address = f"http://127.0.0.1:{port}"
    try:
        with step("Web server"):
            _wait_for(child, address)
        yield child, address
    finally:
        stop(child)


def _wait_for(child, address):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        if _answers(f"{address}/web/health"):
            return
        time.sleep(0.2)
    raise WorkshopError("Odoo's web server did not start; see above.")


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False
