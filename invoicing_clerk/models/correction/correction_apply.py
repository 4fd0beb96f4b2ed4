from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.locking import lock, take_turns
from .correction_untouched import touch


class ClerkCorrection(models.Model):
    """Application of a correction: once, in one locked transaction."""

    _inherit = "clerk.correction"

    blocked_reason = fields.Char(
        compute="_compute_blocked_reason",
        string="Reason Not to Correct",
        exportable=False,
        help="Reason why no remedy can correct the document at the moment.",
    )
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)
    applied_preview = fields.Json(
        readonly=True, copy=False, exportable=False, export_string_translation=False
    )

    def action_apply(self):
        """Make the documents, once, and show them.

        :raises UserError: somebody else is applying it, it waits for approval, or it no
            longer fits the ledger; nothing is changed
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state != "applied":
            self._check_ready()
            self._apply()
        return self._action_show_documents()

    def _lock(self):
        """Lock the corrections, their documents and everything that they will settle.

        More than a step locks: two corrections may settle the same payment.
        """
        notes = self.move_id.union(*(each._ledger().notes() for each in self))
        moves = self.move_id | notes | self.allocation_ids.to_move_id
        lock(self._being_corrected, self, moves, self.allocation_ids.source_line_id)
        self._lock_customer()
        # Values read before the lock may be out of date.
        self.env.invalidate_all()

    def _being_corrected(self):
        return self.env._(
            "Somebody else is correcting %s right now. Reload the page in a few "
            "seconds.",
            ", ".join(self.move_id.mapped("name")),
        )

    def _lock_customer(self):
        """Let corrections of one customer be applied one after the other.

        What is at stake in others counts. Clerks need no right to change customers for
        it; they have the right to change the correction.
        """
        take_turns(
            lambda: self.env._(
                "Somebody else is correcting a document of %s right now. Reload "
                "the page in a few seconds.",
                ", ".join(self.partner_id.mapped("display_name")),
            ),
            self.partner_id,
        )

    def _check_ready(self):
        self._check_step("apply")
        if self.state == "approved":
            self._check_unchanged()
        elif self.approval_required:
            raise UserError(
                self.env._(
                    "%(correction)s needs approval. %(reason)s",
                    correction=self.name,
                    reason=self.approval_reason,
                )
            )
        self._check_applicable()

    def _check_applicable(self, preview=None):
        """Refuse a correction that cannot be applied as it is.

        :param preview: of the correction, if it was just computed
        :raises UserError: the case is closed, the document or the remedy does not fit,
            the correction would change nothing, or a change is to be confirmed
        """
        self.ensure_one()
        reason = self._blocked() or self._obstacle_to(preview or self._preview())
        if reason:
            raise UserError(reason)

    def _blocked(self):
        """Return why the document cannot be corrected at the moment, or False."""
        reason = self._closed_case() or self._document_unfit() or self._unfit()
        return reason or self._archived_customer() or self._stale()

    def _obstacle_to(self, preview):
        """Return why what is previewed cannot be applied, or False."""
        if obstacle := preview.get("obstacle"):
            return obstacle
        if not preview.get("documents"):
            return self.env._(
                "%s contains no changes yet: enter what to change.", self.name
            )
        return self._unconfirmed()

    @api.depends("move_id", "error_id.state")
    def _compute_blocked_reason(self):
        for correction in self:
            correction.blocked_reason = bool(correction.move_id) and (
                correction._closed_case()
                or correction._document_unfit()
                or correction._archived_customer()
            )

    def _is_possible(self):
        """Return whether what the dialog shows can be applied, approval apart."""
        return not (self._blocked() or self._obstacle_to(self.preview or {}))

    def _archived_customer(self):
        partner = self.move_id.partner_id
        if partner.active or not self.remedy_id.needs_active_customer:
            return False
        return self.env._(
            "%s is archived: unarchive the customer before you correct the document.",
            partner.display_name,
        )

    def _closed_case(self):
        if self.error_id.state in ("resolved", "rejected", "cancelled"):
            return self.env._(
                "%(error)s is closed. Reopen it to correct %(document)s again.",
                error=self.error_id.name,
                document=self.move_id.name,
            )
        return False

    def _stale(self):
        """Return that the billed lines have changed since, or False."""
        if not self.edits_lines:
            return False
        terms = self._ledger().billed_terms()
        billed = self.line_ids.filtered("move_line_id")
        if terms == {line.move_line_id: line._billed_terms() for line in billed}:
            return False
        return self.env._(
            "The billed lines of %(document)s have changed since %(correction)s was "
            "started. Reload the lines and enter what to change.",
            document=self.move_id.name,
            correction=self.name,
        )

    def action_reload(self):
        """Fill in the lines again, as billed now. Lines that are added stay."""
        self.line_ids.filtered("move_line_id").unlink()
        self._fill_lines()

    def _apply(self):
        """Make the documents of corrections that were checked, and tell of it."""
        made = {correction: correction._make_documents() for correction in self}
        # sudo: only sets a flag of the document; who may apply is checked before.
        self.move_id.sudo()._mark_corrected()
        self._log_documents(made)
        self._queue_mail()
        self.error_id._correction_applied()

    def _make_documents(self):
        """Make the documents of a correction, and compare them with its preview.

        :raises UserError: they differ from it
        """
        preview = self._preview()
        values = {
            "applied_by_id": self.env.uid,
            "applied_on": fields.Datetime.now(),
            "applied_preview": preview,
        }
        if not self.proposed_by_id:
            values |= {
                "proposed_by_id": self.env.uid,
                "proposed_on": values["applied_on"],
                "proposed_preview_html": self.preview_html,
                "proposed_stake": self.own_stake,
            }
        documents = getattr(self, self.remedy_id._method_name("apply"))()
        self._prove_preview(preview, documents)
        touch(self.move_id)
        self._write_step("apply", **values)
        return documents

    def _log_documents(self, made):
        """Log a link to its correction on each document.

        :param made: ``{correction: documents}``
        """
        bodies = {}
        for correction, documents in made.items():
            body = self.env._(
                "%(correction)s was applied: %(remedy)s",
                correction=correction._get_html_link(title=correction.name),
                remedy=correction.remedy_id.name,
            )
            bodies |= dict.fromkeys((documents | correction.move_id).ids, body)
        self.env["account.move"].browse(bodies)._message_log_batch(bodies=bodies)

    def _action_show_documents(self):
        """Open the new documents, or the corrected one if there are none."""
        documents = self.document_ids or self.move_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents of %s", self.name),
            "res_model": "account.move",
            "context": {"create": False},
        }
        if len(documents) == 1:
            return {**action, "views": [(False, "form")], "res_id": documents.id}
        rows = self.env.ref("account.view_out_invoice_tree")
        return {
            **action,
            "context": {"create": False, "default_move_type": "out_invoice"},
            "views": [(rows.id, "list"), (False, "form")],
            "domain": [("id", "in", documents.ids)],
        }
