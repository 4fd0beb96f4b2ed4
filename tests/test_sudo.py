import ast
import re
from pathlib import Path
from textwrap import dedent

from odoo.tests import BaseCase, tagged

from odoo.addons import invoicing_clerk

ADDON = Path(invoicing_clerk.__file__).parent
REASON = re.compile(r"#.*\bsudo\b")
# Lines above the statement in which its reason may begin.
NEAR = 3


def unexplained(source):
    """Return the lines of calls of ``sudo()`` without a comment that says why.

    The comment is in the statement, or is the one right above it. To leave superuser
    mode, as ``sudo(False)`` does, needs no reason.
    """
    lines = source.splitlines()
    tree = ast.parse(source)
    parents = {
        child: parent
        for parent in ast.walk(tree)
        for child in ast.iter_child_nodes(parent)
    }
    found = []
    for node in ast.walk(tree):
        if not _is_sudo(node):
            continue
        statement = node
        while not isinstance(statement, ast.stmt):
            statement = parents[statement]
        # Of a loop or condition, only its head.
        first, last = statement.lineno - 1, node.end_lineno
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        start = max(first - NEAR, 0) if _is_head(lines, first) else first
        if not any(map(REASON.search, lines[start:last])):
            found.append(node.end_lineno)
    return sorted(found)


def _is_head(lines, first):
    """Return whether the statement follows another one without a blank line."""
    return bool(first and lines[first - 1].strip())


def _is_sudo(node):
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    is_left = node.args and getattr(node.args[0], "value", None) is False
    return node.func.attr == "sudo" and not is_left


@tagged("post_install", "-at_install")
class TestSudo(BaseCase):
    """Every use of superuser mode says why it discloses nothing.

    Six did not, of more than 200.
    """

    def test_each_has_its_reason(self):
        folders = [ADDON, *ADDON.parent.glob(f"{ADDON.name}_*")]
        files = [
            path
            for folder in folders
            for path in folder.rglob("*.py")
            if "tests" not in path.relative_to(folder).parts
        ]
        self.assertGreater(len(files), 200)
        missing = [
            f"{path.relative_to(ADDON.parent)}:{line}"
            for path in files
            for line in unexplained(path.read_text())
        ]
        self.assertFalse(missing)

    def test_the_check(self):
        for code, lines in (
            ("x = y.sudo()", [1]),
            ("# sudo: only a number.\nx = y.sudo()", []),
            ("# Only a number.\nx = y.sudo()", [2]),
            ("x = y.sudo(False)", []),
            ("x = y.sudo(True)", [1]),
            ("# sudo: names.\nx = (\n    y.a\n    .b\n    .c\n    .sudo()\n)", []),
            ("# sudo: names.\na = 1\nb = 1\nc = 1\nd = 1\nx = y.sudo()", [6]),
            ("# sudo: names.\n\n\ndef f():\n    return y.sudo()", [5]),
        ):
            self.assertEqual(unexplained(dedent(code)), lines, code)
