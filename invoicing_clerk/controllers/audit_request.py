from odoo.http import Controller, content_disposition, request, route

from ..rules.limits import maximum

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AuditRequestController(Controller):
    """Download of the request list of an engagement as a spreadsheet."""

    @route(
        "/audit/<int:audit_id>/requests",
        auth="user",
        readonly=False,
        max_content_length=maximum("request"),
    )
    def export_requests(self, audit_id):
        audit = request.env["clerk.audit"].browse(audit_id)
        audit.check_access("read")
        content = audit.with_company(audit.company_id)._export_requests()
        name = request.env._("Requests %s.xlsx", audit.name)
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
