"""``python3 -m workshop VERB``: what the Makefile calls."""

import os
import signal
import sys

from . import odoo, postgres, system
from .place import forget_run, is_last, user_lock
from .say import Sentence, say


def with_tools(work):
    """Do work that needs Odoo and Python but no database."""
    system.provide(own_server=False, own_odoo=not os.environ.get("ODOO_HOME"))
    return work()


def with_server(work):
    """Do work that needs Odoo and a database server; it gets their environment."""
    own_odoo = not os.environ.get("ODOO_HOME")
    system.provide(own_server=postgres.is_private(), own_odoo=own_odoo)
    return work(odoo.environment(postgres.server()))


def demo(_user):
    from . import demo, web

    port = web.checked_port()
    serves = os.environ.get("SERVE", "1") != "0"
    return with_server(lambda env: demo.demo(env, port, serves))


def serve(_user):
    from . import demo, web

    port = web.checked_port()
    return with_server(lambda env: demo.serve(env, port))


def shell(_user):
    from . import demo

    return with_server(demo.shell)


def test(_user):
    from . import suite

    narrow, jobs = os.environ.get("T", ""), os.environ.get("J", "")
    return with_server(lambda env: suite.test(env, narrow, jobs))


def test_core(_user):
    from . import core_tests

    return with_server(core_tests.compare)


def samples(_user):
    from . import samples

    return with_server(samples.make)


def screenshots(_user):
    from . import screenshots

    return with_server(screenshots.take)


def bench_worklist(_user):
    from . import bench

    return with_server(bench.worklist)


def bench_audit(_user):
    from . import bench

    return with_server(bench.audit)


def bench_statement(_user):
    from . import bench

    return with_server(bench.statement)


def lint(_user):
    from . import lint

    return with_tools(lint.lint)


def reformat(_user):
    from . import lint

    return with_tools(lint.reformat)


def pot(_user):
    from . import pot

    return with_server(lambda env: pot.pot(env, os.environ.get("CHECK") == "1"))


def wheel(_user):
    from . import wheel

    return with_tools(wheel.to_dist)


def prove_wheel(_user):
    from . import wheel

    return with_server(wheel.prove)


def lock(_user):
    from . import node, peers, python_env

    python_env.lock()
    peers.lock()
    node.lock()


def clean(user):
    from . import clean

    clean.clean(user)


VERBS = {
    "bench-audit": bench_audit,
    "bench-statement": bench_statement,
    "bench-worklist": bench_worklist,
    "clean": clean,
    "demo": demo,
    "format": reformat,
    "lint": lint,
    "lock": lock,
    "pot": pot,
    "prove-wheel": prove_wheel,
    "samples": samples,
    "screenshots": screenshots,
    "serve": serve,
    "shell": shell,
    "test": test,
    "test-core": test_core,
    "wheel": wheel,
}


def main(words):
    if len(words) != 1 or words[0] not in VERBS:
        raise Sentence(f"Say one of: {' '.join(VERBS)}")
    with user_lock() as user:
        try:
            return VERBS[words[0]](user) or 0
        finally:
            forget_run()
            if is_last(user):
                postgres.stop()


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
