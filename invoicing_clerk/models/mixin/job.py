from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .attempt import attempt, reason_of

# A job that stopped its worker so often is set aside.
MAX_TRIES = 3


class ClerkJob(models.AbstractModel):
    """Work that is done in the background, in committed steps.

    It is done with the access rights of the user who requested it. A worker that is
    killed loses the step it was in: the attempt is counted before, so that a job that
    stops its worker again and again is set aside, and the others go on.

    **How to use**

    1. Declare the states in which there is work in ``_job_states``, and a field
       ``user_id`` for the user who requested it. If the first is ``waiting``, declare a
       step ``start`` that leads to the second.
    2. ``_job_cron`` names the scheduled action; its method calls ``_work``. What
       requests the work calls ``_wake_worker``.
    3. ``_work_in_steps`` does the work of one record: it asks ``_may_go_on`` after each
       commit, calls ``_count_attempt`` before what may kill the worker, and works on
       ``_as_requester``. It returns whether there is time for another record.
    4. Work in parts that fail by themselves needs no ``_work_in_steps``: declare
       ``_next_parts``, ``_work_on`` and ``_finish_work``, and do each part by
       ``_attempt``, or many at once by ``attempt_in_parts``.
    """

    _name = "clerk.job"
    _description = "Work in the Background"
    _inherit = ["clerk.lifecycle"]
    _job_cron = None
    _job_states = ("waiting", "running")
    _guarded_fields = frozenset({"tries"})

    tries = fields.Integer(
        string="Interrupted Attempts",
        readonly=True,
        copy=False,
        exportable=False,
        help="Attempts that were interrupted.",
    )

    @api.model
    def _pending(self):
        """Return the domain of records with work to be done."""
        return Domain("state", "in", self._job_states)

    @api.model
    def _wake_worker(self):
        # sudo: triggering the scheduled action discloses and changes no record.
        self.env.ref(f"invoicing_clerk.{self._job_cron}").sudo()._trigger()

    @api.model
    def _work(self):
        """Do what is pending, oldest first."""
        self._commit_step()
        for job in self.search(self._pending(), order="id"):
            if not job.with_context(lang=job.user_id.lang)._work_in_steps():
                return

    def _work_in_steps(self):
        """Do the work of a record; return True if there is time for another one."""
        while self._may_go_on():
            parts = self._next_parts()
            if not parts:
                self._finish_work()
                break
            self._count_attempt(parts)
            if not self._may_go_on():
                break
            self._work_on(parts)
            if not self._commit_step(len(parts)):
                return False
        return bool(self._commit_step())

    def _next_parts(self):
        """Return the records to work on until the next commit."""
        raise NotImplementedError

    def _work_on(self, parts):
        """Do each part, and keep why it failed."""
        raise NotImplementedError

    def _finish_work(self):
        """Take the step that ends the work."""
        raise NotImplementedError

    def _attempt(self, work):
        """Do it or undo it; return why it failed as text, or None."""
        return reason_of(attempt(self.env, work))

    @api.model
    def _commit_step(self, done=0):
        """Commit progress and return the seconds left.

        The remaining number makes the scheduler run the action again at once.
        """
        remaining = self._count_remaining()
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    @api.model
    def _count_remaining(self):
        """Return the number of steps that are still to be done."""
        return self.search_count(self._pending())

    def _may_go_on(self):
        """Lock the job; return False if it was cancelled or finished meanwhile."""
        self.env.invalidate_all()
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        if not self.filtered_domain(self._pending()):
            return False
        if self.state == "waiting":
            self._write_step("start")
        return True

    def _count_attempt(self, parts=None):
        """Count the attempt and commit, so that it is known when it is not survived."""
        for records in (parts or self).grouped("tries").values():
            self._write_tries(records, records[0].tries + 1)
        self._commit_step()

    def _write_tries(self, records, tries=0):
        # sudo: only the worker counts its attempts.
        records.sudo().write({"tries": tries})

    def _too_many_tries(self):
        return self.env._(
            "The server stopped %s times while working on this. It was set aside. "
            "Try again, or ask an administrator about memory and time limits.",
            MAX_TRIES,
        )

    def _companies(self):
        """Return the companies of which the job reads documents."""
        return self.company_id

    def _as_requester(self):
        """Return the job with the access rights of the user who requested it.

        :raises AccessError: that user can no longer read it
        """
        self.ensure_one()
        user = self.user_id
        companies = self._companies() & user.company_ids
        job = (
            self.sudo(False)
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids, lang=user.lang, tz=user.tz)
        )
        if not user.active:
            raise AccessError(self.env._("The user %s is archived.", user.name))
        job.check_access("read")
        return job
