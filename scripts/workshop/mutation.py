"""Mutation testing: change a rule in one place, and see whether a test notices.

Usage, in the Python environment: ``python -m workshop.mutation TOOLS JOBS FILE…``. Each
mutant runs in a fork of this process, in which Odoo's test classes are imported already
and the addon is not: no database, no change of a file, a fraction of a second for each.

A mutant is killed by the doctests of its module or of rules that import it, or by tests
that import it and derive from ``BaseCase``. A mutant that is too slow counts as killed.
"""

import ast
import difflib
import doctest
import importlib
import importlib.abc
import importlib.util
import json
import logging
import os
import re
import resource
import signal
import sys
import time
import types
from collections import defaultdict
from pathlib import Path

import freezegun  # noqa: F401  (imported once, for all forks)
import hypothesis  # noqa: F401  (likewise)

from odoo.tests import TransactionCase, loader
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

import odoo.addons

from .mutation_same import SAME
from .paths import ADDON, REPO, addons

RULES = re.compile(rf"odoo\.addons\.{ADDON.name}\w*\.rules\.")
# Bridges name their own rules from where they are.
IMPORT = re.compile(
    rf"^from (?:odoo\.addons\.{ADDON.name}\w*|\.\.+)"
    r"(?:\.?rules\S* | import rules)",
    re.M,
)
BASE_CASE = re.compile(r"^class \w+\((?:[\w.]+, )*BaseCase\)", re.M)
MEMORY = 4 * 1024**3
# One or two per expression, such as a shifted boundary and its opposite: more of the
# same kind are killed by the same examples.
OPERATORS = {
    "ReplaceComparisonOperator": (
        *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
        *(
            "Lt_LtE",
            "Lt_GtE",
            "LtE_Lt",
            "LtE_Gt",
            "Gt_GtE",
            "Gt_LtE",
            "GtE_Gt",
            "GtE_Lt",
        ),
    ),
    "ReplaceBinaryOperator": (
        *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_Mul"),
        *("Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr"),
    ),
    "ReplaceUnaryOperator": ("Delete_USub", "Delete_Not"),
    "AddNot": (),
    "ReplaceTrueWithFalse": (),
    "ReplaceFalseWithTrue": (),
    "ReplaceAndWithOr": (),
    "ReplaceOrWithAnd": (),
    "ReplaceBreakWithContinue": (),
    "ReplaceContinueWithBreak": (),
    "NumberReplacer": (),
    "ZeroIterationForLoop": (),
}


class Simplify(ast.NodeTransformer):
    """Remove annotations and ``frozen=``, whose changes have no effect on results."""

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    def visit_keyword(self, node):
        return None if node.arg == "frozen" else self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        node.annotation = ast.Name("annotation")
        return self.generic_visit(node)


def _meaning(source):
    """Return a text that is the same for sources of the same meaning, "" for none."""
    try:
        return ast.dump(Simplify().visit(ast.parse(source)))
    except SyntaxError:
        return ""


def mutants(source):
    """Return the distinct mutants of a source text that may behave differently."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    names = [
        f"core/{kind}_{pair}" if pair else f"core/{kind}"
        for kind, pairs in OPERATORS.items()
        for pair in pairs or ("",)
    ]
    seen, result = {_meaning(source), ""}, []
    for operator in [get_operator(name)() for name in names]:
        occurrence = 0
        while mutant := mutate_code(source, operator, occurrence):
            occurrence += 1
            meaning = _meaning(mutant)
            if meaning not in seen:
                seen.add(meaning)
                result.append(mutant)
    return result


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Import a mutant in place of a module."""

    def __init__(self, name, source, file):
        self.name, self.source, self.file = name, source, file

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            return importlib.util.spec_from_loader(name, self, origin=str(self.file))
        return None

    def get_source(self, name):
        return self.source


class StoppingResult(OdooTestResult):
    """Stop at the first failure."""

    def addError(self, test, err):
        super().addError(test, err)
        self.stop()

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.stop()


def passes(name):
    """Run the doctests of a rule, or the tests of a module, and return the verdict."""
    module = importlib.import_module(name)
    if RULES.match(name):
        return not doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed
    result = StoppingResult()
    tests = loader.get_module_test_cases(module)
    OdooSuite(test for test in tests if not isinstance(test, TransactionCase))(result)
    return result.wasSuccessful() and bool(result.testsRun)


def fork(work):
    """Call ``work()`` in a fork, silently; its exit code is 0 if that returns true."""
    child = os.fork()
    if child:
        return child
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = 0 if work() else 1
    except BaseException:  # noqa: BLE001  a mutant may raise anything
        code = 1
    os._exit(code)


