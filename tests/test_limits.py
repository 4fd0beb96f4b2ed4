from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.limits import LIMITS, LimitError, check

MEGABYTE = 1024 * 1024
# What guides, customers and other programs rely on.
EXPECTED = {
    "char": 10_000,
    "text": 100_000,
    "html": 1_000_000,
    "file": 20 * MEGABYTE,
    "person": 200,
    "comment": 2_000,
    "document_number": 64,
    "amount": 40,
    "reason": 200,
    "report_lines": 100,
    "file_name": 255,
    "document": 10 * MEGABYTE,
    "request_files": 30,
    "request_messages": 20,
    "signature": MEGABYTE,
    "signature_side": 4_096,
    "request": 256 * 1024,
    "request_signature": 2 * MEGABYTE,
    "request_document": 11 * MEGABYTE,
    "request_pack": 64 * 1024 * MEGABYTE,
    "sheet": 10 * MEGABYTE,
    "sheet_unpacked": 64 * MEGABYTE,
    "sheet_files": 1_000,
    "sheet_rows": 20_000,
    "sheet_columns": 256,
    "sheet_strings": 200_000,
    "sheet_cells": 500_000,
    "sheet_elements": 3_000_000,
    "sheet_others": 250_000,
    "sheet_read": 192 * MEGABYTE,
}


@tagged("at_install", "-post_install")
class TestLimits(BaseCase):
    """Each limit takes as much as it says, and not one more.

    This would have caught a limit of files whose size was divided where it should be
    multiplied, which no other test noticed for eight of them.
    """

    def test_boundaries(self):
        self.assertEqual(LIMITS.keys(), EXPECTED.keys())
        for name, most in EXPECTED.items():
            with self.subTest(name=name):
                check(name, most)
                with self.assertRaises(LimitError):
                    check(name, most + 1)

    def test_bodies_hold_what_they_carry(self):
        """A request with a signature or a document has room for the other values."""
        for body, carried in (
            ("request_signature", "signature"),
            ("request_document", "document"),
        ):
            room = LIMITS[body].maximum - LIMITS[carried].maximum
            self.assertGreaterEqual(room, LIMITS["request"].maximum)
