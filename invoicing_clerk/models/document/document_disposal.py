from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ...rules.document.disposal import (
    LIFECYCLE,
    LINE_LIFECYCLE,
    LINE_STATES,
    STATES,
)
from ..mixin.attempt import attempt, reason_of


class ClerkDocumentDisposal(models.Model):
    """A retention run: documents whose retention period has ended are listed, and
    disposed of after somebody else has approved the list.

    The file of a document is deleted; its name, records and SHA-256 are kept. Documents
    that have to be kept longer stay in the list, with the reason. Both are done in the
    steps of `document_disposal_work`.
    """

    _name = "clerk.document.disposal"
    _description = "Retention Run"
    _inherit = ["clerk.drafted", "clerk.job", "clerk.thread"]
    _lifecycle = LIFECYCLE
    _job_cron = "ir_cron_document_disposal"
    _job_states = ("listing", "disposing")
    _number_prefix = "RR"
    _order = "id desc"
    _content_fields = frozenset({"date"})
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {"proposed_by_id", "approved_by_id", "approved_on", "line_ids", "user_id"}
    )

    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Retention Ended Before",
        required=True,
        default=fields.Date.context_today,
        help="Documents whose retention period ended before this day are listed.",
    )
    line_ids = fields.One2many(
        "clerk.document.disposal.line", "disposal_id", string="Documents", copy=False
    )
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Works for",
        readonly=True,
        copy=False,
        exportable=False,
        help="Documents are listed, or disposed of, with the access rights of this "
        "user.",
    )
    line_count = fields.Integer(
        string="Number of Documents", compute="_compute_counts", exportable=False
    )
    kept_count = fields.Integer(
        string="Kept", compute="_compute_counts", exportable=False
    )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for run in self:
            run.line_count = len(run.line_ids)
            run.kept_count = len(
                run.line_ids.filtered(lambda line: line.state == "kept")
            )

    # Steps

    def action_propose(self):
        """List the documents whose retention period has ended, and hand the list in.

        :raises UserError: there are none
        """
        self._take_step(
            "propose", proposed_by_id=self.env.uid, user_id=self.env.uid, tries=0
        )
        self._begin_work()

    def action_approve(self):
        """Dispose of the listed documents that need not be kept.

        What the list shows as kept is for the next run, if it need not be kept then.
        """
        self._take_step(
            "approve",
            approved_by_id=self.env.uid,
            approved_on=fields.Datetime.now(),
            user_id=self.env.uid,
            tries=0,
        )
        self._begin_work()

    def action_return(self):
        """Send a list back, to be made again or dropped."""
        self._begin_step("return")
        self._check_needs("return", {})
        # sudo: nobody deletes lines otherwise.
        self.sudo()._write_step(
            "return", line_ids=[Command.clear()], proposed_by_id=False
        )

    def action_cancel(self):
        self._take_step("cancel")

    def _own_problem(self):
        if self.proposed_by_id == self.env.user and not self.env.su:
            return self.env._("You listed the documents: ask a colleague to approve.")
        listed = self.line_ids.filtered(lambda line: line.state == "listed")
        shortened = listed.document_id.filtered(
            lambda each: each.shortened_by_id == self.env.user
        )
        if shortened and not self.env.su:
            return self.env._(
                "You shortened the retention period of %s: ask a colleague to approve.",
                shortened[0].name,
            )
        return None

    def _obstacle(self, step, vals):
        if step == "approve" and (problem := self._own_problem()):
            return problem
        if step == "return" and "disposed" in self.line_ids.mapped("state"):
            return self.env._("Some of its documents are disposed of already.")
        return super()._obstacle(step, vals)

    def _is_offered(self, step):
        blocked = step in ("approve", "return") and self._obstacle(step, {})
        return not blocked and super()._is_offered(step)

    @api.depends(
        *("proposed_by_id", "line_ids.state", "line_ids.document_id.shortened_by_id"),
    )
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()


