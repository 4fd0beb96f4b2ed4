from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.document.disposal import LIFECYCLE, LINE_STATES, STATES
from ..mixin.attempt import attempt, reason_of

# Documents of one run; the next one has the others.
MOST = 2000


class ClerkDocumentDisposal(models.Model):
    """A retention run: documents whose term has ended are listed, and disposed of after
    somebody else has approved the list.

    The file of a document is deleted; its name, records and SHA-256 are kept. Documents
    that have to be kept longer stay in the list, with the reason.
    """

    _name = "clerk.document.disposal"
    _description = "Retention Run"
    _inherit = ["clerk.drafted", "clerk.thread"]
    _lifecycle = LIFECYCLE
    _number_prefix = "RR"
    _order = "id desc"
    _content_fields = frozenset({"date"})
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {"proposed_by_id", "approved_by_id", "approved_on", "line_ids"}
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
        string="Term Ended Before",
        required=True,
        default=fields.Date.context_today,
        help="Documents whose term ended before this day are listed.",
    )
    line_ids = fields.One2many(
        "clerk.document.disposal.line", "disposal_id", string="Documents", copy=False
    )
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
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
        """List the documents whose term has ended, and hand the list in."""
        self._begin_step("propose")
        self._check_needs("propose", {})
        for run in self:
            documents = run._ended()
            if not documents:
                raise UserError(
                    self.env._(
                        "%(run)s: no term of a document ended before %(day)s.",
                        run=run.name,
                        day=fields.Date.to_string(run.date),
                    )
                )
            run._write_step(
                "propose",
                proposed_by_id=self.env.uid,
                line_ids=[
                    Command.clear(),
                    *map(Command.create, documents._disposal_values()),
                ],
            )

    def action_approve(self):
        """Dispose of the listed documents that need not be kept."""
        self._begin_step("approve")
        self._check_needs("approve", {})
        for run in self:
            run.line_ids._dispose()
            run._write_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )

    def action_return(self):
        """Send a list back, to be made again or dropped."""
        self._take_step("return", line_ids=[Command.clear()], proposed_by_id=False)

    def action_cancel(self):
        self._take_step("cancel")

    def _ended(self):
        today = fields.Date.context_today(self)
        return self.env["clerk.document"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "filed")
            & Domain("kept_until", "<", min(self.date, today)),
            order="kept_until, id",
            limit=MOST,
        )

    def _own_problem(self):
        if self.proposed_by_id == self.env.user and not self.env.su:
            return self.env._("You listed the documents: ask a colleague to approve.")
        return None

    def _obstacle(self, step, vals):
        if step == "approve" and (problem := self._own_problem()):
            return problem
        return super()._obstacle(step, vals)

    def _is_offered(self, step):
        own = step == "approve" and self._own_problem()
        return not own and super()._is_offered(step)

    @api.depends("proposed_by_id")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()


class ClerkDocumentDisposalLine(models.Model):
    """A document of a retention run: disposed of, or why it is kept."""

    _name = "clerk.document.disposal.line"
    _description = "Document of a Retention Run"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "disposal_id, id"

    disposal_id = fields.Many2one(
        "clerk.document.disposal", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="disposal_id.company_id", store=True)
    document_id = fields.Many2one(
        "clerk.document", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="document_id.class_id")
    kept_until = fields.Date()
    file_hash = fields.Char(string="SHA-256")
    state = fields.Selection(
        LINE_STATES, string="Status", required=True, default="listed"
    )
    problem = fields.Char(string="Why Kept")

    def _dispose(self):
        """Dispose of documents one by one: what has to be kept stops no other."""
        for line in self:
            document = line.document_id
            problem = line._changed_text() or document._retention_obstacle()
            if not problem:
                error = attempt(self.env, document._dispose)
                problem = reason_of(error)
            line._inside().write(
                {"state": "kept" if problem else "disposed", "problem": problem}
            )

    def _changed_text(self):
        """Return that the term has changed since the list was made, or None."""
        if self.document_id.kept_until == self.kept_until:
            return None
        return self.env._("Its term has changed since it was listed.")


class ClerkDocument(models.Model):
    """What keeps documents beyond their term, and how they are disposed of."""

    _inherit = "clerk.document"

    def _disposal_values(self):
        """Return the values of lines of a retention run."""
        values = []
        for document in self:
            problem = document._retention_obstacle()
            values.append(
                {
                    "document_id": document.id,
                    "kept_until": document.kept_until,
                    "file_hash": document.file_hash,
                    "state": "kept" if problem else "listed",
                    "problem": problem,
                }
            )
        return values

    def _retention_obstacle(self):
        """Return why the document has to be kept, or None. Audits add to it."""
        today = fields.Date.context_today(self)
        if self.is_on_hold:
            return self.env._("Legal hold: %s", self.hold_reason)
        if self.kept_until >= today:
            return self.env._(
                "Its term ends on %s.", fields.Date.to_string(self.kept_until)
            )
        # sudo: settings of the company.
        company = self.company_id.sudo()
        year_end = self._year_end()
        locks = [
            each[name]
            for each in company.parent_ids
            for name in ("fiscalyear_lock_date", "hard_lock_date")
            if each[name]
        ]
        if max(locks, default=year_end - timedelta(days=1)) < year_end:
            return self.env._(
                "The fiscal year that ends on %s is not closed.",
                fields.Date.to_string(year_end),
            )
        if company.restrictive_audit_trail and self._has_posted_moves():
            return self.env._(
                "The restrictive audit trail of %s keeps the documents of its entries.",
                company.name,
            )
        return None

    def _linked_moves(self):
        """Return the entries that the document belongs to, whoever may read them."""
        # sudo: only tells whether they keep the document.
        links = self.sudo().link_ids
        moves = links.filtered(lambda each: each.res_model == "account.move")
        return self.env["account.move"].sudo().browse(moves.mapped("res_id")).exists()

    def _has_posted_moves(self):
        return any(move.posted_before for move in self._linked_moves())

    def _dispose(self):
        """Delete the file of a document; its SHA-256 is kept."""
        self._check_evidence("file")
        # sudo: a step of the system, for the list that was approved.
        document_sudo = self.sudo()
        document_sudo._begin_step("dispose")
        document_sudo._write_step("dispose")
        document_sudo._drop_evidence("file")
        document_sudo._message_log(body=self.env._("Disposed of after its term."))
