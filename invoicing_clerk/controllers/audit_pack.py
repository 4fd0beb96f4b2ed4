from odoo.http import Controller, request, route

# A pack may be as large as it will: it goes to a file, not into memory.
MOST_BYTES = 1 << 40


class AuditPack(Controller):
    """Evidence packs as files: taken out, and copies of them checked."""

    @route("/audit/packs/<model('clerk.audit.pack'):pack>/zip", auth="user")
    def audit_pack_zip(self, pack):
        stream = pack._give_out()._to_http_stream()
        return stream.get_response(as_attachment=True)

    @route(
        "/audit/packs/<model('clerk.audit.pack'):pack>/verify",
        auth="user",
        website=True,
    )
    def audit_pack_verify(self, pack):
        pack._check_ready()
        return self._page(pack)

    @route(
        "/audit/packs/<model('clerk.audit.pack'):pack>/verified",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MOST_BYTES,
    )
    def audit_pack_verified(self, pack, copy=None, **_form):
        """Check what was uploaded. A form of a browser streams it, and so do we."""
        if not copy:
            return self._page(pack, nothing=True)
        problems = pack._verify(copy.stream)
        return self._page(pack, name=copy.filename, problems=problems, checked=True)

    def _page(self, pack, **values):
        values = {"pack": pack, "problems": [], "checked": False, **values}
        return request.render("invoicing_clerk.audit_pack_verify", values)
