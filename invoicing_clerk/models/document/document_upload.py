import os
from contextlib import suppress
from hashlib import sha1, sha256
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.document import upload as rules
from ...rules.document.request import UPLOAD_LIFECYCLE, UPLOAD_STATES
from ..mixin.gate import only_one
from ..mixin.pdf_document import pdf_problem

# No browser shows a file of this type: it is saved.
QUARANTINED = "application/x-quarantine"
KEPT_DAYS = 90


class UnusableFileError(UserError):
    """A file that was opened, and is damaged or dangerous."""


class ClerkDocumentUpload(models.Model):
    """A file as it was received: in quarantine until a clerk accepts or refuses it.

    It is stored under a made name and as a type that no browser shows. Its text is not
    indexed, and nobody but clerks and auditors can download it.
    """

    _name = "clerk.document.upload"
    _description = "Received File"
    _inherit = ["clerk.evidence", "clerk.lifecycle", "clerk.limited"]
    _lifecycle = UPLOAD_LIFECYCLE
    _order = "id desc"
    _guards_all = True
    _evidence_fields = {"attachment_id": "file_hash"}

    item_id = fields.Many2one(
        "clerk.document.request.item",
        string="Document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="item_id.company_id", store=True)
    state = fields.Selection(
        UPLOAD_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="quarantine",
        index=True,
    )
    name = fields.Char(string="File", readonly=True, help="As the sender calls it.")
    mimetype = fields.Char(string="File Type", readonly=True)
    size = fields.Integer(string="Bytes", readonly=True, aggregator=None)
    attachment_id = fields.Many2one(
        "ir.attachment", string="Stored File", readonly=True, ondelete="restrict"
    )
    file_hash = fields.Char(string="SHA-256", readonly=True, index=True)
    received_on = fields.Datetime(readonly=True)
    ip = fields.Char(string="IP Address", readonly=True)
    user_id = fields.Many2one("res.users", string="Sent By", readonly=True)
    opened_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="The clerk who has downloaded the file first: only then it is accepted.",
    )

    @api.model
    def _store(self, item, name, content, sender):
        """Store a file in quarantine.

        :raises UserError: it cannot be used, was sent before, or cannot be stored
        """
        kind = self._document_kind(name, content)
        name = rules.plain_name(name) or self.env._("Unnamed")
        self._check_content(name, content, kind)
        self._check_new(item, name, content)
        # sudo: nobody creates files otherwise; the sender was checked.
        inside = self.sudo()._inside()
        upload = inside.create(
            {
                "item_id": item.id,
                "name": name,
                "mimetype": kind,
                "size": len(content),
                "received_on": fields.Datetime.now(),
                **sender,
            }
        )
        upload.attachment_id = upload._attach(name, content)
        upload._seal_evidence("attachment_id")
        return upload.with_env(self.env)

    def _attach(self, name, content):
        files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        try:
            return files.create(
                {
                    "name": f"upload-{uuid4().hex}",
                    "raw": content,
                    "mimetype": QUARANTINED,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        except OSError as error:
            self._remove_partial(content)
            raise UserError(
                self.env._(
                    "“%s” could not be stored: our server has a problem. Nothing was "
                    "lost; please send it again later.",
                    name,
                )
            ) from error

    @api.model
    def _remove_partial(self, content):
        """Remove what was written of a file: core would take it for another file."""
        name = sha1(content).hexdigest()
        path = self.env["ir.attachment"]._full_path(f"{name[:2]}/{name}")
        with suppress(OSError):
            os.remove(path)

    # What is refused

    @api.model
    def _check_content(self, name, content, kind):
        """:raises UnusableFileError: the file is damaged, or dangerous to open"""
        if kind == "application/pdf":
            if problem := pdf_problem(self.env, content, strict=False):
                raise UnusableFileError(
                    self.env._(
                        "“%(name)s”: %(problem)s Please send it again.",
                        name=name,
                        problem=problem,
                    )
                )
            return
        check = (
            rules.check_picture if kind.startswith("image/") else rules.check_archive
        )
        try:
            check(content)
        except rules.HostileFileError as error:
            raise UnusableFileError(self._hostile_text(name, error.code)) from error

    @api.model
    def _hostile_text(self, name, code):
        reasons = {
            "damaged": self.env._("the file is damaged"),
            "bomb": self.env._("its contents are too large"),
            "link": self.env._("it contains links to other files"),
            "macro": self.env._("it contains programs (macros)"),
        }
        return self.env._(
            "“%(name)s” cannot be used: %(reason)s. Please send it as a PDF.",
            name=name,
            reason=reasons[code],
        )

    @api.model
    def _check_new(self, item, name, content):
        """:raises UserError: the same file, or too many, were sent for the item"""
        # sudo: the number of files and their hashes, of which only a sentence about
        # the sender's own file comes back.
        sent = item.request_id.sudo().item_ids.upload_ids
        self._check_limit("request_files", len(sent) + 1, self.env._("This request"))
        digest = sha256(content).hexdigest()
        same = sent.filtered(
            lambda each: (
                each.item_id.id == item.id
                and each.file_hash == digest
                and each.state != "refused"
            )
        )
        if same:
            raise UserError(
                self.env._(
                    "You have already sent this file: “%(name)s”, on %(day)s.",
                    name=same[0].name or name,
                    day=fields.Date.to_string(same[0].received_on),
                )
            )

    # Checked by a clerk

    def _file(self):
        """File these as documents of their items, and return the documents.

        :raises UserError: a file is filed already as a document of another class
        """
        documents = self.env["clerk.document"]
        # sudo: nobody has write access to received files; see `_store`.
        self.sudo()._check_step("accept")
        for upload in self:
            upload._check_evidence("attachment_id")
            documents |= upload._filed_before() or upload._file_new()
            # sudo: see above.
            kept = upload.sudo()._inside()
            attachment = kept.attachment_id
            kept._write_step("accept", attachment_id=False)
            kept._drop_evidence("attachment_id")
            attachment.exists().unlink()
        return documents

    def _filed_before(self):
        """Return the document with the same content, linked to the records as well."""
        item = self.item_id
        documents = self.env["clerk.document"]
        same = documents._same_file(self.file_hash, self.company_id)
        if same and same.class_id != item.class_id:
            raise UserError(
                self.env._(
                    "“%(file)s” is filed already as %(document)s (%(filed)s), not as "
                    "%(asked)s. Correct the document type here, or refuse the file.",
                    file=self.name,
                    document=same.name,
                    filed=same.class_id.name,
                    asked=item.class_id.name,
                )
            )
        if same:
            self._check_same_dates(same)
            same._link(item._document_records())
        return same

    def _check_same_dates(self, same):
        """:raises UserError: other dates were entered than the document has"""
        item = self.item_id
        for name, own in (
            ("date", item.document_date),
            ("valid_from", item.valid_from),
            ("valid_to", item.valid_to),
        ):
            if own and own != same[name]:
                raise UserError(
                    self.env._(
                        "“%(file)s” is filed already as %(document)s. %(label)s is "
                        "%(filed)s there, and %(entered)s here: correct one of them.",
                        file=self.name,
                        document=same.name,
                        label=same._fields[name]._description_string(self.env),
                        filed=fields.Date.to_string(same[name]) or self.env._("empty"),
                        entered=fields.Date.to_string(own),
                    )
                )

    def _file_new(self):
        # sudo: a file in quarantine, which the clerk who accepts it may read.
        raw = self.sudo().attachment_id.raw
        values = self.item_id._document_values()
        return self.env["clerk.document"]._file_received(
            self.name, raw, {**values, "source": self._source()}
        )

    def _source(self):
        """Return who has sent the file, when and from where."""
        request = self.item_id.request_id
        return self.env._(
            "%(sender)s, %(moment)s, %(request)s",
            sender=self.user_id.name or request._recipient().display_name,
            moment=" ".join(
                filter(None, (fields.Datetime.to_string(self.received_on), self.ip))
            ),
            request=request.name,
        )

    def _refuse(self):
        """Keep files that cannot be used for a while, as proof of what was sent."""
        # sudo: see `_file`.
        received = self.sudo()
        received._check_step("refuse")
        received._write_step("refuse")

    @api.autovacuum
    def _gc_refused(self):
        """Delete files that were refused some months ago."""
        last = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        old = self.search(
            Domain("state", "=", "refused")
            & Domain("write_date", "<", last)
            & Domain("attachment_id", "!=", False),
            limit=1000,
        )
        for upload in old:
            upload._inside().attachment_id = False
        old._drop_evidence("attachment_id")

    def _unopened(self):
        """Return the files that no clerk has seen."""
        # sudo: the role of the sender, of whom nothing comes back.
        return self.filtered(
            lambda each: (
                not each.opened_by_id
                and not (
                    each.user_id
                    and each.user_id.sudo().has_group("invoicing_clerk.group_clerk")
                )
            )
        )

    def _note_opened(self):
        if self._unopened() and self.env.user.has_group("invoicing_clerk.group_clerk"):
            # sudo: see `_store`.
            self.sudo()._inside().opened_by_id = self.env.user

    def action_download(self):
        """Download the file; no browser shows it."""
        upload = only_one(self)
        upload.check_access("read")
        if not upload.attachment_id:
            raise UserError(self.env._("“%s” is no longer stored.", upload.name))
        upload._note_opened()
        return {
            "type": "ir.actions.act_url",
            "url": f"/document-upload/{upload.id}",
            "target": "download",
        }
