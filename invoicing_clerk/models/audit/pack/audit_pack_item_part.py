import io
import os
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.pack import audit_pack as rules
from ....rules.evidence import digest
from .audit_pack_evidence_text import money, utc

SPOOL = "audit_pack"


class ClerkAuditPackItem(models.Model):
    """The finished part of an item: its section of the ZIP, stored with its hash.

    Parts are in the file store, so that any worker can continue where another stopped,
    and only one file at a time is in memory.
    """

    _inherit = "clerk.audit.pack.item"

    part = fields.Binary(
        string="Section of the ZIP File",
        attachment=True,
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    part_sha256 = fields.Char(
        string="SHA-256 of the Section", readonly=True, copy=False
    )

    def _build(self):
        """Gather, write and store the parts of these items, all of one pack.

        :raises OSError: there is no space for them
        """
        self._check_documents()
        pack = self.pack_id
        reader = pack._as_reader()
        moves = reader.env["account.move"].browse(self.move_id.ids)
        evidence = reader.env["clerk.audit.pack.evidence"]._gather(moves)
        for item in self:
            move = moves.browse(item.move_id.id)
            item._describe(move, evidence)
            item._write_pieces(move, evidence)
        covers = self._covers()
        for item in self:
            item._write_cover(covers[item])
        self._store_parts()

    def _check_documents(self):
        if gone := self.filtered(lambda item: not item.move_id):
            raise UserError(
                self.env._(
                    "%s: the document was deleted after the pack was requested.",
                    ", ".join(gone.mapped("name")),
                )
            )

    def _describe(self, move, evidence):
        """Store the figures of the document for index and cover, as they are now."""
        company = move.company_currency_id
        self.write(
            {
                "figures": {
                    "name": move.name,
                    "folder": rules.folder(self.sequence, move.name),
                    "type": move.move_type,
                    "customer": move.commercial_partner_id.display_name or "",
                    "date": str(move.invoice_date or move.date),
                    "due": str(move.invoice_date_due or ""),
                    "total": money(move.amount_total_signed, company),
                    "open": money(move.unsettled_signed, company),
                    "currency": company.name,
                    "document_total": money(move.amount_total, move.currency_id),
                    "document_currency": move.currency_id.name,
                    "read": utc(fields.Datetime.now()),
                },
                "missing": evidence.missing[move],
                "missing_count": len(evidence.missing[move]),
            }
        )

    def _write_pieces(self, move, evidence):
        taken, files = {"cover.pdf"}, []
        with open(self._spool_path(), "w+b") as file:
            for piece in evidence.pieces[move]:
                name = rules.distinct(piece.name, taken)
                files.append(self._write_piece(file, name, piece))
        self.files = files

    def _write_piece(self, file, name, piece):
        with self._open_piece(piece) as source:
            entry = self._write_file(file, name, source)
        sha1 = entry.pop("sha1")
        entry.update(role=piece.role, origin=piece.origin)
        if piece.origin == "stored" and piece.content.checksum != sha1:
            entry["note"] = self.env._(
                "the content has changed since it was stored: SHA-1 was %s",
                piece.content.checksum,
            )
        return entry

    def _open_piece(self, piece):
        if isinstance(piece.content, bytes):
            return io.BytesIO(piece.content)
        return self.env["clerk.audit.pack.evidence"]._open_stored(piece.content)

    def _write_file(self, file, name, source):
        path = f"{self.figures['folder']}/{name}"
        created = utc(self.pack_id.requested_on)
        written = rules.write_entry(file, path, source, created)
        return {"path": path, **written._asdict()}

    def _write_cover(self, content):
        with open(self._spool_path(), "r+b") as file:
            file.seek(0, io.SEEK_END)
            entry = self._write_file(file, "cover.pdf", io.BytesIO(content))
        del entry["sha1"]
        # In their order in the part.
        self.files = [
            *(self.files or ()),
            {**entry, "role": "cover", "origin": "rendered"},
        ]
        self.file_count = len(self.files)

    def _store_parts(self):
        attachments = self.env["ir.attachment"]
        attachments.union(*self._part_attachments().values()).unlink()
        for item in self:
            path = item._spool_path()
            with open(path, "rb") as file:
                item.part_sha256 = digest(file)
            attachments._create_from_file(path, item._attachment_values("part"))
        self._move_on("include", error=False)

    def _attachment_values(self, field):
        return {
            "name": f"{self._name} {self.id}",
            "res_model": self._name,
            "res_id": self.id,
            "res_field": field,
            "mimetype": "application/zip",
        }

    def _part_attachments(self):
        """Return the stored parts: ``{item id: attachment}``."""
        found = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", "part"),
            ]
        )
        return {attachment.res_id: attachment for attachment in found}

    def _drop_parts(self):
        attachments = self._part_attachments().values()
        self.env["ir.attachment"].union(*attachments).unlink()
        for item in self:
            with suppress(FileNotFoundError):
                os.unlink(item._spool_path())

    @api.model
    def _spool(self):
        """Return the folder of unfinished files, in the file store."""
        folder = os.path.join(self.env["ir.attachment"]._filestore(), SPOOL)
        os.makedirs(folder, exist_ok=True)
        return folder

    def _spool_path(self):
        return os.path.join(self._spool(), f"item-{self.id}.part")
