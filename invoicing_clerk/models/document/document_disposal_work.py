from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..mixin.job import MAX_TRIES

# Documents of one run; the next one has the others.
MOST = 2000
# Documents that are looked at, or disposed of, between two commits.
CHUNK = 100


class ClerkDocumentDisposal(models.Model):
    """Lists documents and disposes of them, in parts that are committed.

    The first part is done while the user waits, the others in the background. What a
    stopped worker has committed is not done again.
    """

    _inherit = "clerk.document.disposal"
    _guarded_fields = frozenset({"reached_id"})

    # Documents may be deleted while they are listed: no many2one.
    reached_id = fields.Integer(
        string="Last Document Checked", readonly=True, copy=False, exportable=False
    )

    def _begin_work(self):
        """Do the first part, and leave the others to the background."""
        for run in self:
            run._work_on_part()
            if run.state in run._job_states:
                run._wake_worker()

    @api.model
    def _cron_work(self):
        """Go on with runs that were begun."""
        self._work()

    def _work_in_steps(self):
        while self._may_go_on():
            self._count_attempt()
            if not self._may_go_on():
                break
            problem = self._too_many_tries() if self.tries > MAX_TRIES else None
            problem = problem or self._attempt(self._work_for_requester)
            if problem:
                self._stop(problem)
            self._write_tries(self)
            if not self._commit_step(1):
                return False
        return bool(self._commit_step())

    def _work_for_requester(self):
        self._as_requester()._work_on_part()

    def _work_on_part(self):
        if self.state == "listing":
            self._list_part()
        else:
            self._dispose_part()

    def _stop(self, problem):
        """Hand the run back to people, with the reason."""
        self._message_log(body=problem)
        if self.state == "disposing":
            self._write_step(
                "stop", state="proposed", approved_by_id=False, approved_on=False
            )
        else:
            self._write_step(
                "stop", state="draft", line_ids=[Command.clear()], reached_id=0
            )

    # Listing

    def _list_part(self):
        """List some documents: to dispose of, or to keep.

        What has to be kept does not use up the places of what can be disposed of.
        """
        documents = self._next_ended()
        found = {"listed": [], "kept": []}
        for values in documents._disposal_values():
            found[values["state"]].append(values)
        room = {state: MOST - self._count_lines(state) for state in found}
        lines = [each for state in found for each in found[state][: room[state]]]
        # sudo: nobody creates lines otherwise; the user can read the documents.
        self.sudo()._inside().write(
            {
                "line_ids": list(map(Command.create, lines)),
                "reached_id": documents[-1:].id or self.reached_id,
            }
        )
        if len(documents) < CHUNK or len(found["listed"]) >= room["listed"]:
            self._end_list()

    def _end_list(self):
        """:raises UserError: nothing was found"""
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%(run)s: no retention period ended before %(day)s.",
                    run=self.name,
                    day=fields.Date.to_string(self.date),
                )
            )
        self._write_step("list", reached_id=0)

    def _count_lines(self, state):
        return self.line_ids.search_count(
            Domain("disposal_id", "=", self.id) & Domain("state", "=", state)
        )

    def _next_ended(self):
        """Return the next documents whose retention period has ended."""
        today = fields.Date.context_today(self)
        return self.env["clerk.document"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "filed")
            & Domain("kept_until", "<", min(self.date, today))
            & Domain("id", ">", self.reached_id),
            order="id",
            limit=CHUNK,
        )

    # Disposing

    def _dispose_part(self):
        """Dispose of some of the listed documents."""
        # sudo: nobody writes lines otherwise.
        lines = self.sudo().line_ids.search(
            Domain("disposal_id", "=", self.id) & Domain("state", "=", "listed"),
            limit=CHUNK,
        )
        lines._dispose()
        if not self._count_lines("listed"):
            self._write_step("finish")
