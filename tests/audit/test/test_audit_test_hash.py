from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditTestHash(AuditTestCommon):
    """The hash chain is intact, or the first altered entry is reported."""

    def _secured(self):
        journal = self.company_data["default_journal_sale"]
        journal.restrict_mode_hash_table = True
        moves = self._invoice(10) + self._invoice(20)
        return moves

    def test_without_hashes(self):
        self._invoice(10)
        self._skipped("HASH", "does not secure")

    def test_an_intact_chain(self):
        self._secured()
        run = self._run("HASH")
        self.assertEqual(self._found(run), [])
        self.assertEqual(
            self._figures(run), {"chains": 1, "verified": 1, "unsecured": 0}
        )

    def test_an_altered_entry(self):
        moves = self._secured()
        self._tamper(moves[1].line_ids[:1], name="something else")
        run = self._run("HASH")
        [found] = run.exception_ids
        self.assertEqual((found.reason, found.move_id), ("corrupted", moves[1]))
        self.assertEqual(self._figures(run)["verified"], 0)
