from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from ..rules.limits import maximum


class AuditPack(Controller):
    """Download of evidence packs, and verification of copies."""

    @route(
        "/audit/packs/<int:pack_id>/zip",
        auth="user",
        max_content_length=maximum("request"),
    )
    def audit_pack_zip(self, pack_id):
        stream = self._pack(pack_id)._log_download()._to_http_stream()
        return stream.get_response(as_attachment=True)

    @route(
        "/audit/packs/<int:pack_id>/verify",
        auth="user",
        website=True,
        max_content_length=maximum("request"),
    )
    def audit_pack_verify(self, pack_id):
        pack = self._pack(pack_id)
        pack._check_ready()
        return self._page(pack)

    @route(
        "/audit/packs/<int:pack_id>/verified",
        auth="user",
        website=True,
        methods=["POST"],
        # Packs may be large: an upload goes to a file, not into memory.
        max_content_length=maximum("request_pack"),
        may_send="_may_verify",
        uploads=("copy",),
    )
    def audit_pack_verified(self, pack_id, copy=None, **_form):
        """Verify an uploaded copy, which is streamed."""
        pack = self._pack(pack_id)
        if not copy:
            return self._page(pack, is_empty=True)
        problems = pack._verify(copy.stream)
        return self._page(pack, name=copy.filename, problems=problems, is_checked=True)

    def _pack(self, pack_id):
        """:raises NotFound: it does not exist"""
        pack = request.env["clerk.audit.pack"].browse(pack_id).exists()
        if not pack:
            raise NotFound
        return pack

    def _may_verify(self, pack_id):
        pack = request.env["clerk.audit.pack"].browse(pack_id).exists()
        return bool(pack) and pack.has_access("read") and pack.state == "done"

    def _page(self, pack, **values):
        values = {"pack": pack, "problems": [], "is_checked": False, **values}
        return request.render("invoicing_clerk.audit_pack_verify", values)
