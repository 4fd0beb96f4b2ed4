from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.statement.statement import DELIVERY_WAYS
from ...rules.statement.statement_delivery import DELIVERY_STATES

# A document that ended the server this often is left alone, with a sentence.
MOST_TRIES = 3
# Each takes batches of its own: as many PDFs are made at once.
DOCUMENT_WORKERS = ("ir_cron_statement_documents", "ir_cron_statement_documents_2")


class StatementDelivery(models.AbstractModel):
    """How a statement reaches its customer, and what became of that.

    The way is the customer's own and is settled when the run is sent. First a worker
    makes the PDFs, batch by batch; then each goes its way. A worker signs what it takes
    and commits that: what bears the sign of a worker that begins anew was left by one
    that was ended in the middle, and is taken up again.
    """

    _name = "clerk.statement.delivery"
    _description = "Delivery of a Statement"

    delivery_way = fields.Selection(
        DELIVERY_WAYS, string="Goes", readonly=True, copy=False
    )
    delivery_state = fields.Selection(
        DELIVERY_STATES,
        string="Delivery",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    delivery_error = fields.Char(
        string="Not Delivered Because",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    delivery_tries = fields.Integer(
        string="Times Tried", readonly=True, copy=False, groups="base.group_user"
    )
    sent_on = fields.Datetime(string="Delivered On", readonly=True, copy=False)
    opened_on = fields.Datetime(
        readonly=True, copy=False, help="First time in the portal."
    )
    # No constraint: when a worker is removed, what it left is anybody's.
    worker_id = fields.Many2one("ir.cron", readonly=True, ondelete="set null")

    # Steps

    def _queue_delivery(self):
        """Let these go out soon after this transaction."""
        for way, statements in self.grouped(lambda each: each._way()).items():
            statements.write(
                {
                    "delivery_way": way,
                    "delivery_state": "pending",
                    "delivery_error": False,
                    "delivery_tries": 0,
                    "sent_on": False,
                    "mail_id": False,
                    "worker_id": False,
                }
            )
        self._wake(*DOCUMENT_WORKERS)

    def _way(self):
        wish = self.partner_id.commercial_partner_id.statement_delivery
        return wish or self.run_id.delivery_way

    @api.model
    def _wake(self, *crons, at=None):
        # sudo: only wakes the worker, which does what the run says.
        for cron in self._workers(*crons).sudo():
            cron._trigger(at)

    @api.model
    def _workers(self, *crons):
        names = [f"invoicing_clerk.{name}" for name in crons]
        found = [self.env.ref(name, raise_if_not_found=False) for name in names]
        return self.env["ir.cron"].browse(cron.id for cron in found if cron)

    def action_try_again(self):
        """Deliver again what failed, by the way that the customer wants by now.

        :raises UserError: one of them did not fail
        """
        self.run_id.check_access("write")
        for statement in self:
            if statement.delivery_state != "failed":
                raise UserError(
                    self.env._(
                        "%(statement)s did not fail: there is nothing to try again.",
                        statement=statement.display_name,
                    )
                )
        self.run_id._check_step("again")
        # sudo: nobody writes statements but by steps; the runs may be written.
        self.sudo()._queue_delivery()
        self.run_id._set_sending()

    def action_preview(self):
        """Open the PDF: the one that was stored, or as it would be made now."""
        self.ensure_one()
        self.check_access("read")
        if not self.document_id:
            report = self.env.ref("invoicing_clerk.action_report_statement")
            return report.report_action(self, config=False)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}",
            "target": "new",
        }

    # Documents

    @api.model
    def _cron_make_documents(self):
        """Make the PDFs of what is to go out. Several workers share the work."""
        progress = self.env["ir.cron"]
        worker = self._this_worker("ir_cron_statement_documents")
        self._leave_to_others(worker)
        pending = self.search_count([("delivery_state", "=", "pending")])
        progress._commit_progress(remaining=pending)
        while batch := self._take_pending(worker):
            batch._prepare_delivery()
            self._wake("ir_cron_statement_send")
            if not progress._commit_progress(len(batch)):
                break

    @api.model
    def _this_worker(self, otherwise):
        worker = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        return worker or self._workers(otherwise)

    @api.model
    def _leave_to_others(self, worker):
        """Give back what this worker had taken when it was ended the last time."""
        self.search(
            [("delivery_state", "=", "pending"), ("worker_id", "=", worker.id)]
        ).worker_id = False

    @api.model
    def _take_pending(self, worker):
        """Sign the next batch, so that no other worker takes it, and commit that.

        What ended a worker before is taken alone.
        """
        for _attempt in range(MOST_TRIES):
            try:
                batch = self._lock_pending()
            except errors.SerializationFailure:
                # Another worker signed some of them in this very moment.
                self.env.cr.rollback()
                continue
            batch.write(
                {
                    "worker_id": worker.id,
                    "delivery_tries": batch[:1].delivery_tries + 1,
                }
            )
            self.env["ir.cron"]._commit_progress()
            return batch
        return self.browse()

    @api.model
    def _lock_pending(self):
        size = self._documents_at_once()
        found = self.search(
            [("delivery_state", "=", "pending"), ("worker_id", "=", False)],
            order="delivery_tries, run_id, id",
            limit=2 * size,
        )
        batch = found.try_lock_for_update(limit=size)
        first = batch[:1]
        if first.delivery_tries:
            return first
        return batch.filtered(
            lambda each: each.run_id == first.run_id and not each.delivery_tries
        )

    def _prepare_delivery(self):
        """Make the PDFs of a batch that was taken, and let each go on its way."""
        able = self
        if self[:1].delivery_tries > MOST_TRIES:
            self._fail(
                self.env._(
                    "Making its PDF ended the server %s times. Look at its lines, then "
                    "try again.",
                    MOST_TRIES,
                )
            )
            return
        for statement in self.filtered(lambda each: not each.partner_id.active):
            statement._fail(
                self.env._(
                    "%s is archived. Restore the customer, or leave it at that.",
                    statement.partner_id.display_name,
                )
            )
            able -= statement
        made, errors = able._make_documents()
        for statement, error in errors.items():
            statement._fail(error)
        made._set_on_its_way()

    def _set_on_its_way(self):
        for state, statements in self.grouped(lambda each: each._next_state()).items():
            statements.write(
                {
                    "delivery_state": state,
                    "worker_id": False,
                    "sent_on": state == "published" and fields.Datetime.now(),
                    "delivery_tries": 0,
                }
            )
        self.filtered(lambda each: each.delivery_state == "posting")._hand_to_post()

    def _next_state(self):
        """By mail it waits for its turn; the portal needs a mail only to tell of it."""
        if self.delivery_way == "post" and self._has_post_service():
            return "posting"
        if self.delivery_way in ("print", "post"):
            return "to_print"
        if self.delivery_way == "portal" and not self._mail_contacts():
            return "published"
        return "ready"

    def _fail(self, error):
        self.write(
            {
                "delivery_state": "failed",
                "delivery_error": str(error),
                "worker_id": False,
            }
        )
