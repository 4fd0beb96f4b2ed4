import io
from itertools import cycle, product

from werkzeug.datastructures import FileStorage

from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from odoo.addons.invoicing_clerk.models.document.document_upload import QUARANTINED
from odoo.addons.invoicing_clerk.models.mixin.limited import DOCUMENT_TYPES
from odoo.addons.invoicing_clerk.tests.document import hostile
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentHostile(HttpCase, DocumentCommon):
    """Hostile files of all kinds, under all names: refused, or shown by no browser."""

    def setUp(self):
        super().setUp()
        self.request = self._request()

    def _sent(self, name, content, declared="application/pdf"):
        """Return what the route opens of a file, as it is sent; None if refused."""
        upload = FileStorage(io.BytesIO(content), name, "file", declared)
        try:
            name, content, kind = self.env["clerk.limited"]._uploaded(upload)
            self.env["clerk.document.upload"]._check_content(name, content, kind)
        except UserError as error:
            self.assertTrue(str(error).strip())
            return None
        self.assertIn(kind, DOCUMENT_TYPES)
        return name, content, kind

    def test_hundreds_of_hostile_files(self):
        declared, sent, wrong = cycle(hostile.DECLARED), 0, []
        for kinds, is_refused in (
            (hostile.REFUSED, True),
            (hostile.QUARANTINED, False),
        ):
            for (kind, content), name in product(kinds.items(), hostile.NAMES):
                sent += 1
                found = self._sent(name, content, next(declared))
                if (found is None) != is_refused:
                    wrong.append((kind, name))
        self.assertFalse(wrong)
        self.assertGreater(sent, 500)

    def test_names_with_which_nothing_is_taken(self):
        for name, content in product(hostile.BAD_NAMES, hostile.QUARANTINED.values()):
            self.assertIsNone(self._sent(name, content), name)

    def test_what_is_taken_is_stored_so_that_nothing_runs(self):
        uploads = self.env["clerk.document.upload"].sudo()
        contents = cycle(hostile.QUARANTINED.items())
        for name, (kind, content) in zip(hostile.NAMES, contents, strict=False):
            item = self._request().item_ids
            upload = uploads._store(item, name, content, {"ip": "192.0.2.7"})
            with self.subTest(kind=kind, name=name):
                stored = upload.attachment_id
                self.assertEqual((upload.state, stored.raw), ("quarantine", content))
                self.assertEqual(stored.mimetype, QUARANTINED)
                self.assertRegex(stored.name, "^upload-[0-9a-f]{32}$")
                self.assertFalse(stored.index_content or stored.public)
                self.assertTrue(upload.name.isprintable())
                self.assertNotRegex(upload.name, r"[/\\]")

    def _post(self, name, content, declared):
        token = self.request.sudo()._upload_token()
        return self.url_open(
            f"/document-request/{self.request.id}/{token}/upload",
            data={
                "item": self.request.item_ids.id,
                "csrf_token": Request.csrf_token(self),
            },
            files={"file": (name, content, declared)},
            timeout=60,
        )

    def test_through_the_page(self):
        self.authenticate(None, None)
        for kind, name in (
            ("SVG", "picture.png"),
            ("HTML", "scan.pdf"),
            ("workbook with ZIP", "sheet.xlsx"),
            ("PDF of too many pages", "../../etc/passwd"),
            ("PDF, a byte too large", "fdp\u202eexe.pdf"),
        ):
            with self.subTest(kind=kind):
                answer = self._post(name, hostile.REFUSED[kind], "application/pdf")
                self.assertIn("alert-danger", answer.text)
        self.assertFalse(self.request.sudo().item_ids.upload_ids)
        for kind in ("PDF with HTML", "PNG with a script", "PDF with JavaScript"):
            with self.subTest(kind=kind):
                content = hostile.QUARANTINED[kind]
                answer = self._post("<img src=x>.html", content, "text/html")
                self.assertIn("We have received the file", answer.text)
        self.env.invalidate_all()
        self._check_downloads(self.request.sudo().item_ids.upload_ids)

    def _check_downloads(self, uploads):
        """Check that no browser shows a file, to anybody and however it is asked."""
        self.assertEqual(len(uploads), 3)
        self.clerk.sudo().password = "clerk_a_password"
        self.authenticate("clerk_a", "clerk_a_password")
        for upload in uploads:
            number = upload.attachment_id.id
            for path in (
                f"/document-upload/{upload.id}",
                f"/web/content/{number}",
                f"/web/content/{number}/page.html?mimetype=text/html",
                f"/web/content/{number}?download=0&filename=page.html",
                f"/web/image/{number}",
            ):
                with self.subTest(path=path):
                    headers = self.url_open(path).headers
                    self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                    self.assertNotRegex(
                        headers["Content-Type"], "html|pdf|svg|xml|script"
                    )
                    if path.startswith("/document-upload/"):
                        self.assertIn("attachment", headers["Content-Disposition"])
