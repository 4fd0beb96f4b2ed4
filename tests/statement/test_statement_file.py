import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementFile(HttpCase, StatementCommon):
    """Files of statements by API key, with the rights of its user.

    Would have caught the routes that knew only sessions of the web client, and a PDF
    that is handed out after somebody exchanged it in the database.
    """

    def setUp(self):
        super().setUp()
        self._posted((1, 100.0))
        self.statement = self._statement(self._run())
        statement = self.statement._inside()
        statement._store_documents({statement: blank_pdf()})

    def _get(self, user, kind):
        headers = {}
        if user:
            keys = self.env["res.users.apikeys"].with_user(user)
            until = fields.Datetime.now() + timedelta(hours=1)
            key = keys.sudo()._generate("rpc", "Test", until)
            headers["Authorization"] = f"Bearer {key}"
        self.env.flush_all()
        url = f"/statements/{self.statement.id}/document/{kind}"
        return self.url_open(url, headers=headers, allow_redirects=False)

    def test_roles(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            response = self._get(user, "pdf")
            self.assertEqual(response.status_code, 200, user.login)
            self.assertEqual(response.content, self.statement.document_id.raw)
            response = self._get(user, "xlsx")
            self.assertEqual(response.status_code, 200, user.login)
            self.assertTrue(load_workbook(io.BytesIO(response.content)).sheetnames)

    @mute_logger("odoo.http")
    def test_refused(self):
        for user, status in ((self.outsider, 403), (self.clerk_b, 403), (None, 401)):
            for kind in ("pdf", "xlsx"):
                response = self._get(user, kind)
                self.assertEqual(response.status_code, status, (user, kind))
        self.assertEqual(self._get(self.clerk, "csv").status_code, 404)

    @mute_logger("odoo.http")
    def test_exchanged_file_is_not_served(self):
        self._tamper(self.statement.document_id, blank_pdf("Other"))
        self.assertEqual(self._get(self.clerk, "pdf").status_code, 403)
