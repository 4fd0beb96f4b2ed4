import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementXlsx(StatementCommon):
    """Statements as spreadsheets."""

    def test_open_items(self):
        move = self._posted((1, 100.0), taxes=self.no_tax, ref="=1+1")
        self._posted((1, 60.0), taxes=self.no_tax, currency=self.foreign_currency)
        statement = self._statement(self._run())
        book = load_workbook(io.BytesIO(statement._xlsx()))
        self.assertEqual(set(book.sheetnames), {"USD", "EUR"})
        [row] = [row for row in book["USD"].iter_rows() if row[1].value == move.name]
        self.assertEqual(row[2].value, "=1+1")
        self.assertEqual(row[2].data_type, "s")
        self.assertEqual(row[6].value, 100)

    def test_nobody_else_gets_it(self):
        self._posted((1, 100.0))
        statement = self._statement(self._run())
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                statement.with_user(user).action_xlsx()
        url = statement.with_user(self.auditor).action_xlsx()["url"]
        self.assertEqual(url, f"/statements/{statement.id}/xlsx")
