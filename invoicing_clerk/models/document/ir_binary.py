from odoo import models


class IrBinary(models.AbstractModel):
    """Serving of files that strangers have sent: as they are stored, whatever is asked.

    A link may name another type, with which a browser would show the file.
    """

    _inherit = "ir.binary"

    def _get_stream_from(
        self,
        record,
        field_name="raw",
        filename=None,
        filename_field="name",
        mimetype=None,
        default_mimetype="application/octet-stream",
    ):
        if record._name == "ir.attachment" and (
            record.res_model == "clerk.document.upload"
        ):
            mimetype = None
        return super()._get_stream_from(
            record, field_name, filename, filename_field, mimetype, default_mimetype
        )
