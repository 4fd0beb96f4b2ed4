import functools
import io
import os
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha256

from werkzeug.exceptions import Conflict

from odoo import api, models

from ...rules.evidence import digest
from .evidence_file import BrokenSealError, SealedFileError
from .uninstall import is_uninstalling

# Fields that say where a file belongs.
PLACE_FIELDS = {"res_model", "res_id", "res_field"}
CONTENT_FIELDS = {"raw", "datas"}
PDF = "application/pdf"
# Above this size, a file is hashed again only when the file system says it changed.
LARGE = 16 * 1024**2
# Forms do not wait for larger files: they are compared when they are downloaded.
HUGE = 512 * 1024**2


@functools.lru_cache(maxsize=1024)
def _digest_of(path, *_identity):
    with open(path, "rb") as file:
        return digest(file)


class IrAttachment(models.Model):
    """Files that prove something: one guard, and one check before they are served.

    `clerk.evidence` says which files these are. The guard holds for the superuser as
    well: much of Odoo writes attachments as superuser for whoever calls it. Files of
    other models cost no query.
    """

    _inherit = "ir.attachment"

    # The guard

    @api.model_create_multi
    def create(self, vals_list):
        """:raises SealedFileError: one would take the place of a sealed file"""
        attachments = super().create(vals_list)
        attachments._check_place()
        return attachments

    def write(self, vals):
        """:raises SealedFileError: a sealed file would become another one"""
        for attachment, seal in self._sealed():
            if attachment._would_change(seal, vals):
                # Before the refusal names the file.
                attachment.check_access("write")
                seal._refuse()
        result = super().write(vals)
        if PLACE_FIELDS & vals.keys():
            self._check_place()
        return result

    def unlink(self):
        """:raises SealedFileError: one is sealed"""
        for attachment, seal in self._sealed():
            if not is_uninstalling(self.env):
                attachment.check_access("unlink")
                seal._refuse()
        return super().unlink()

    def copy_data(self, default=None):
        """:raises SealedFileError: the copy would lie beside a sealed file"""
        data = super().copy_data(default)
        sealed = dict(self._sealed())
        for attachment, vals in zip(self, data, strict=True):
            place = (vals.get("res_model"), vals.get("res_id"))
            if attachment in sealed and place == (
                attachment.res_model,
                attachment.res_id,
            ):
                attachment.check_access("read")
                sealed[attachment]._refuse()
        return data

    def _sealed(self):
        """Return sealed files among these with their seals: ``[(file, seal)]``."""
        kinds = self.env["clerk.evidence"]._evidence_kinds()
        # sudo: only tells which of these belong to models with evidence.
        files = self.filtered(lambda each: each.sudo().res_model in kinds)
        if not files:
            return []
        # sudo: no role may read seals; they only refuse.
        seals = self.env["clerk.evidence.file"].sudo()._of(files)
        return [(file, seals[file.id]) for file in files if file.id in seals]

    def _would_change(self, seal, vals):
        """Return whether values differ from those of the sealed file."""
        # sudo: compares; nothing is returned.
        file_sudo = self.sudo()
        for name, value in vals.items():
            if name in CONTENT_FIELDS:
                if _content_digest(name, value) != seal.sha256:
                    return True
            elif name == "access_token" and self.env.su:
                # Emails that are too large have links instead of attachments.
                continue
            elif name not in self._fields or (
                self._fields[name].convert_to_write(file_sudo[name], file_sudo) != value
            ):
                return True
        return False

    def _check_place(self):
        """:raises SealedFileError: one is in a field that only steps fill"""
        kinds = self.env["clerk.evidence"]._evidence_kinds()
        # sudo: only tells where these files are.
        for file_sudo in self.sudo():
            if file_sudo.res_field in kinds.get(file_sudo.res_model, ()):
                file_sudo._check_field(self.env.su)

    def _check_field(self, is_superuser):
        if not (is_superuser or self.env["clerk.guarded"]._is_inside()):
            raise SealedFileError(
                self.env._(
                    "“%s” cannot be stored there: only the steps of the record store "
                    "evidence. Attach it to the record instead.",
                    self.name,
                )
            )
        seals = self.env["clerk.evidence.file"].search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("piece", "=", self.res_field),
                ("attachment_number", "!=", self.id),
                ("dropped_on", "=", False),
                ("replaced_on", "=", False),
            ],
            limit=1,
        )
        if seals:
            seals._refuse()

    # The check

    def _evidence_problems(self):
        """Return why files are not those that were sealed: ``{file: sentence}``."""
        # sudo: see `_sealed`.
        seals = self.env["clerk.evidence.file"].sudo()._of(self)
        problems = {}
        for file in self:
            seal = seals.get(file.id)
            # sudo: compares the file with its seal; see `_check_evidence`.
            problem = seal._problem(file.sudo()) if seal else file._usurper_problem()
            if problem:
                problems[file] = problem
        return problems

    def _usurper_problem(self):
        """Return a sentence if a file without seal is in the place of a sealed one."""
        # sudo: see `_sealed`.
        file_sudo = self.sudo()
        kinds = self.env["clerk.evidence"]._evidence_kinds()
        if file_sudo.res_field not in kinds.get(file_sudo.res_model, ()):
            return None
        record = self.env[file_sudo.res_model].browse(file_sudo.res_id)
        if not record._seals(("piece", "=", file_sudo.res_field)):
            return None
        return self.env._(
            "“%s” has replaced a stored file. Do not use it: inform your "
            "supervisor and the auditors.",
            file_sudo.name,
        )

    def _check_evidence(self):
        """
        :raises BrokenSealError: one is not the file that was sealed
        :raises AccessError: one cannot be read
        """
        # First by the rights of the caller, as core reads it: the check reads as
        # superuser, and core does not check again what that leaves in the cache.
        self.mapped("store_fname")
        kinds = self.env["clerk.evidence"]._evidence_kinds()
        # sudo: see `_sealed`.
        files = self.filtered(lambda each: each.id and each.sudo().res_model in kinds)
        if not files:
            return
        files.check_access("read")
        for problem in files._evidence_problems().values():
            raise BrokenSealError(problem)

    def _compute_raw(self):
        """:raises BrokenSealError: one is not the file that was sealed"""
        self._check_evidence()
        return super()._compute_raw()

    def _to_http_stream(self):
        """:raises Conflict: it is not the file that was sealed"""
        try:
            self._check_evidence()
        except BrokenSealError as error:
            # Routes of core hide errors of users behind "not found".
            raise Conflict(str(error)) from error
        return super()._to_http_stream()

    # Content

    def _is_called_pdf(self):
        return self.type == "binary" and (
            self.mimetype == PDF or (self.name or "").lower().endswith(".pdf")
        )

    def _sha256(self, is_brief=False):
        """Return the SHA-256 of the content as it is stored now.

        :param is_brief: return "" instead for huge files of the right size
        :return: None if the content is lost
        """
        self.ensure_one()
        if self.type == "url":
            return sha256((self.url or "").encode()).hexdigest()
        if not self.store_fname:
            content = self.with_context(bin_size=False).db_datas
            return sha256(content or b"").hexdigest()
        path = self._full_path(self.store_fname)
        if os.path.isfile(path):
            return self._sha256_of_file(path, is_brief)
        content = self._file_read(self.store_fname)
        return digest(io.BytesIO(content)) if content else None

    def _sha256_of_file(self, path, is_brief):
        found = os.stat(path)
        if is_brief and found.st_size > HUGE:
            return "" if found.st_size == self.file_size else None
        if found.st_size <= LARGE:
            return _digest_of.__wrapped__(path)
        # Nobody sets the time of change of a file back: the system does it.
        return _digest_of(
            path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
        )


def _content_digest(name, value):
    """Return the SHA-256 of a value of ``raw`` or ``datas``; None if it is neither."""
    if isinstance(value, str):
        value = value.encode()
    try:
        content = b64decode(value or b"") if name == "datas" else value or b""
        return sha256(content).hexdigest()
    except (TypeError, Base64Error):
        return None
