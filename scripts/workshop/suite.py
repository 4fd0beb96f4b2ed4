"""Test suite, on a real Odoo and Chromium: by pytest, or by Odoo's own runner."""

import os
import re
import shlex
from pathlib import Path

from . import databases, demo, odoo, python_env
from .log import WorkshopError, log, step
from .paths import ADDON, REPO, SCRIPTS, addons, bridges, cache
from .process import follow, run
from .web import free_port

# Through the link inside the addon, so that modules get the names Odoo gives them.
TESTS = f"{ADDON.name}/tests"
PLUGINS = ("worker_files", "true_durations", "tour_assets")
# Makes once what each class of tests needs.
PREPARE = SCRIPTS / "workshop" / "prepare_tests.py"
# Apps without which some tests of bridges have fewer cases.
BESIDE = ("loyalty",)
# The last line of Odoo's runner.
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
TEST_ID = re.compile(r"^(\S+)\.py::(\w+)::(\w+)$", re.MULTILINE)


def test(env, narrow="", jobs=""):
    """Run all tests, or those that ``narrow`` names: paths, node ids or a ``-k``.

    The tests of the addon run without the apps that its bridges join it with.
    """
    bridged = " ".join(f"{bridge.name}/tests" for bridge in bridges())
    if any(word.startswith(f"{ADDON.name}_") for word in shlex.split(narrow)):
        return _test(env, _modules(), narrow, jobs)
    failed = _test(env, ADDON.name, narrow, jobs)
    if narrow or not bridged:
        return failed
    return _test(env, _modules(), bridged, jobs or _cores()) or failed


def _modules():
    """Return the addons to install, and apps that their tests make documents with."""
    return ",".join([*(addon.name for addon in addons()), *BESIDE])


def _test(env, modules, narrow, jobs):
    chosen = selection(narrow)
    bridged = modules != ADDON.name
    with databases.fresh(env, "test", bridges=bridged) as database:
        with step(f"Install {modules} in {database}"):
            odoo.install(env, database, modules)
            if failed := demo.script(env, database, PREPARE):
                return failed
        log("")
        return follow(
            *_pytest(env, database, "--durations=5", "--odoo-http"),
            *(*_workers(narrow, jobs), *chosen),
            cwd=REPO,
            env=_with_plugins(env),
        )


def _pytest(env, database, *options):
    plugins = [f"-pworkshop.{name}" for name in PLUGINS]
    settings = (f"--odoo-config={odoo.config(env, [REPO])}", "--odoo-log-level=error")
    start = (python_env.python(), "-m", "pytest", f"--odoo-database={database}")
    return [*start, *settings, *plugins, *options]


def _with_plugins(env):
    """Return the environment in which Python finds our plugins of pytest too."""
    path = os.pathsep.join(filter(None, (env.get("PYTHONPATH"), str(SCRIPTS))))
    return {**env, "PYTHONPATH": path}


def _workers(narrow, jobs):
    """Use one worker for a narrow run: each costs a database and a start of Odoo."""
    count = jobs or ("1" if narrow else _cores())
    # In their own order: the largest classes first would leave the slowest ones, which
    # have a single test, to the end, for one worker.
    order = ("--dist=loadscope", "--no-loadscope-reorder")
    return [] if count == "1" else ["-n", count, *order]


def _cores():
    return str(os.cpu_count() or 1)


def selection(narrow):
    """Return pytest's arguments for a selection of tests.

    :raises WorkshopError: a path does not exist
    """
    words = shlex.split(narrow)
    if not words:
        return [TESTS]
    if missing := [word for word in words if "/" in word and not _is_path(word)]:
        raise WorkshopError(f"T names what does not exist: {' '.join(missing)}")
    if all(_is_path(word) for word in words):
        return [_through_link(word) for word in words]
    return [TESTS, "-k", narrow]


def _through_link(word):
    return re.sub(r"^(\./)?tests\b", TESTS, word)


def _is_path(word):
    return (REPO / Path(word.split("::")[0])).exists()


def test_odoo(env, narrow=""):
    """Run the tests in Odoo's own runner while it installs the addon, and after that.

    ``narrow`` is a class, or a test as ``TestClass.test_name``.
    """
    tags = f"/{ADDON.name}:{narrow}" if narrow else f"/{ADDON.name}"
    options = ("-i", ADDON.name, f"--test-tags={tags}", "--stop-after-init")
    server = (f"--http-port={free_port()}", "--log-level=test")
    target = cache() / "test-odoo.log"
    with databases.fresh(env, "testodoo") as database:
        line = odoo.command(env, database, *options, *server)
        with step(f"Odoo's runner, {tags}"), open(target, "w") as output:
            streams = {"stdout": output, "stderr": output}
            failed = follow(*line, env=env, cwd=odoo.neutral_folder(), **streams)
    text = target.read_text(errors="replace")
    found = SUMMARY.findall(text)
    if failed or not found or found[-1][:2] != ("0", "0") or found[-1][2] == "0":
        rows = [row for row in text.splitlines() if " ERROR " in row][-20:]
        reason = "; ".join(f"{fail} failed, {err} errors" for fail, err, _ in found)
        raise WorkshopError(
            "\n".join([*rows, reason or "no test ran", f"See {target}"])
        )
    log(f"           {found[-1][2]} tests passed in Odoo's runner")


def check_tests(env):
    """Fail unless pytest and Odoo's runner collect the same tests; run none of them."""
    with step("Collect tests with pytest and with Odoo's loader"):
        ours, theirs = _collected_by_pytest(env), _collected_by_odoo(env)
    only = [f"only pytest: {name}" for name in sorted(ours - theirs)]
    only += [f"only Odoo's runner: {name}" for name in sorted(theirs - ours)]
    if only:
        count = f"pytest collects {len(ours)} tests, Odoo's runner {len(theirs)}"
        raise WorkshopError("\n".join([*only[:40], count]))
    log(f"           {len(ours)} tests, the same in both")


def _collected_by_pytest(env):
    """Return the names of all tests; nothing connects to the database of that name."""
    tests = [f"{addon.name}/tests" for addon in addons()]
    line = _pytest(env, "none", "--collect-only", "--quiet", *tests)
    output = run(*line, cwd=REPO, env=_with_plugins(env))
    return {
        f"odoo.addons.{path.replace('/', '.')}.{test_class}.{method}"
        for path, test_class, method in TEST_ID.findall(output)
    }


def _collected_by_odoo(env):
    # Run by path, the script would find our module of the name `odoo` first.
    script = (SCRIPTS / "workshop" / "odoo_tests.py").read_text()
    start = (python_env.python(), "-", odoo.config(env, [REPO]))
    where = {"env": env, "cwd": odoo.neutral_folder(), "stdin": script}
    output = "\n".join(run(*start, addon.name, **where) for addon in addons())
    return {row for row in output.splitlines() if row.startswith("odoo.addons.")}
