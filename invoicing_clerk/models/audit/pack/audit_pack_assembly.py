import io
import os
from contextlib import suppress

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ....rules.audit.pack import audit_pack as rules
from ....rules.audit.pack import audit_pack_verify as layout
from ....rules.plural import plural
from .audit_pack_evidence_text import utc

INDEX_COLUMNS = [
    "No.",
    "Document",
    "Type",
    "Customer",
    "Date",
    "Due",
    "Total",
    "Open",
    "Currency",
    "Files",
    "Missing",
    "Folder",
]
# Parts that are assembled between two commits.
PARTS_PER_COMMIT = 50


class ClerkAuditPack(models.Model):
    """Assembly of the ZIP: the manifest, the index, the parts and the directory.

    The ZIP grows in a file. When a worker is stopped, the next one truncates the file
    after its last complete part and continues there. The complete file is read and
    verified before the pack is ready.
    """

    _inherit = "clerk.audit.pack"

    def _assemble(self):
        """Assemble the ZIP, as far as time permits.

        :raises UserError: items failed, or the ZIP is damaged
        """
        items = self.item_ids
        self._check_items(items)
        parts = items._part_attachments()
        if self._rebuild_lost(items, parts):
            return
        manifest, head, entries = self._head(items)
        with open(self._zip_path(), "a+b") as archive:
            done = self._resume(archive, head, [parts[item.id] for item in items])
            for start in range(done, len(items), PARTS_PER_COMMIT):
                whole = self._append(
                    archive, items[start : start + PARTS_PER_COMMIT], parts
                )
                self._write_tries(self)
                if not self._commit_step(1) or not whole:
                    return
            archive.writelines(layout.directory(entries, manifest["created"]))
        if self._may_go_on():
            self._store(manifest["root_hash"])

    def _check_items(self, items):
        if failed := items.filtered(lambda item: item.state == "failed"):
            raise UserError(
                plural(
                    len(items),
                    self.env._(
                        "%(failed)s of %(all)s invoice could not be processed: "
                        "%(name)s: %(reason)s",
                        failed=len(failed),
                        all=len(items),
                        name=failed[0].name,
                        reason=failed[0].error,
                    ),
                    self.env._(
                        "%(failed)s of %(all)s invoices could not be processed; the "
                        "reason is shown on each. First: %(name)s: %(reason)s",
                        failed=len(failed),
                        all=len(items),
                        name=failed[0].name,
                        reason=failed[0].error,
                    ),
                )
            )

    def _rebuild_lost(self, items, parts):
        """Have lost parts built again; return True if there are any."""
        is_lost = self.env["clerk.audit.pack.evidence"]._is_lost
        lost = items.filtered(
            lambda item: item.id not in parts or is_lost(parts[item.id])
        )
        lost._move_on("rebuild")
        return bool(lost)

    # Head of the ZIP

    def _head(self, items):
        """Return the manifest, the ZIP up to the first part, and all entries."""
        created = utc(self.requested_on)
        head, rows = io.BytesIO(), []
        for path, content in self._pack_files(items).items():
            written = rules.write_entry(head, path, io.BytesIO(content), created)
            rows.append({"path": path, "role": "pack", **written._asdict()})
        rows += [
            {**file, "item": item.sequence} for item in items for file in item.files
        ]
        manifest = self._manifest(items, rows, created)
        self._check_manifest(manifest)
        first, content = io.BytesIO(), layout.dump(manifest)
        own = rules.write_entry(first, layout.MANIFEST, io.BytesIO(content), created)
        entries = [
            layout.Entry(layout.MANIFEST, own.size, own.crc),
            *(layout.Entry(row["path"], row["size"], row["crc"]) for row in rows),
        ]
        return manifest, first.getvalue() + head.getvalue(), entries

    def _check_manifest(self, manifest):
        """:raises UserError: the pack is too large to be verified"""
        try:
            layout.parse(layout.dump(manifest)[: layout.MAXIMUM_MANIFEST + 1])
        except layout.NotAPackError as error:
            raise UserError(
                self.env._(
                    "%(pack)s contains more files than a pack can hold (%(maximum)s). "
                    "Request several packs with fewer invoices each.",
                    pack=self.name,
                    maximum=layout.MAXIMUM_FILES,
                )
            ) from error

    def _pack_files(self, items):
        """Return the files of the pack itself, in their order."""
        with file_open(
            "invoicing_clerk/rules/audit/pack/audit_pack_verify.py", "rb"
        ) as file:
            verify = file.read()
        return {
            "verify.py": verify,
            "index.html": self._index_html(items),
            "index.csv": self._index_csv(items),
        }

    def _index_html(self, items):
        html = self.env["ir.qweb"]._render(
            "invoicing_clerk.audit_pack_index", {"pack": self, "items": items}
        )
        return b"<!DOCTYPE html>\n" + str(html).strip().encode()

    def _index_csv(self, items):
        names = ("name", "type", "customer", "date", "due", "total", "open", "currency")
        return rules.table(
            INDEX_COLUMNS,
            (
                [
                    item.sequence,
                    *(item.figures[name] for name in names),
                    item.file_count,
                    item.missing_count,
                    item.figures["folder"],
                ]
                for item in items
            ),
        )

    def _manifest(self, items, rows, created):
        files = [
            {key: value for key, value in row.items() if key not in ("crc", "sha1")}
            for row in rows
        ]
        missing = [
            {**each, "item": item.sequence, "document": item.figures["name"]}
            for item in items
            for each in item.missing or ()
        ]
        return rules.manifest(self._about(items), created, files, missing)

    def _about(self, items):
        audit, user = self.audit_id, self.user_id
        return {
            "pack": {"id": self.id, "name": self.name},
            "engagement": {
                "id": audit.id,
                "name": audit.name,
                "company": audit.company_id.name,
                "date_from": str(audit.date_from),
                "date_to": str(audit.date_to),
                "restrictive_audit_trail": self.is_trail_restricted,
            },
            "query": self._selection(),
            "user": {"id": user.id, "login": user.login, "name": user.name},
            "counts": {"items": len(items)},
            "control_totals": rules.control_totals(
                (each["type"], each["total"], each["open"])
                for each in items.mapped("figures")
            ),
            "currency": self.currency_id.name,
            "items": [
                {"item": item.sequence, **item.figures, "part": item.part_sha256}
                for item in items
            ],
        }

    # The ZIP

    def _resume(self, archive, head, parts):
        """Truncate the file of a former worker after its last complete part.

        :return: number of parts in the file
        """
        size = archive.seek(0, io.SEEK_END)
        archive.seek(0)
        if archive.read(len(head)) != head:
            archive.truncate(0)
            archive.write(head)
            return 0
        keep, done = len(head), 0
        for part in parts:
            if keep + part.file_size > size:
                break
            keep, done = keep + part.file_size, done + 1
        archive.truncate(keep)
        return done

    def _append(self, archive, items, parts):
        """Append parts; return False if one was changed on disk and is built again."""
        evidence = self.env["clerk.audit.pack.evidence"]
        for item in items:
            end = archive.seek(0, io.SEEK_END)
            with evidence._open_stored(parts[item.id]) as part:
                if rules.append(archive, part) != item.part_sha256:
                    archive.truncate(end)
                    item._move_on("rebuild")
                    return False
        return True

    def _store(self, root_hash):
        """Verify the whole ZIP, move it into the file store and drop the parts.

        :raises UserError: the ZIP is damaged
        """
        path = self._zip_path()
        self._check_zip(path, root_hash)
        size = os.path.getsize(path)
        self.env["ir.attachment"]._create_from_file(
            path,
            {
                "name": self._file_name(),
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "archive",
                "mimetype": "application/zip",
            },
        )
        self._seal_evidence("archive")
        self._check_step("finish")
        self._write_step(
            "finish",
            root_hash=root_hash,
            archive_size=size / 2**20,
            done_on=fields.Datetime.now(),
        )
        self._drop_parts()
        self._notify_user(
            self.env._(
                "The evidence pack is ready. Missing documents: %s.", self.missing_count
            )
        )

    def _check_zip(self, path, root_hash):
        with open(path, "rb") as archive:
            problems = layout.check(archive, root_hash)
        if problems:
            os.unlink(path)
            raise UserError(
                self.env._(
                    "The ZIP was damaged while it was written: %s",
                    self._problem_text(problems[0]),
                )
            )

    def _drop_parts(self):
        self.item_ids._drop_parts()
        with suppress(FileNotFoundError):
            os.unlink(self._zip_path())

    def _zip_path(self):
        spool = self.env["clerk.audit.pack.item"]._spool()
        return os.path.join(spool, f"pack-{self.id}.zip")
