import ast
from pathlib import Path

from psycopg2.errors import IntegrityError, SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

import odoo.addons.invoicing_clerk as addon
from odoo.addons.invoicing_clerk.models.mixin.attempt import attempt, reason_of

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
