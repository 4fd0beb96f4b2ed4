from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.document.document_upload import (
    UnusableFileError,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon
from odoo.addons.invoicing_clerk.tests.document.hostile import (
    HTML,
    PNG,
    SVG,
    pdf_bomb,
    workbook,
)

HOSTILE = {
    "page.html": HTML,
    "picture.svg": SVG,
    "program.exe": b"MZ" + b"\0" * 64,
    "empty.pdf": b"",
    "half.pdf": blank_pdf()[:-20],
    "bomb.pdf": pdf_bomb(),
    "huge.png": PNG + b"\0\1\0\0" * 2,
    "cut.png": PNG,
    "bomb.xlsx": workbook(80 << 20),
    "link.xlsx": workbook(link=True),
    "macro.xlsx": workbook(macro=True),
    "archive.zip": b"PK\x03\x04" + b"\0" * 60,
    "large.pdf": blank_pdf() + b"\n" * (10 << 20),
    "text.txt": b"hello",
}

# Those of a permitted type and size.
OPENED = {
    *("half.pdf", "bomb.pdf", "huge.png", "cut.png"),
    *("bomb.xlsx", "link.xlsx", "macro.xlsx"),
}


@tagged("post_install", "-at_install")
class TestDocumentUpload(HttpCase, DocumentCommon):
    """The page on which others upload documents, called as strangers call it."""

    def setUp(self):
        super().setUp()
        self.request = self._request(self.letter, self.certificate)
        self.path = self._path(self.request)
        self.authenticate(None, None)

    def _path(self, request):
        return f"/document-request/{request.id}/{request.sudo()._upload_token()}"

    def _post(self, path, data=None, **files):
        return self.url_open(
            path,
            data={**(data or {}), "csrf_token": http.Request.csrf_token(self)},
            files=files or None,
            timeout=60,
        )

    def _send(self, content, name="scan.pdf", item=None, path=None):
        item = item or self.request.item_ids[0]
        return self._post(
            f"{path or self.path}/upload", {"item": item.id}, file=(name, content)
        )

    def _uploads(self):
        self.env.invalidate_all()
        return self.request.sudo().item_ids.upload_ids

    def test_page_shows_what_is_asked_and_takes_it(self):
        page = self.url_open(self.path)
        self.assertIn("Correspondence", page.text)
        self.assertIn(self.invoice.name, page.text)
        self.assertIn("<textarea", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertIn("no-store", page.headers["Cache-Control"])
        answer = self._send(blank_pdf())
        self.assertIn("We have received the file", answer.text)
        upload = self._uploads()
        self.assertEqual((upload.name, upload.state), ("scan.pdf", "quarantine"))
        self.assertTrue(upload.ip)
        self.assertIn("already sent this file", self._send(blank_pdf()).text)
        # Nothing that was sent is shown or handed out.
        self.assertNotIn("scan.pdf", self.url_open(self.path).text)
        for path in (
            f"/document-upload/{upload.id}",
            f"/web/content/{upload.attachment_id.id}",
            f"/web/content/clerk.document.upload/{upload.id}/attachment_id",
        ):
            with self.subTest(path=path):
                response = self.url_open(path, allow_redirects=False)
                self.assertNotIn(b"%PDF", response.content)

    def test_a_clerk_downloads_and_no_browser_shows_it(self):
        self._send(blank_pdf(), name="<script>.pdf")
        upload = self._uploads()
        self.clerk.sudo().password = "clerk_a_password"
        self.authenticate("clerk_a", "clerk_a_password")
        for path in (
            f"/document-upload/{upload.id}",
            f"/web/content/{upload.attachment_id.id}",
        ):
            response = self.url_open(path)
            self.assertTrue(response.content.startswith(b"%PDF"), path)
            self.assertNotIn("pdf", response.headers["Content-Type"])
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        disposition = self.url_open(f"/document-upload/{upload.id}").headers
        self.assertIn("attachment", disposition["Content-Disposition"])

    def test_hostile_files_are_refused(self):
        for name, content in HOSTILE.items():
            with self.subTest(file=name):
                response = self._send(content, name=name)
                self.assertEqual(response.status_code, 200)
                self.assertIn("alert-danger", response.text)
        self.assertFalse(self._uploads())
        self.assertEqual(self.request.item_ids.mapped("state"), ["asked", "asked"])
        # Others were not even opened.
        self.assertEqual(self.request.sudo().refused_total, len(OPENED))
        self.request.sudo()._inside().refused_total = 60
        self.assertIn("Too many files", self._send(blank_pdf()).text)
        self.env.invalidate_all()
        self.assertIn("takes no more files", self.request.problem)
        self.request.action_renew()
        self.path = self._path(self.request)
        self.assertIn("received the file", self._send(blank_pdf()).text)

    def test_a_file_counts_before_it_is_opened(self):
        def refused(*_args):
            counted.append(self.request.sudo().refused_total)
            raise UnusableFileError("Damaged")

        counted = []
        with patch.object(type(self._uploads()), "_check_content", refused):
            self._send(blank_pdf())
        self.assertEqual(counted, [1])

    @mute_logger("odoo.http")
    def test_only_the_link_opens_the_page(self):
        token = self.request.sudo()._upload_token()
        other = self._request()
        colleague = self._of_colleague(self.delivery)
        draft = self._request(send=False)
        for path in (
            f"/document-request/{other.id}/{token}",
            f"/document-request/{self.request.id}/{token[:-1]}",
            f"/document-request/{self.request.id}/é",
            f"/document-request/999999999/{token}",
            self._path(colleague),
            self._path(draft),
        ):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)
                refused = self._send(blank_pdf(), path=path)
                self.assertEqual(refused.status_code, 403)
        foreign = self._send(blank_pdf(), item=other.item_ids)
        self.assertIn("Select which document", foreign.text)
        self.assertFalse(self._uploads())

    def test_expired_revoked_and_closed(self):
        self.request.sudo()._inside().link_until = "2020-01-01"
        self.assertIn("has expired", self.url_open(self.path).text)
        self.assertIn("has expired", self._send(blank_pdf()).text)
        self.request.action_renew()
        self.assertEqual(self.url_open(self.path).status_code, 404)
        fresh = self._path(self.request)
        self.assertIn("Correspondence", self.url_open(fresh).text)
        self.request.action_cancel()
        page = self._send(blank_pdf(), path=fresh)
        self.assertIn("no longer needed", page.text)
        self.assertFalse(self._uploads())

    def test_no_indexer_opens_what_is_in_quarantine(self):
        files = self.env["ir.attachment"]
        self.assertTrue(files._index(b"plain text", "text/plain"))
        base = type(files).mro()
        indexed = [each for each in base if "_index" in vars(each)]
        with patch.object(indexed[-1], "_index", lambda *_args, **_kw: "parsed"):
            self.assertEqual(files._index(b"x", "application/pdf"), "parsed")
            self._send(blank_pdf())
        self.assertFalse(self._uploads().attachment_id.index_content)

    def test_message(self):
        answer = self._post(f"{self.path}/message", {"message": "<b>Who</b> signs?"})
        self.assertIn("We have received your message", answer.text)
        self.env.invalidate_all()
        note = self.request.sudo().message_ids.filtered(
            lambda each: "Who" in (each.body or "")
        )
        self.assertIn("&lt;b&gt;Who", note.body)
        self.assertIn("Please enter a message", self._post(f"{self.path}/message").text)
        self.request.sudo()._inside().message_total = 20
        answer = self._post(f"{self.path}/message", {"message": "Again"})
        self.assertIn("at most 20", answer.text)
