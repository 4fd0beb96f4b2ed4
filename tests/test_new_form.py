from contextlib import suppress

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

NO_TEXT = (UserError, ValueError)
TEXTS = ("char", "text", "html")
CHOOSING = ("many2one", "many2many")


@tagged("post_install", "-at_install")
class TestNewForm(ClerkCommon):
    """Whoever may make a record can open its empty form, and choose in every field."""

    PYTHON = r"^([a-z_]+(\.\w+)*\(.*\)|\[.*\]|\{.*\}|None|False)$"
    HALF_A_NAME = r"^[\s·:,–-]|[\s·:,–-]$|^0+ |\b(by|of|for|as of|to)$|False|None"

    def _forms(self):
        """Each kind of record of ours with a form in which a role makes a new one."""
        names = sorted(name for name in self.env if name.startswith("clerk."))
        for user in (self.clerk, self.supervisor, self.auditor):
            for name in names:
                model = self.env[name].with_user(user)
                if model._abstract or model._transient:
                    continue
                if not model.has_access("create"):
                    continue
                arch = etree.fromstring(model.get_view(view_type="form")["arch"])
                if arch.get("create", "1").lower() not in ("0", "false"):
                    yield user, model, arch

    def test_empty_form(self):
        for user, model, _arch in self._forms():
            with self.subTest(user=user.login, model=model._name):
                self.assertFalse(Form(model).id)

    @mute_logger("odoo.sql_db")
    def test_nothing_but_defaults(self):
        """Programs create records without values, of dialogs too: it works, or a
        sentence says what is missing.

        Would have caught a dialog that took an empty deposit for statement lines.
        """
        tried = 0
        for user in (self.clerk, self.supervisor, self.auditor):
            for name in sorted(name for name in self.env if name.startswith("clerk.")):
                model = self.env[name].with_user(user)
                if model._abstract or not model.has_access("create"):
                    continue
                tried += 1
                with (
                    self.subTest(user=user.login, model=name),
                    # What the database refuses is a sentence of Odoo's by then.
                    suppress(UserError, IntegrityError),
                    self.env.cr.savepoint(),
                ):
                    values = model.create({}).read()
                    self.assertTrue(values)
        self.assertGreater(tried, 100)

    def test_name_of_a_new_record(self):
        """The title of an empty form has no text of fields that are not filled in.

        Would have caught "· $ 0.00 by", "000 ·" and "Confirmations as of".
        """
        for user, model, _arch in self._forms():
            with self.subTest(user=user.login, model=model._name):
                record = model.new(model.default_get([*model._fields]))
                for name in {"name", "display_name"} & set(model._fields):
                    self.assertNotRegex(record[name] or "", self.HALF_A_NAME)

    def test_texts_of_a_new_record(self):
        """No computed text of a new record is a value of Python instead.

        Would have caught the warning "account.bank.statement.line()" in a dialog.
        """
        tried = 0
        for name in sorted(name for name in self.env if not self.env[name]._abstract):
            model = self.env[name].with_user(self.clerk)
            texts = [field.name for field in self._computed_texts(model)]
            if not (texts and model.has_access("read")):
                continue
            record = model.new()
            for text in texts:
                # A record that is required may be missing: then there is no text.
                with self.subTest(model=name, field=text), suppress(*NO_TEXT):
                    shown = record[text]
                    tried += 1
                    self.assertNotRegex(shown or "", self.PYTHON)
        self.assertGreater(tried, 100)

    def _computed_texts(self, model):
        """Return the fields of ours with a text that is computed."""
        for field in model._fields.values():
            is_ours = field._module and field._module.startswith("invoicing_clerk")
            is_text = field.type in TEXTS and not field.name.endswith("domain")
            if is_ours and field.compute and is_text:
                yield field

    def test_choices(self):
        for user, model, arch in self._forms():
            for node in arch.iterfind(".//field"):
                if next(node.iterancestors("field"), None) is not None:
                    continue
                field = model._fields[node.get("name")]
                if field.type not in CHOOSING or node.get("invisible") in ("1", "True"):
                    continue
                if field.readonly or node.get("readonly") in ("1", "True"):
                    continue
                with self.subTest(user=user.login, field=str(field)):
                    choices = self.env[field.comodel_name].with_user(user)
                    self.assertIsInstance(choices.name_search("", limit=1), list)
