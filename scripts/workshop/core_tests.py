"""Odoo's own tests of what the addon touches, with the addon and without it.

Both runs use the same prepared database and go on at the same time; the addon is at
fault for each test that fails, or no longer runs, only when it is installed.
"""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from . import databases, odoo
from .place import ADDON, cache
from .say import Sentence, say, step
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
        having = stack.enter_context(databases.fresh(env, "corewith"))
        with step(f"Install {ADDON.name} in {having}"):
            odoo.install(env, having)
        with step(f"Odoo's tests of {len(TAGS)} subjects, twice"):
            before, after = map(_outcome, _logs_of(env, (without, having)))
    _judge(before, after)


def _logs_of(env, names):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda name: _log_of(env, name), names))


def _log_of(env, name):
    """Run the tests in Odoo's own runner; the log tells all, the exit code little."""
    port = free_port()
    words = (f"--test-tags={','.join(TAGS)}", "--stop-after-init", "--log-level=info")
    line = odoo.command(env, name, *words, f"--http-port={port}")
    # Kept, for whoever wants to know why a test broke.
    target = cache() / f"{name.rstrip('_0123456789')}.log"
    with open(target, "w") as log:
        words = [str(word) for word in line]
        options = {"env": env, "cwd": odoo.neutral(), "stderr": subprocess.STDOUT}
        subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, **options)
    return target.read_text(errors="replace")


def _outcome(log):
    """Which tests ran, and which of them, or of their classes' set-ups, broke."""
    ran = {f"{addon}:{name}" for addon, _module, name in STARTED.findall(log)}
    broken = {_plain_name(title) for title in BROKEN.findall(log)}
    return ran, broken


def _plain_name(title):
    """A subtest's title names its test; a set-up's names its class."""
    found = NAME.search(title)
    return found[0] if found else title.strip()


def _judge(before, after):
    (ran_before, broken_before), (ran_after, broken_after) = before, after
    for how, (ran, broken) in {"without": before, "with": after}.items():
        say(f"           {how} the addon: {len(ran)} ran, {len(broken)} broke")
    worse = [f"broken by it: {name}" for name in sorted(broken_after - broken_before)]
    worse += [f"not run with it: {name}" for name in sorted(ran_before - ran_after)]
    if not ran_before:
        worse.append("no test ran at all")
    if worse:
        raise Sentence("\n".join(worse))
    known = ", ".join(sorted(broken_before)) or "none"
    say(f"           broken either way: {known}")
