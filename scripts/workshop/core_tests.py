"""Odoo's own tests of the models that the addon extends, with and without the addon.

Both runs start from the same prepared database and run in parallel. A test that fails
only with the addon, or runs only without it, is a failure of the addon.
"""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from . import databases, odoo
from .log import WorkshopError, log, step
from .paths import ADDON, cache
from .web import free_port

CLASSES = (
    # invoices and refunds
    "TestAccountMove",
    "TestAccountMoveOutInvoiceOnchanges",
    "TestAccountMoveOutRefundOnchanges",
    "TestAccountMoveInInvoiceOnchanges",
    "TestAccountMoveInRefundOnchanges",
    "TestAccountMoveInalterableHash",
    "TestInvoiceTaxes",
    "TestAccountPartner",
    # payment register
    "TestAccountPaymentRegister",
    "TestAccountPayment",
    "TestAccountPaymentItems",
    "TestAccountMovePaymentsWidget",
    "TestAccountEarlyPaymentDiscount",
    # reconciliation
    "TestAccountMoveReconcile",
)
TAGS = [*(f"/account:{name}" for name in CLASSES), "/account_debit_note"]
STARTED = re.compile(r" odoo\.addons\.(\w+)\.tests\.(\w+): Starting (\w+\.\w+) ")
BROKEN = re.compile(r" ERROR \S+ odoo\.addons\.[\w.]+: (?:FAIL|ERROR): (.*)")
NAME = re.compile(r"\w+\.test_\w+")


def compare(env):
    with ExitStack() as stack:
        without = stack.enter_context(databases.fresh(env, "corewithout"))
        with_addon = stack.enter_context(databases.fresh(env, "corewith"))
        with step(f"Install {ADDON.name} in {with_addon}"):
            odoo.install(env, with_addon)
        with step(f"Odoo's tests of {len(TAGS)} subjects, twice"):
            before, after = map(_outcome, _logs_of(env, (without, with_addon)))
    _judge(before, after)


def _logs_of(env, names):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda name: _log_of(env, name), names))


def _log_of(env, name):
    """Run the tests in Odoo's runner and return its log."""
    port = free_port()
    args = (f"--test-tags={','.join(TAGS)}", "--stop-after-init", "--log-level=info")
    line = odoo.command(env, name, *args, f"--http-port={port}")
    # Kept, to find out why a test failed.
    target = cache() / f"{name.rstrip('_0123456789')}.log"
    with open(target, "w") as log:
        args = [str(arg) for arg in line]
        options = {
            "env": env,
            "cwd": odoo.neutral_folder(),
            "stderr": subprocess.STDOUT,
        }
        subprocess.run(args, stdin=subprocess.DEVNULL, stdout=log, **options)
    return target.read_text(errors="replace")


def _outcome(log):
    """Return the tests that ran, and the tests or class set-ups that failed."""
    ran = {f"{addon}:{name}" for addon, _module, name in STARTED.findall(log)}
    broken = {_plain_name(title) for title in BROKEN.findall(log)}
    return ran, broken


def _plain_name(title):
    """Return the test of a subtest's title, or the class of a set-up's."""
    found = NAME.search(title)
    return found[0] if found else title.strip()


def _judge(before, after):
    (ran_before, broken_before), (ran_after, broken_after) = before, after
    for how, (ran, broken) in {"without": before, "with": after}.items():
        log(f"           {how} the addon: {len(ran)} ran, {len(broken)} failed")
    worse = [f"fails with it: {name}" for name in sorted(broken_after - broken_before)]
    worse += [f"not run with it: {name}" for name in sorted(ran_before - ran_after)]
    if not ran_before:
        worse.append("no test ran at all")
    if worse:
        raise WorkshopError("\n".join(worse))
    known = ", ".join(sorted(broken_before)) or "none"
    log(f"           failing either way: {known}")
