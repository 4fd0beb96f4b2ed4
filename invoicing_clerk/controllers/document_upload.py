from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route

from ..models.document.document_upload import UnusableFileError
from ..rules.document.naming import suffix
from ..rules.limits import maximum

PAGE = "/document-request/<int:request_id>/<string:token>"
# The link is passed on to nobody: no search engine, no cache, no site that is linked.
PRIVATE = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class DocumentUpload(Controller):
    """Page on which recipients of document requests upload files, without login.

    Opening it changes nothing, as filters of emails open every link. It hands out no
    file, and shows only what is asked for.
    """

    @route(
        PAGE,
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def document_request(self, request_id, token, done=None, **_kwargs):
        return self._page(self._find_sudo(request_id, token), token, done=done)

    @route(
        f"{PAGE}/upload",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        max_content_length=maximum("request_document"),
        may_send="_may_upload",
        uploads=("file",),
    )
    def document_request_upload(
        self, request_id, token, item=None, file=None, **_kwargs
    ):
        return self._take(
            request_id,
            token,
            "file",
            lambda request_sudo, ip: request_sudo._take_upload(item, file, ip),
        )

    @route(
        f"{PAGE}/message",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        max_content_length=maximum("request"),
        may_send="_may_upload",
    )
    def document_request_message(self, request_id, token, message=None, **_kwargs):
        return self._take(
            request_id,
            token,
            "message",
            lambda request_sudo, ip: request_sudo._take_message(message, ip),
            message,
        )

    @route(
        "/document-upload/<int:upload_id>",
        type="http",
        auth="user",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def document_upload(self, upload_id):
        """Download a file in quarantine, never shown by the browser."""
        upload = request.env["clerk.document.upload"].browse(upload_id).exists()
        if not upload or not upload.has_access("read") or not upload.attachment_id:
            return request.not_found()
        headers = {
            **PRIVATE,
            "Content-Type": "application/octet-stream",
            "Content-Disposition": content_disposition(
                f"{upload.item_id.request_id.name.replace('/', '-')}-{upload.id}"
                f"{suffix(upload.mimetype)}"
            ),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return request.make_response(upload.attachment_id.raw, list(headers.items()))

    # The visitor

    def _may_upload(self, request_id, token):
        """Return whether the visitor has the link, before anything is read."""
        return bool(self._find_sudo(request_id, token))

    def _find_sudo(self, request_id, token):
        """Return the request with sudo for the holder of its link."""
        # sudo: visitors have no access rights to requests; the token is checked here.
        requests_sudo = request.env["clerk.document.request"].sudo()
        request_sudo = requests_sudo.browse(request_id).exists()
        is_valid = request_sudo._is_of_outsider() and request_sudo._is_token(token)
        return request_sudo if is_valid else requests_sudo

    def _take(self, request_id, token, done, take, entered=None):
        """Do what a visitor sends, and return to the page, or say why not."""
        request_sudo = self._find_sudo(request_id, token)
        if not request_sudo:
            return self._page(request_sudo, token)
        is_counted = done == "file" and request_sudo._begin_upload()
        if is_counted:
            # Nothing else is written yet: parallel and interrupted uploads count.
            request.env.cr.commit()
        problem = None
        try:
            with request.env.cr.savepoint():
                take(request_sudo, request.httprequest.remote_addr)
        except UserError as error:
            request_sudo.env.invalidate_all()
            problem = error
        if is_counted and not isinstance(problem, UnusableFileError):
            request_sudo._end_upload()
        if problem:
            return self._page(request_sudo, token, error=str(problem), entered=entered)
        return request.redirect(f"/document-request/{request_id}/{token}?done={done}")

    def _page(self, request_sudo, token, **values):
        """Show what is asked for; the same page for every link that is not valid."""
        if not request_sudo:
            response = request.render("invoicing_clerk.document_request_invalid")
            response.status_code = 404
        else:
            response = request.render(
                "invoicing_clerk.document_request_page",
                {
                    "sender": request_sudo.company_id.name,
                    "recipient": request_sudo._recipient().name,
                    "reason": request_sudo.reason,
                    "date_due": request_sudo.date_due,
                    "progress": request_sudo.progress,
                    "number": request_sudo.name,
                    "rows": request_sudo._page_rows(),
                    "closed": request_sudo._closed_text(),
                    "action": f"/document-request/{request_sudo.id}/{token}",
                    "megabytes": maximum("document") >> 20,
                    **values,
                },
            )
        response.headers.update(PRIVATE)
        return response
