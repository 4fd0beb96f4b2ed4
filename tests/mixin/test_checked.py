from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests import hostile
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestChecked(ClerkCommon):
    """Values that no field can hold are refused with a sentence.

    Would have caught an emptied currency of a billing error, a list for a name and a
    null byte, each of which ended in an error of Python or of the database.
    """

    def test_every_model_checks_its_values(self):
        for name, model in self.env.registry.items():
            if not name.startswith("clerk.") or model._abstract or not model._auto:
                continue
            with self.subTest(model=name):
                kind = self.env.registry["clerk.checked"]
                self.assertTrue(issubclass(model, kind))

    def test_hostile_values_of_every_type(self):
        error = self._open_error(self._posted((1, 100.0)))
        call = self.env["clerk.call"].with_user(self.clerk).create({})
        question = self.env["clerk.call.security.question"].with_user(self.supervisor)
        records = (error, error.line_ids[:1], call, question.search([], limit=1))
        count = 0
        for record in records:
            for field in record._fields.values():
                if not field.store or field.name == "id":
                    continue
                for value in (*hostile.VALUES.get(field.type, ()), *hostile.EMPTY):
                    with self.subTest(field=str(field), value=str(value)[:40]):
                        self._attack(record, field, value)
                        count += 1
        self.assertGreater(count, 500)

    def _attack(self, record, field, value):
        """Write a value, and undo it; whatever is raised must be a sentence."""
        try:
            with self.env.cr.savepoint():
                record.write({field.name: value})
                record.flush_recordset()
                raise UserError("accepted")
        # Core turns what a constraint of the database refuses into a sentence.
        except (AccessError, UserError, ValidationError, IntegrityError) as error:
            self.assertTrue(str(error))
        self.env.invalidate_all()

    def test_messages_name_the_field_and_show_no_value(self):
        error = self._open_error(self._posted((1, 100.0)))
        with self.assertRaisesRegex(
            ValidationError, "Billing Error, Description: enter text"
        ) as caught:
            error.description = ["secret"]
        self.assertNotIn("secret", str(caught.exception))

    def test_commands_defaults_and_forms_are_checked_too(self):
        error = self._open_error(self._posted((1, 100.0)))
        line = Command.update(error.line_ids[:1].id, {"claimed_quantity": "many"})
        with self.assertRaises(ValidationError):
            error.write({"line_ids": [line]})
        cases = self.env["clerk.billing.error"].with_user(self.clerk)
        with self.assertRaises(ValidationError):
            cases.with_context(default_description=["x"]).create({})
        with self.assertRaises(ValidationError):
            cases.onchange({"description": ["x"]}, ["description"], {"description": {}})

    def test_preferences_of_customers_are_checked(self):
        for value in (float("nan"), float("inf"), "many"):
            with self.assertRaises(ValidationError):
                self.partner_a.with_user(self.clerk).write({"statement_minimum": value})
