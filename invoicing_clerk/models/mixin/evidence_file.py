from odoo import api, fields, models
from odoo.exceptions import AccessError

from .pdf_document import open_pdf
from .uninstall import is_uninstalling


class SealedFileError(AccessError):
    """A file that proves something would be changed, deleted or replaced."""


class BrokenSealError(AccessError):
    """A file is not what was sealed: it is withheld."""


class ClerkEvidenceFile(models.Model):
    """The SHA-256 of a file that proves something, as it was when it was sealed.

    No role has access rights to it: the code below writes it, and nothing changes it
    afterwards. There is no foreign key to the attachment, so that a row outlives a
    file that somebody deletes in the database.
    """

    _name = "clerk.evidence.file"
    _description = "Sealed File"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _rec_name = "name"

    attachment_number = fields.Integer(
        string="Attachment ID", required=True, help="ID of the attachment."
    )
    name = fields.Char(required=True)
    mimetype = fields.Char(string="File Type")
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    piece = fields.Char(
        string="Kind of File",
        required=True,
        help="The field that holds the file, or the purpose of the file.",
    )
    sha256 = fields.Char(string="SHA-256", required=True)
    dropped_on = fields.Date(
        string="Deleted On",
        help="Date on which the file was deleted by an action, such as the end of "
        "retention.",
    )
    replaced_on = fields.Datetime(
        help="Date on which the file was recreated because it was damaged."
    )

    _one_per_file = models.Constraint(
        "UNIQUE (attachment_number)", "A file can be sealed only once."
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _seal(self, attachments, piece, strict):
        """Keep the SHA-256 of each attachment, and open it if it is to be a PDF.

        :raises DamagedPdfError: one is a PDF only by its name
        """
        known = self._of(attachments)
        fresh = attachments.filtered(lambda each: each.id not in known)
        for attachment in fresh.filtered(lambda each: each._is_called_pdf()):
            open_pdf(self.env, attachment.raw, strict=strict)
        self.create(
            [
                {
                    "attachment_number": attachment.id,
                    "name": attachment.name,
                    "mimetype": attachment.mimetype,
                    "res_model": attachment.res_model,
                    "res_id": attachment.res_id,
                    "piece": piece,
                    "sha256": attachment._sha256(),
                }
                for attachment in fresh
            ]
        )

    @api.model
    def _of(self, attachments):
        """Return the seals of attachments that are kept: ``{id: seal}``."""
        if is_uninstalling(self.env):
            # Columns of the table may be gone before the files are.
            return {}
        seals = self.search(
            [
                ("attachment_number", "in", attachments.ids),
                ("dropped_on", "=", False),
            ]
        )
        return {seal.attachment_number: seal for seal in seals}

    def _with_files(self):
        """Yield each seal with its attachment, empty if that was deleted."""
        files = self.env["ir.attachment"]
        kept = files.browse(self.mapped("attachment_number")).exists()
        by_number = {file.id: file for file in kept}
        for seal in self:
            yield seal, by_number.get(seal.attachment_number, files)

    def _record(self):
        return self.env[self.res_model].browse(self.res_id)

    def _problem(self, attachment, is_brief=False):
        """Return what is wrong with the sealed file, or None.

        :param attachment: the file, empty if it was deleted
        :param is_brief: compare only the size of large files
        """
        if not attachment:
            return self._problem_text(self.env._("It has been deleted"))
        digest = attachment._sha256(is_brief)
        if digest is None:
            return self._problem_text(
                self.env._("It is missing from the file store or has a different size")
            )
        if digest not in ("", self.sha256):
            return self._problem_text(self.env._("Its content has been changed"))
        same = ("name", "mimetype", "res_model", "res_id")
        if any(attachment[name] != self[name] for name in same):
            return self._problem_text(
                self.env._("It has been renamed or moved to another record")
            )
        return None

    def _problem_text(self, what):
        return self.env._(
            "“%(file)s” is not the file that was stored on %(date)s. %(what)s. Do not "
            "use it: inform your supervisor and the auditors, and compare with a "
            "backup. Its SHA-256 was %(digest)s.",
            file=self.name,
            date=fields.Date.to_string(self.create_date),
            what=what,
            digest=self.sha256,
        )

    def _refuse(self):
        """:raises SealedFileError: names the file, and what to do instead"""
        refusal = self.env._(
            "“%(file)s” of %(record)s is evidence: nobody can change, delete or "
            "replace it.",
            file=self.name,
            record=self._record().exists().display_name or self.res_model,
        )
        hint = self.env[self.res_model]._evidence_hint()
        raise SealedFileError(f"{refusal} {hint}".strip())