def checks():
    """Return seconds and imported rules of each check that passes without mutation.

    Tests that need a database do not pass; failing doctests are an error.
    """
    found = {}
    for name in [*_rules(), *_pure_tests()]:
        reader, writer = os.pipe()

        def work(name=name, writer=writer):
            start = time.monotonic()
            passed = passes(name)
            used = [each for each in sys.modules if RULES.match(each)]
            os.write(writer, json.dumps([time.monotonic() - start, used]).encode())
            return passed

        child = fork(work)
        os.close(writer)
        with os.fdopen(reader) as lines:
            answer = lines.read()
        if not os.waitpid(child, 0)[1]:
            found[name] = json.loads(answer)
        elif RULES.match(name):
            sys.exit(f"The doctests of {name} fail.")
        else:
            sys.stdout.write(f"           not used, needs a database: {name}\n")
    return found


def _rules():
    return [
        _dotted(file)
        for addon in addons()
        for file in sorted((addon / "rules").rglob("*.py"))
        if file.name != "__init__.py"
    ]


def _pure_tests():
    """Return the test modules that import rules and have classes without a database.

    Without those that run the doctests of all rules: these are checks by themselves.
    """
    return [
        _dotted(file)
        for addon in addons()
        for file in _below(addon / "tests", "test_*.py")
        if file.name != "test_doctests.py"
        and IMPORT.search(text := file.read_text())
        and BASE_CASE.search(text)
    ]


def _below(folder, pattern):
    """Return the files below a folder that may be a link, by their names in it."""
    real = folder.resolve()
    return [folder / file.relative_to(real) for file in sorted(real.rglob(pattern))]


def _dotted(file):
    return ".".join(("odoo.addons", *file.relative_to(REPO).with_suffix("").parts))


def survivors(file, known, jobs):
    """Return the mutants of a file, and those that no check notices."""
    source, name = file.read_text(), _dotted(file)
    users = [check for check, (_seconds, used) in known.items() if name in used]
    users.sort(key=lambda check: (check != name, known[check][0]))
    patience = int(3 + 5 * sum(known[check][0] for check in users))
    made, running, alive = mutants(source), {}, []

    def collect():
        child, status = os.wait()
        mutant = running.pop(child)
        if not status:
            alive.append(mutant)

    for mutant in made:
        if len(running) >= jobs:
            collect()

        def work(mutant=mutant):
            signal.alarm(patience)
            sys.meta_path.insert(0, Mutated(name, mutant, file))
            return all(map(passes, users))

        running[fork(work)] = mutant
    while running:
        collect()
    return made, sorted(alive, key=made.index)


def _changes(source, mutant):
    """Return the changed lines by their numbers, as text."""
    before, after = source.splitlines(), mutant.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, start_after, end_after in matcher.get_opcodes():
        if tag != "equal":
            old = "\n".join(line.strip() for line in before[start:end])
            new = "\n".join(line.strip() for line in after[start_after:end_after])
            yield start + 1, old, new


def _print(file, made, alive, same, seconds):
    name, killed = file.relative_to(ADDON.parent), len(made) - len(alive) - len(same)
    equal = f", {len(same)} have the same results" if same else ""
    lines = [f"{seconds:7.1f} s  {name}: {killed} of {len(made)} mutants killed{equal}"]
    source, by_line = file.read_text(), defaultdict(list)
    for mutant in alive:
        for number, old, new in _changes(source, mutant):
            by_line[number, old].append(new)
    for (number, old), news in sorted(by_line.items()):
        lines.append(f"           {name}:{number}\n             - {old}")
        lines += [f"             + {new}" for new in news]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _without_effect(file, mutants):
    """Return the mutants that are listed as having the same results."""
    place = file.relative_to(REPO)
    key = str(place).removeprefix(f"{ADDON.name}/rules/")
    source, listed = file.read_text(), SAME.get(key, {})
    return [
        mutant
        for mutant in mutants
        if all(new in listed for _number, _old, new in _changes(source, mutant))
    ]


def _prepare(tools):
    """Replace the packages that would import the whole addon by empty ones."""
    sys.path.append(tools)
    logging.disable(logging.CRITICAL)
    for addon in addons():
        for folder in (addon, addon / "tests"):
            name = _dotted(folder)
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__path__ = [str(folder)]
        setattr(odoo.addons, addon.name, sys.modules[_dotted(addon)])


def main(tools, jobs, *files):
    """Print what no check notices, and return how many mutants that are."""
    _prepare(tools)
    known = checks()
    total = unnoticed = 0
    begin = time.monotonic()
    for file in map(Path, files):
        start = time.monotonic()
        made, alive = survivors(file, known, int(jobs))
        same = _without_effect(file, alive)
        alive = [mutant for mutant in alive if mutant not in same]
        _print(file, made, alive, same, time.monotonic() - start)
        total, unnoticed = total + len(made), unnoticed + len(alive)
    seconds = time.monotonic() - begin
    sys.stdout.write(
        f"{seconds:7.1f} s  {total} mutants, {unnoticed} noticed by no check\n"
    )
    return unnoticed


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
