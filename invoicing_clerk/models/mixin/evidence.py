from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from .evidence_file import BrokenSealError


class ClerkEvidence(models.AbstractModel):
    """Records whose files prove something: a document as sent, a signature, a pack.

    **How to use**

    1. Inherit it, and declare the fields that hold such files, each a binary field or
       a many2one to ``ir.attachment``, with the field that shows its SHA-256 or None::

           _inherit = ["clerk.evidence", "clerk.lifecycle"]
           _evidence_fields = {"document_id": "document_hash", "signature": None}

       They are not for users to write: guard them, see ``clerk.guarded``.
    2. Seal a file when it is complete: ``self._seal_evidence("document_id")``. Files
       without a field are sealed as ``self._seal_evidence("print", attachment)``.
    3. Show ``evidence_problem`` on the form, in a red banner.
    4. Call ``_check_evidence`` where a file is handed out by a field of the record.
       All other ways to a file are checked by ``ir.attachment``.
    5. Delete files by ``_drop_evidence``, and no other way: after a retention period,
       or when a step is undone.

    From then on, nobody changes, deletes, copies or duplicates the file, superuser
    included, and it is compared with its SHA-256 whenever it is read or downloaded.
    """

    _name = "clerk.evidence"
    _description = "Record with Evidence"

    _evidence_fields = {}

    evidence_problem = fields.Text(
        string="Damaged Evidence",
        compute="_compute_evidence_problem",
        groups="base.group_user",
        exportable=False,
        help="Files of the record that differ from those originally stored.",
    )

    # Declarations

    @api.model
    @tools.ormcache(cache="stable")
    def _declared_evidence(self):
        """Return what all classes of the model declare together."""
        declared = {}
        for each in reversed(type(self).mro()):
            declared |= vars(each).get("_evidence_fields", {})
        return declared

    @api.model
    @tools.ormcache(cache="stable")
    def _evidence_kinds(self):
        """Return all models with evidence and their fields: ``{model: names}``."""
        kind = self.env.registry["clerk.evidence"]
        return {
            name: frozenset(self.env[name]._declared_evidence())
            for name, model in self.env.registry.items()
            if issubclass(model, kind) and not model._abstract
        }

    @api.model
    def _evidence_hint(self):
        """Return a sentence that says what to do instead of changing a file."""
        return ""

    # Files

    def _evidence_attachments(self, piece):
        """Return the attachments that a field of these records holds."""
        # sudo: callers check the records; the files belong to them.
        if self._fields[piece].type == "many2one":
            return self.sudo()[piece]
        return self.env["ir.attachment"].sudo().search(self._files_domain([piece]))

    def _files_domain(self, names):
        return [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("res_field", "in", list(names)),
        ]

    def _seals(self, *domain):
        # sudo: no role may read seals; only what they say about these records is shown.
        seals = self.env["clerk.evidence.file"].sudo()
        return seals.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), *domain]
        )

    def _seal_evidence(self, piece, attachments=None, strict=True):
        """Seal the files of a field, or these attachments.

        :param strict: see ``open_pdf``
        :raises DamagedPdfError: one is a PDF only by its name
        """
        if attachments is None:
            attachments = self._evidence_attachments(piece)
        # sudo: see `_seals`; the files were checked by the step that stores them.
        seals = self.env["clerk.evidence.file"].sudo()
        seals._seal(attachments.sudo(), piece, strict)
        if name := self._declared_evidence().get(piece):
            digests = {
                seal.res_id: seal.sha256
                for seal in self._seals(("piece", "=", piece), *CURRENT)
            }
            for record in self:
                record[name] = digests.get(record.id)

    def _drop_evidence(self, piece):
        """Delete files by a step, such as retention; their hashes are kept."""
        seals = self._seals(("piece", "=", piece), ("dropped_on", "=", False))
        seals.dropped_on = fields.Date.context_today(self)
        numbers = seals.mapped("attachment_number")
        # sudo: see `_seals`.
        self.env["ir.attachment"].sudo().browse(numbers).exists().unlink()

    # Checks

    @api.depends_context("uid")
    def _compute_evidence_problem(self):
        problems = self._evidence_problems(is_brief=True)
        for record in self:
            texts = [text for _piece, text in problems.get(record, ())]
            record.evidence_problem = "\n".join(texts) or False

    def _check_evidence(self, *pieces):
        """:raises BrokenSealError: a file, of these fields if given, was exchanged"""
        for found in self._evidence_problems().values():
            for piece, text in found:
                if not pieces or piece in pieces:
                    raise BrokenSealError(text)

    def _evidence_problems(self, is_brief=False):
        """Return what is wrong with files: ``{record: [(field, sentence)]}``.

        :param is_brief: compare only the size of large files
        """
        problems = {}
        seals = self._seals(*CURRENT)
        for seal, file in seals._with_files():
            record = self.browse(seal.res_id)
            text = seal._problem(file, is_brief) or record._hash_problem(seal)
            if text:
                problems.setdefault(record, []).append((seal.piece, text))
        for record, piece, attachment in self._unsealed_files(seals):
            text = self.env._(
                "“%(file)s” has replaced a stored file, or its seal was "
                "deleted. Do not use it: inform your supervisor and the auditors.",
                file=attachment.name,
            )
            problems.setdefault(record, []).append((piece, text))
        return problems

    def _hash_problem(self, seal):
        """Return a sentence if the record shows another SHA-256 than the seal."""
        name = self._declared_evidence().get(seal.piece)
        # sudo: compares two hashes of the record.
        if not name or self.sudo()[name] == seal.sha256:
            return None
        return seal._problem_text(self.env._("The record states a different SHA-256"))

    def _unsealed_files(self, seals):
        """Yield record, field and attachment of files in sealed fields without seal."""
        sealed = {(seal.piece, seal.attachment_number) for seal in seals}
        binary = []
        for piece in self._declared_evidence():
            if self._fields[piece].type != "many2one":
                binary.append(piece)
                continue
            # sudo: see `_evidence_attachments`.
            for record in self.sudo().filtered(piece):
                if (piece, record[piece].id) not in sealed:
                    yield record.with_env(self.env), piece, record[piece]
        # sudo: see `_evidence_attachments`.
        files = self.env["ir.attachment"].sudo()
        for file in files.search(self._files_domain(binary)) if binary else ():
            if (file.res_field, file.id) not in sealed:
                yield self.browse(file.res_id), file.res_field, file

    # Hashes are written once

    def write(self, vals):
        """:raises AccessError: a SHA-256 would be overwritten"""
        hashes = {hash_ for hash_ in self._declared_evidence().values() if hash_}
        if not self.env["clerk.guarded"]._is_inside():
            for name in hashes & vals.keys():
                self._check_written_once(name, vals[name])
        return super().write(vals)

    def _check_written_once(self, name, value):
        # sudo: see `_hash_problem`.
        for record in self.sudo():
            if record[name] and record[name] != value:
                raise AccessError(
                    self.env._(
                        "The %(field)s of %(record)s cannot be changed: it is "
                        "evidence of the original document.",
                        field=self._fields[name]._description_string(self.env),
                        record=record.display_name,
                    )
                )


# Seals of files that are in place.
CURRENT = (("dropped_on", "=", False), ("replaced_on", "=", False))