class ClerkDocumentDisposalLine(models.Model):
    """A document of a retention run: disposed of, or why it is kept."""

    _name = "clerk.document.disposal.line"
    _description = "Document of a Retention Run"
    _inherit = ["clerk.lifecycle"]
    _lifecycle = LINE_LIFECYCLE
    _guards_all = True
    _order = "disposal_id, id"

    disposal_id = fields.Many2one(
        "clerk.document.disposal",
        string="Retention Run",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="disposal_id.company_id", store=True)
    document_id = fields.Many2one(
        "clerk.document", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="document_id.class_id")
    shortened_by_id = fields.Many2one(related="document_id.shortened_by_id")
    kept_until = fields.Date(string="Retain Until")
    file_hash = fields.Char(string="SHA-256")
    state = fields.Selection(
        LINE_STATES, string="Status", required=True, default="listed", copy=False
    )
    problem = fields.Char(string="Why Kept")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_step(self):
        if not self._is_inside():
            raise UserError(self.env._("The lines of retention runs are not deleted."))

    def _dispose(self):
        """Dispose of documents one by one: what has to be kept stops no other."""
        self._check_step("decide")
        obstacles = self.document_id._retention_obstacles()
        for line in self:
            document = line.document_id._refresh_later()
            problem = line._changed_text() or obstacles.get(document.id)
            if not problem:
                error = attempt(self.env, document._dispose)
                problem = reason_of(error)
            state = "kept" if problem else "disposed"
            line._write_step("decide", state=state, problem=problem)
        self.document_id.link_ids._refresh_files()

    def _changed_text(self):
        """Return that the term has changed since the list was made, or None."""
        if self.document_id.kept_until == self.kept_until:
            return None
        return self.env._("Its retention period has changed since it was listed.")


class ClerkDocument(models.Model):
    """Reasons to keep documents beyond their period, and their disposal."""

    _inherit = "clerk.document"

    def _disposal_values(self):
        """Return the values of lines of a retention run."""
        obstacles = self._retention_obstacles()
        return [
            {
                "document_id": document.id,
                "kept_until": document.kept_until,
                "file_hash": document.file_hash,
                "state": "kept" if document.id in obstacles else "listed",
                "problem": obstacles.get(document.id),
            }
            for document in self
        ]

    def _retention_obstacle(self):
        """Return why the document has to be kept, or None."""
        return self._retention_obstacles().get(self.id)

    def _retention_obstacles(self):
        """Return why documents have to be kept: ``{id: reason}``."""
        days, found = self._last_days(), self._protections()
        for document in self:
            reason = document._period_obstacle(days[document.id])
            if reason and document.id not in found:
                found[document.id] = reason
        return found

    def _period_obstacle(self, last_day):
        """Return that the period or the fiscal year has not ended, or None."""
        end = self._kept_from(last_day)
        if end >= fields.Date.context_today(self):
            return self.env._(
                "Its retention period ends on %s.", fields.Date.to_string(end)
            )
        year_end = self._year_end(last_day)
        # sudo: lock dates of the company.
        locks = [
            each[name]
            for each in self.company_id.sudo().parent_ids
            for name in ("fiscalyear_lock_date", "hard_lock_date")
            if each[name]
        ]
        if not locks or max(locks) < year_end:
            return self.env._(
                "The fiscal year that ends on %s is not closed.",
                fields.Date.to_string(year_end),
            )
        return None

    def _protections(self):
        """Return what keeps documents whatever their period: ``{id: reason}``.

        Audits add to it.
        """
        found = {
            each.id: self.env._("Legal hold: %s", each.hold_reason)
            for each in self
            if each.is_on_hold
        }
        for number in self._ids_of_trail() - found.keys():
            # sudo: the name of the company of the document.
            company = self.browse(number).company_id.sudo()
            found[number] = self.env._(
                "The restrictive audit trail protects documents of entries of "
                "%(company)s.",
                company=company.name,
            )
        return found

    def _ids_of_trail(self):
        """Return the ids of documents of entries of companies with an audit trail."""
        # sudo: a setting of the company.
        kept = self.filtered(
            lambda each: each.company_id.sudo().restrictive_audit_trail
        )
        return self.env["clerk.invoice.file"]._ids_with_entries(
            kept,
            SQL("JOIN account_move AS entry ON entry.id = reached.move_id"),
            SQL("entry.posted_before"),
        )

    def _dispose(self):
        """Delete the file of a document; its SHA-256 is kept."""
        self._check_evidence("file")
        # sudo: a step of the system, for the list that was approved.
        document_sudo = self.sudo()
        document_sudo._begin_step("dispose")
        document_sudo._write_step("dispose")
        document_sudo._drop_evidence("file")
        document_sudo._message_log(
            body=self.env._("Disposed of after its retention period.")
        )
