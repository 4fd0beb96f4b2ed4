from odoo.http import Controller, content_disposition, request, route

from ..rules.limits import maximum


class StatementFile(Controller):
    """Statements as files, for users who may read them and for their programs."""

    @route(
        "/statements/<model('clerk.statement'):statement>/xlsx",
        auth="user",
        max_content_length=maximum("request"),
    )
    def statement_xlsx(self, statement):
        return self._file(statement, "xlsx")

    @route(
        "/statements/<model('clerk.statement'):statement>/document/<any(pdf,xlsx):kind>",
        auth="bearer",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def statement_document(self, statement, kind):
        """Return the PDF or spreadsheet to a program that has the API key of a user."""
        return self._file(statement, kind)

    def _file(self, statement, kind):
        name, mimetype, content = statement._document_file(kind)
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
