import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....rules.plural import plural
from ...mixin.job import MAX_TRIES
from ...mixin.notification import SOFT_RELOAD, notification_action

_logger = logging.getLogger(__name__)


class ClerkAuditRun(models.Model):
    """Runs several tests in the background, one after the other.

    All tests of large books take longer than a request may. A single one is run at
    once.
    """

    _inherit = "clerk.audit.run"

    def _run_or_queue(self):
        """Run a single test, or queue several; return an action if they are queued."""
        if len(self) == 1:
            return self._run_tests()
        self._queue_tests()
        message = plural(
            len(self),
            self.env._("%s test is run in the background.", len(self)),
            self.env._(
                "%s tests are run in the background. You will be notified when they "
                "are finished.",
                len(self),
            ),
        )
        return notification_action(message, "info", then=SOFT_RELOAD)

    def _queue_tests(self):
        """Have the tests run in the background.

        :raises AccessError: the caller cannot read journal items, or not write here
        :raises UserError: the engagement is closed, or a test is not to be run
        """
        self._check_may_run()
        self._take_step("queue")
        self._wake_worker()

    @api.model
    def _cron_run(self):
        """Run queued tests."""
        self._work()

    def _work_in_steps(self):
        if self._may_go_on():
            self._count_attempt()
        if self._may_go_on():
            self._run_for_requester()
            self._commit_step(1)
            self._notify_finished()
        return bool(self._commit_step())

    def _run_for_requester(self):
        """Store the result, or the reason why there is none."""
        try:
            if self.tries > MAX_TRIES:
                raise UserError(self._too_many_tries())
            self._as_requester()._run_tests()
        except Exception as error:
            _logger.info("Audit test run %s failed", self.id, exc_info=True)
            self.env.cr.rollback()
            if self._may_go_on():
                self._write_step("fail", reason=str(error))

    def _notify_finished(self):
        """Notify the user who requested tests when the last one has been run."""
        own = Domain("audit_id", "=", self.audit_id.id)
        own &= Domain("user_id", "=", self.user_id.id)
        if self.search_count(own & self._pending()):
            return
        failed = self.search(own & Domain("is_current", "=", True)).filtered(
            lambda run: run.state == "failed"
        )
        body = self.env._("The tests of the engagement have been run.")
        if failed:
            codes = ", ".join(failed.mapped("code"))
            body = self.env._(
                "The tests of the engagement have been run. Failed: %s. Open a failed "
                "test to see the reason and to run it again.",
                codes,
            )
        self.audit_id.message_notify(
            body=body,
            subject=self.audit_id.display_name,
            partner_ids=self.user_id.partner_id.ids,
        )
