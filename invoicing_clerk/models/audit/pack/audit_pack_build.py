import errno
import logging

from odoo import api, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)

# Items at once: one call of the PDF program, one set of questions to the database.
BATCH_SIZE = 50
WAITING = [
    ("state", "in", ("waiting", "running")),
    ("audit_id.state", "!=", "closed"),
]
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class ClerkAuditPack(models.Model):
    """Makes packs in the background, in small committed steps.

    A worker that is killed loses one batch at most. One item that cannot be made stops
    no other: it keeps the reason and is shown.
    """

    _inherit = "clerk.audit.pack"

    @api.model
    def _cron_make(self):
        """Make what waits, pack by pack, oldest first.

        A pack of an engagement that was closed waits until it is opened again.
        """
        self._commit_step()
        for pack in self.search(WAITING, order="id"):
            if not pack.with_context(lang=pack.user_id.lang)._make_in_steps():
                return

    def _commit_step(self, done=0):
        """Commit what was done. The seconds that are left for more.

        What is left is counted each time: it tells the scheduler to come again at once.
        """
        packs = self.search(WAITING)
        items = self.env["clerk.audit.pack.item"].search_count(
            [("pack_id", "in", packs.ids), ("state", "=", "waiting")]
        )
        return self.env["ir.cron"]._commit_progress(done, remaining=len(packs) + items)

    def _make_in_steps(self):
        """Make a pack. Whether there is time for the next one."""
        while self._may_go_on():
            batch = self._next_batch()
            try:
                self._as_reader()
                if batch:
                    batch._make_or_halve()
                else:
                    self._assemble()
            except Exception as error:
                _logger.info("Evidence pack %s failed", self.id, exc_info=True)
                self.env.cr.rollback()
                self._fail(error)
                break
            if not self._commit_step(len(batch) or 1):
                return False
        return bool(self._commit_step())

    def _may_go_on(self):
        """Whether nobody has cancelled or closed it meanwhile; then it is locked."""
        self.env.invalidate_all()
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        if self.audit_id.state == "closed":
            return False
        if self.state == "waiting":
            self._move_on("running")
        return self.state == "running"

    def _next_batch(self):
        return self.env["clerk.audit.pack.item"].search(
            [("pack_id", "=", self.id), ("state", "=", "waiting")],
            limit=BATCH_SIZE,
            order="sequence, id",
        )

    def _fail(self, error):
        """Keep why it cannot be made. What was made of it is kept as well."""
        self._move_on("failed", error=self._say_failure(error))
        self._tell(self.env._("The evidence pack could not be made: %s", self.error))

    def _say_failure(self, error):
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return self.env._(
                "It could not be written: %(reason)s. Make room in the file store and "
                "try again; what is made already is kept.",
                reason=error.strerror,
            )
        if isinstance(error, AccessError):
            return self.env._(
                "%(user)s, who asked for it, may not read all of it any more: "
                "%(reason)s",
                user=self.user_id.name,
                reason=str(error).strip().split("\n")[0],
            )
        return str(error)

    def _tell(self, body):
        # sudo: the worker speaks, to the one who waits for the pack.
        self.sudo().message_post(body=body, partner_ids=self.user_id.partner_id.ids)

    # Who reads

    def _as_reader(self):
        """The pack with the rights of who asked for it, and nobody's else.

        :raises AccessError: that person may not see it any more
        """
        self.ensure_one()
        user = self.user_id
        companies = self._companies() & user.company_ids
        reader = (
            self.sudo(False)
            .with_user(user)
            .with_context(
                allowed_company_ids=companies.ids,
                lang=user.lang,
                tz=user.tz,
                active_test=False,
            )
        )
        if not user.active:
            raise AccessError(self.env._("%s has left.", user.name))
        reader.check_access("read")
        return reader


class ClerkAuditPackItem(models.Model):
    """What a worker does with a batch of items."""

    _inherit = "clerk.audit.pack.item"

    def _make_or_halve(self):
        try:
            with self.env.cr.savepoint():
                self._make()
        except Exception as error:
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            _logger.info("Evidence of %s failed", self, exc_info=True)
            if len(self) > 1:
                self._halve()
            else:
                self.write({"state": "failed", "error": str(error)})
        # What was read of one batch is not kept in memory for the next.
        self.env.invalidate_all()

    def _halve(self):
        half = len(self) // 2
        self[:half]._make_or_halve()
        self[half:]._make_or_halve()
