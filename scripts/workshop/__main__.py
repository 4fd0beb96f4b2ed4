"""Command line, ``python3 -m workshop VERB``, called by the Makefile."""

import os
import signal
import sys

from . import odoo, postgres, system
from .log import WorkshopError, log
from .paths import is_last_user, remove_run_files, user_lock


def with_tools(work):
    """Call ``work()`` with Odoo and Python set up, without a database."""
    system.ensure(own_server=False, own_odoo=not os.environ.get("ODOO_HOME"))
    return work()


def with_server(work):
    """Call ``work(env)`` with Odoo and a database server set up."""
    own_odoo = not os.environ.get("ODOO_HOME")
    system.ensure(own_server=postgres.is_private(), own_odoo=own_odoo)
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


def test_odoo(_user):
    from . import suite

    narrow = os.environ.get("T", "")
    return with_server(lambda env: suite.test_odoo(env, narrow))


def check_install(_user):
    from . import install_check

    return with_server(install_check.check)


def check_tests(_user):
    from . import suite

    return with_server(suite.check_tests)


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


def bench_pad(_user):
    from . import bench

    return with_server(bench.pad)


def bench_check(_user):
    from . import bench

    return with_server(bench.check)


def bench_idle(_user):
    from . import bench

    return with_server(bench.idle)


def bench_receipt(_user):
    from . import bench

    return with_server(bench.receipt)


def bench_report(_user):
    from . import bench

    return with_server(bench.ageing)


def bench_statement(_user):
    from . import bench

    return with_server(bench.statement)


def soak(_user):
    from . import bench

    return with_server(bench.soak)


def attack(_user):
    from . import attack

    return with_server(attack.attack)


def lint(_user):
    from . import lint

    return with_tools(lint.lint)


def reformat(_user):
    from . import lint

    return with_tools(lint.reformat)


def mutate(_user):
    from . import mutate

    narrow, jobs = os.environ.get("T", ""), os.environ.get("J", "")
    return with_tools(lambda: mutate.mutate(odoo.environment({}), narrow, jobs))


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
    from . import mutate, node, peers, python_env

    python_env.lock()
    peers.lock()
    mutate.lock()
    node.lock()


def clean(user):
    from . import clean

    clean.clean(user)


VERBS = {
    "attack": attack,
    "bench-audit": bench_audit,
    "bench-check": bench_check,
    "bench-idle": bench_idle,
    "bench-pad": bench_pad,
    "bench-receipt": bench_receipt,
    "bench-report": bench_report,
    "bench-statement": bench_statement,
    "bench-worklist": bench_worklist,
    "check-install": check_install,
    "check-tests": check_tests,
    "clean": clean,
    "demo": demo,
    "format": reformat,
    "lint": lint,
    "lock": lock,
    "mutate": mutate,
    "pot": pot,
    "prove-wheel": prove_wheel,
    "samples": samples,
    "screenshots": screenshots,
    "serve": serve,
    "shell": shell,
    "soak": soak,
    "test": test,
    "test-core": test_core,
    "test-odoo": test_odoo,
    "wheel": wheel,
}


def main(args):
    if len(args) != 1 or args[0] not in VERBS:
        raise WorkshopError(f"Unknown verb; use one of: {' '.join(VERBS)}")
    with user_lock() as user:
        try:
            return VERBS[args[0]](user) or 0
        finally:
            remove_run_files()
            if is_last_user(user):
                postgres.stop()


def _terminate(*_):
    """Unwind on a signal, so that databases and servers of this process are removed."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGHUP, _terminate)
    try:
        sys.exit(main(sys.argv[1:]))
    except WorkshopError as error:
        log(f"\n{error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
