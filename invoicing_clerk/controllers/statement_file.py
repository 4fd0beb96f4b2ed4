from odoo.http import Controller, content_disposition, request, route

from ..rules.limits import maximum

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class StatementFile(Controller):
    """Statements as spreadsheets, for users who may read them."""

    @route(
        "/statements/<model('clerk.statement'):statement>/xlsx",
        auth="user",
        max_content_length=maximum("request"),
    )
    def statement_xlsx(self, statement):
        statement.check_access("read")
        statement._check_can_be_shown()
        content = statement._xlsx()
        name = f"{statement._document_name()}.xlsx"
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
