"""``python3 -m workshop VERB``: what the Makefile calls."""

import os
import signal
import sys

from . import odoo, postgres, system
from .say import Sentence, say, step


def ready():
    """The machine has what we need, or says what it lacks."""
    own_odoo = not os.environ.get("ODOO_HOME")
    system.provide(own_server=postgres.is_private(), own_odoo=own_odoo)


def with_server(work):
    """Do work that needs Odoo and a database server, and return its exit code."""
    ready()
    with postgres.server() as server:
        return work(odoo.environment(server))


def test():
    from . import suite

    narrow, jobs = os.environ.get("T", ""), os.environ.get("J", "")
    return with_server(lambda env: suite.test(env, narrow, jobs))


def demo():
    from . import demo

    port = demo.checked_port()
    serves = os.environ.get("SERVE", "1") != "0"
    return with_server(lambda env: demo.demo(env, port, serves))


def serve():
    from . import demo

    port = demo.checked_port()
    return with_server(lambda env: demo.serve(env, port))


def shell():
    from . import demo

    return with_server(demo.shell)


VERBS = {"test": test, "demo": demo, "serve": serve, "shell": shell}


def main(words):
    if len(words) != 1 or words[0] not in VERBS:
        raise Sentence(f"Say one of: {' '.join(VERBS)}")
    return VERBS[words[0]]() or 0


def _end(*_):
    """Asked to end, unwind: databases and servers of this process are removed."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        sys.exit(main(sys.argv[1:]))
    except Sentence as sentence:
        say(f"\n{sentence}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
