from hashlib import sha256

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.statement.document_common import (
    StatementDocumentCommon,
)


@tagged("post_install", "-at_install")
class TestStatementSeal(StatementDocumentCommon):
    """Seals that show changes of statements."""

    def setUp(self):
        super().setUp()
        self._posted((1, 100.0), taxes=self.no_tax)
        self.statement = self._statement(self._run(type="forward"))

    def _is_intact(self):
        action = self.statement.with_user(self.auditor).action_compare()
        return self.env[action["res_model"]].browse(action["res_id"]).is_seal_intact

    def test_seal_holds(self):
        self.assertEqual(len(self.statement.content_hash), 64)
        self.assertTrue(self._is_intact())

    def test_each_statement_has_its_own(self):
        self._posted((1, 100.0), taxes=self.no_tax, partner=self.partner_b)
        seals = self._run().statement_ids.mapped("content_hash")
        self.assertEqual(len(set(seals)), len(seals))

    def test_change_in_the_database_breaks_it(self):
        self.env.flush_all()
        for table, column, value in (
            ("clerk_statement_line", "open_amount", "open_amount + 1"),
            ("clerk_statement_balance", "bucket_1", "bucket_1 + 1"),
            ("clerk_statement_line", "due_date", "due_date + 1"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE statement_id = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        SQL(value),
                        self.statement.id,
                    )
                )
                self.env.invalidate_all()
                self.assertFalse(self._is_intact())
                savepoint.rollback()
        self.assertTrue(self._is_intact())

    def test_merged_customer_breaks_none(self):
        self.statement.run_id.sudo().state = "done"
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.partner_a + self.partner_b).ids, self.partner_b
        )
        self.assertEqual(self.statement.partner_id, self.partner_b)
        self.assertTrue(self._is_intact())

    def test_seal_of_the_pdf_outlives_it(self):
        self._documents(self.statement)
        content = self.statement.document_id.raw
        self.statement.sudo()._reduce()
        self.assertEqual(self.statement.document_hash, sha256(content).hexdigest())
