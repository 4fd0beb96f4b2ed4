import filecmp
import hashlib
import os
from pathlib import Path

from odoo import api, models

CHUNK = 1 << 20


class FileOnDisk:
    """Content of an attachment that lies in a file, so that no memory has to hold it.

    It stands where core expects bytes: core asks for their length and whether there are
    any, the rest are the methods below. The file must lie in the file store's own file
    system, into which it is moved.
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
    _inherit = "ir.attachment"

    @api.model
    def _create_from_file(self, path, values):
        """Create an attachment of a file, which is moved into the file store.

        Its memory does not grow with the file, unless attachments are kept elsewhere
        than in the file store, where only bytes will do.

        :param values: needs a mimetype, as nobody looks into the file
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
        # As core does: it goes when the transaction does not hold.
        self._mark_for_gc(fname)
        return fname
