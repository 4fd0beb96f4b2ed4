from werkzeug.exceptions import NotFound

from odoo.http import Controller, content_disposition, request, route

from ..rules.limits import maximum


class StatementFile(Controller):
    """Statements as files, for users who may read them and for their programs."""

    @route(
        "/statements/<int:statement_id>/xlsx",
        auth="user",
        max_content_length=maximum("request"),
    )
    def statement_xlsx(self, statement_id):
        return document_response("clerk.statement", statement_id, "xlsx")

    @route(
        "/statements/<int:statement_id>/document/<any(pdf,xlsx):kind>",
        auth="bearer",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def statement_document(self, statement_id, kind):
        """Return the PDF or spreadsheet to a program that has the API key of a user."""
        return document_response("clerk.statement", statement_id, kind)


def document_response(model, number, kind):
    """Return a file of a record, which `_document_file` makes as the caller may.

    :raises NotFound: the record does not exist
    """
    record = request.env[model].browse(number).exists()
    if not record:
        raise NotFound
    name, mimetype, content = record._document_file(kind)
    return request.make_response(
        content,
        [
            ("Content-Type", mimetype),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ],
    )
