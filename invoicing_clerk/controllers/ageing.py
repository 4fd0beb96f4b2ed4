from odoo.http import Controller, route

from ..rules.limits import maximum
from .statement_file import document_response


class AgeingFile(Controller):
    """Aged receivables as files, for users who may read them."""

    @route(
        "/ageing/<int:ageing_id>/<any(pdf,xlsx):kind>",
        auth="user",
        methods=["GET"],
        max_content_length=maximum("request"),
    )
    def ageing_file(self, ageing_id, kind):
        return document_response("clerk.ageing", ageing_id, kind)
