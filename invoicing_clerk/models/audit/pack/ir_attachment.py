import filecmp
import hashlib
import os
from pathlib import Path

from odoo import api, models

CHUNK = 1 << 20


class FileOnDisk:
    """Content of an attachment in a file, so that it need not be held in memory.

    It takes the place of bytes: core asks for their length, and the methods below are
    called for the rest. The file must be on the file system of the file store, into
    which it is moved.
    """

    def __init__(self, path):
        self.path = path

    def __len__(self):
        return os.path.getsize(self.path)

    def sha1(self):
        digest = hashlib.sha1(usedforsecurity=False)
        with open(self.path, "rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


class IrAttachment(models.Model):
    """Attachments created from large files, and evidence that cannot be changed."""

    _inherit = "ir.attachment"

    @api.model
    def _create_from_file(self, path, values):
        """Create an attachment from a file, which is moved into the file store.

        The file is not loaded into memory, unless attachments are stored elsewhere than
        in the file store.

        :param values: needs a mimetype, which is not guessed from the content
        """
        if self._storage() == "file":
            return self.create([{**values, "raw": FileOnDisk(path)}])
        created = self.create([{**values, "raw": Path(path).read_bytes()}])
        os.unlink(path)
        return created

    def _compute_checksum(self, bin_data):
        if isinstance(bin_data, FileOnDisk):
            return bin_data.sha1()
        return super()._compute_checksum(bin_data)

    def _get_datas_related_values(self, data, mimetype):
        if not isinstance(data, FileOnDisk):
            return super()._get_datas_related_values(data, mimetype)
        checksum = self._compute_checksum(data)
        return {
            "file_size": len(data),
            "checksum": checksum,
            "index_content": False,
            "store_fname": self._get_path(data, checksum)[0],
            "db_datas": False,
        }

    @api.model
    def _same_content(self, bin_data, filepath):
        if isinstance(bin_data, FileOnDisk):
            return filecmp.cmp(bin_data.path, filepath, shallow=False)
        return super()._same_content(bin_data, filepath)

    @api.model
    def _file_write(self, bin_value, checksum):
        if not isinstance(bin_value, FileOnDisk):
            return super()._file_write(bin_value, checksum)
        fname, full_path = self._get_path(bin_value, checksum)
        os.replace(bin_value.path, full_path)
        # As in core: the file is deleted if the transaction is rolled back.
        self._mark_for_gc(fname)
        return fname
