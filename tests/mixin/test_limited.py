import base64

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.rules import limits
from odoo.addons.invoicing_clerk.rules.limits import LIMITS, Limit
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestLimited(ClerkCommon):
    """Files that are too large are refused, in every field that takes a file."""

    def test_every_limit_has_a_sentence(self):
        limited = self.env["clerk.limited"]
        for name, limit in LIMITS.items():
            limited._check_limit(name, limit.maximum, "It")
            with self.assertRaisesRegex(UserError, "^It .*(at most|larger than)"):
                limited._check_limit(name, limit.maximum + 1, "It")

    def test_texts(self):
        limited = self.env["clerk.limited"]
        self.assertEqual(limited._entered_text("person", " Ann ", "It"), "Ann")
        self.assertEqual(limited._entered_text("person", None, "It"), "")
        for value in (["Ann"], {"a": 1}, 7, True, "a\0", "\ud800", "x" * 201, b"Ann"):
            with self.assertRaises(UserError, msg=value):
                limited._entered_text("person", value, "It")

    @mute_logger("odoo.sql_db")
    def test_every_file_field(self):
        """A wizard took files of any size into the database."""
        self.patch(limits, "LIMITS", {**LIMITS, "file": Limit(100, "byte")})
        large = base64.b64encode(bytes(1000)).decode()
        tried = []
        for name, model in self.env.items():
            if model._abstract or not model._original_module.startswith(
                "invoicing_clerk"
            ):
                continue
            for field in model._fields.values():
                if field.type not in ("binary", "image"):
                    continue
                if field.readonly or field.groups:
                    continue
                tried.append(str(field))
                for user in (self.clerk, self.supervisor, self.auditor):
                    with self.assertRaises(UserError, msg=(field, user.login)):
                        self.env[name].with_user(user).create({field.name: large})
        self.assertGreaterEqual(len(tried), 2, tried)
