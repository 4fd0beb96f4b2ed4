import errno
import logging

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...mixin.attempt import attempt_in_parts, reason_of
from ...mixin.job import MAX_TRIES
from ...statement.pdf_budget import PdfTimeoutError

_logger = logging.getLogger(__name__)

# Items per batch: one call of the PDF program, one set of database queries.
BATCH_SIZE = 50
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def _is_of_storage(error):
    return isinstance(error, OSError) and error.errno in STORAGE_ERRORS


def _is_of_pack(error):
    """Return whether an error stops the pack: cover sheets are alike for all items."""
    return _is_of_storage(error) or isinstance(error, PdfTimeoutError)


class ClerkAuditPack(models.Model):
    """Builds packs in the background, in small committed steps.

    A worker that is killed loses one batch at most: it is counted before the work
    starts, and its items are taken one by one then. An item that fails, or stops its
    worker again and again, does not stop the others: it stores and shows the reason.
    """

    _inherit = "clerk.audit.pack"

    @api.model
    def _cron_build(self):
        """Build pending packs."""
        self._work()

    @api.model
    def _count_remaining(self):
        items = self.env["clerk.audit.pack.item"].search_count(
            [
                ("pack_id", "in", self._search(self._pending())),
                ("state", "=", "waiting"),
            ]
        )
        return super()._count_remaining() + items

    def _work_in_steps(self):
        while self._may_go_on():
            batch = self._next_batch()
            self._count_attempt(batch)
            if not self._may_go_on():
                break
            try:
                self._check_attempts(batch)
                self._as_reader()
                if batch:
                    batch._build_or_fail()
                else:
                    self._assemble()
                    self._write_tries(self)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.info("Evidence pack %s failed", self.id, exc_info=True)
                self.env.cr.rollback()
                self._fail(error)
                break
            if not self._commit_step(len(batch) or 1):
                return False
        return bool(self._commit_step())

    def _check_attempts(self, batch):
        """Set aside an item that stopped its worker too often.

        :raises UserError: assembling the pack did
        """
        for item in batch.filtered(lambda each: each.tries > MAX_TRIES):
            item._move_on("fail", error=self._too_many_tries())
        if not batch and self.tries > MAX_TRIES:
            raise UserError(self._too_many_tries())

    def _next_batch(self):
        """Return the next items; one that was interrupted before is taken alone."""
        waiting = self.env["clerk.audit.pack.item"].search(
            [("pack_id", "=", self.id), ("state", "=", "waiting")],
            limit=BATCH_SIZE,
            order="tries, sequence, id",
        )
        fresh = waiting.filtered(lambda each: not each.tries)
        return fresh or waiting[:1]

    def _fail(self, error):
        """Store the reason of the failure; items already built are kept."""
        self._check_step("fail")
        self._write_step("fail", error=self._failure_text(error))
        self._notify_user(
            self.env._("The evidence pack could not be built: %s", self.error)
        )

    def _failure_text(self, error):
        if _is_of_storage(error):
            return self.env._(
                "The pack could not be written: %(reason)s. Free space in the file "
                "store and try again; items already built are kept.",
                reason=error.strerror,
            )
        if isinstance(error, AccessError):
            return self.env._(
                "%(user)s, who requested the pack, no longer has access to all of its "
                "documents: %(reason)s",
                user=self.user_id.name,
                reason=str(error).strip().split("\n")[0],
            )
        return str(error)

    def _notify_user(self, body):
        # sudo: a message of the worker to the user who requested the pack.
        self.sudo().message_post(body=body, partner_ids=self.user_id.partner_id.ids)

    def _as_reader(self):
        """Return the pack as the user who requested it, with archived records."""
        return self._as_requester().with_context(active_test=False)


class ClerkAuditPackItem(models.Model):
    """Building of a batch of items by the worker."""

    _inherit = "clerk.audit.pack.item"

    def _build_or_fail(self):
        """Build the items; one that fails keeps its reason.

        :raises OSError: nothing can be stored
        :raises PdfTimeoutError: a cover sheet hangs
        """
        waiting = self.filtered(lambda item: item.state == "waiting")
        for part, error in attempt_in_parts(
            waiting, lambda part: part._build(), is_of_all=_is_of_pack
        ):
            if error and _is_of_pack(error):
                raise error
            if error:
                part._move_on("fail", error=reason_of(error))
            # The cache of one part must not pile up in memory for the next.
            self.env.invalidate_all()
