import ast
from pathlib import Path

from psycopg2.errors import IntegrityError, SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

import odoo.addons.invoicing_clerk as addon
from odoo.addons.invoicing_clerk.models.mixin.attempt import (
    attempt,
    attempt_in_parts,
    reason_of,
)

ADDON = Path(addon.__file__).parent
BROAD = {"Exception", "BaseException", "Error", "DatabaseError"}


@tagged("post_install", "-at_install")
class TestAttempt(TransactionCase):
    """One part of a batch fails alone, and says why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Before"})

    def _rename_and_raise(self, error):
        self.partner.name = "After"
        raise error

    def _attempt(self, error):
        return attempt(self.env, lambda: self._rename_and_raise(error))

    def test_success(self):
        self.assertIsNone(attempt(self.env, lambda: self.partner.write({"name": "A"})))
        self.assertEqual(self.partner.name, "A")
        self.assertIsNone(reason_of(None))

    @mute_logger("odoo.addons.invoicing_clerk.models.mixin.attempt")
    def test_failure_is_undone(self):
        for error, reason in (
            (UserError("One.\nTwo."), "One.\nTwo."),
            (ValueError("One.\nTwo."), "One."),
            (ValueError(), "ValueError"),
        ):
            with self.subTest(repr(error)):
                self.assertEqual(reason_of(self._attempt(error)), reason)
                self.assertEqual(self.partner.name, "Before")

    @mute_logger("odoo.sql_db", "odoo.addons.invoicing_clerk.models.mixin.attempt")
    def test_the_transaction_goes_on_after_an_error_of_the_database(self):
        error = attempt(self.env, lambda: self.env.cr.execute("SELECT 1 / 0"))
        self.assertEqual(reason_of(error), "division by zero")
        self.partner.name = "Goes on"
        self.partner.flush_recordset()

    def test_a_conflict_is_raised(self):
        with self.assertRaises(SerializationFailure):
            self._attempt(SerializationFailure())

    @mute_logger("odoo.sql_db")
    def test_pending_changes_are_not_of_the_part(self):
        """Would have caught a match whose error could not be written, so that the next
        one was refused with "current transaction is aborted"."""
        done = []
        with self.assertRaises(IntegrityError), self.env.cr.savepoint(flush=False):
            self.partner.write({"name": False, "type": "contact"})
            attempt(self.env, lambda: done.append(True))
        self.assertFalse(done)

    def test_nothing_else_catches_whatever_happens_in_a_savepoint(self):
        for path in ADDON.rglob("*.py"):
            if "tests" in path.parts or path.name == "attempt.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Try) and "savepoint(" in ast.unparse(node):
                    caught = {
                        ast.unparse(each).rsplit(".", 1)[-1]
                        for handler in node.handlers
                        for each in getattr(handler.type, "elts", [handler.type])
                    }
                    with self.subTest(f"{path.name}:{node.lineno}"):
                        self.assertFalse(caught & BROAD)


@tagged("post_install", "-at_install")
class TestAttemptInParts(TransactionCase):
    """A batch is split until each record that fails is alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": name} for name in "ABCDEFGH"]
        )

    def _do(self, part):
        """Mark the partners, then fail if a bad one is among them."""
        self.attempted.append("".join(part.mapped("name")))
        for partner in part:
            partner.ref = f"{partner.ref or ''}+"
        if bad := part.filtered(lambda each: each.name in self.bad):
            raise UserError(",".join(bad.mapped("name")))

    def _settle(self, names, bad, **options):
        """Return what was yielded, by names: the reason, or None."""
        self.attempted, self.bad = [], bad
        partners = self.partners.filtered(lambda each: each.name in names)
        return [
            ("".join(part.mapped("name")), reason_of(error))
            for part, error in attempt_in_parts(partners, self._do, **options)
        ]

    def test_halves(self):
        """Table: names, bad ones -> what was attempted, in this order, and outcomes."""
        for names, bad, attempted, settled in (
            ("", "", "", []),
            ("A", "", "A", [("A", None)]),
            ("A", "A", "A", [("A", "A")]),
            ("ABCDEFGH", "", "ABCDEFGH", [("ABCDEFGH", None)]),
            ("AB", "AB", "AB A B", [("A", "A"), ("B", "B")]),
            ("ABC", "C", "ABC A BC B C", [("A", None), ("B", None), ("C", "C")]),
            (
                *("ABCDEFGH", "CG", "ABCDEFGH ABCD AB CD C D EFGH EF GH G H"),
                [
                    *(("AB", None), ("C", "C"), ("D", None)),
                    *(("EF", None), ("G", "G"), ("H", None)),
                ],
            ),
        ):
            with self.subTest(names=names, bad=bad):
                self.partners.ref = False
                self.assertEqual(self._settle(names, bad), settled)
                self.assertEqual(self.attempted, attempted.split())
                marks = {each.name: each.ref for each in self.partners if each.ref}
                self.assertEqual(marks, dict.fromkeys(set(names) - set(bad), "+"))

    def test_what_failed_can_be_tried_again(self):
        self._settle("ABCDEFGH", "C")
        self.assertEqual(self._settle("C", ""), [("C", None)])
        self.assertEqual(set(self.partners.mapped("ref")), {"+"})

    def test_other_parts(self):
        settled = self._settle("ABCD", "B", split=list)
        self.assertEqual(self.attempted, ["ABCD", "A", "B", "C", "D"])
        self.assertEqual(dict(settled), {"A": None, "B": "B", "C": None, "D": None})

    def test_an_error_of_all_is_not_searched_for(self):
        errors = []

        def is_of_all(error):
            errors.append(str(error))
            return str(error) == "C"

        settled = self._settle("ABCD", "AC", is_of_all=is_of_all)
        self.assertEqual(settled, [("A", "A"), ("B", None), ("CD", "C")])
        self.assertEqual(errors, ["A,C", "A", "C"])
        self.assertEqual([bool(each.ref) for each in self.partners[:4]].count(True), 1)

    def test_an_error_is_written_before_the_next_part(self):
        self.attempted, self.bad = [], "AB"
        for part, error in attempt_in_parts(self.partners[:2], self._do):
            part.street = f"{self.attempted[-1]}: {error}"
        self.env.invalidate_all()
        self.assertEqual(self.partners[:2].mapped("street"), ["A: A", "B: B"])

    def test_a_conflict_is_raised(self):
        def conflict(part):
            raise SerializationFailure()

        with self.assertRaises(SerializationFailure):
            list(attempt_in_parts(self.partners, conflict))
