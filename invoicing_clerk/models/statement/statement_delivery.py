from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...rules.statement.statement import DELIVERY_WAYS
from ...rules.statement.statement_delivery import DELIVERY_STATES
from ..mixin.amount import amount_text

# A document that crashed the server this often is not tried again automatically.
MAX_TRIES = 3
# After so many batches in a row without a PDF, suspects are not tried one by one.
MAX_IN_VAIN = 4
# Each takes batches of its own, so that several PDFs are made at the same time.
DOCUMENT_WORKERS = ("ir_cron_statement_documents", "ir_cron_statement_documents_2")


class StatementDelivery(models.AbstractModel):
    """Delivery of a document to a customer, and its status.

    The delivery method is that of the customer at the time of sending. First a worker
    makes the PDFs in batches, then each document is delivered. A worker marks the
    batch it takes and commits the mark. When a worker starts and finds documents with
    its own mark, it was interrupted before, and makes them again.
    """

    _name = "clerk.statement.delivery"
    _description = "Delivery of a Document"
    _inherit = ["clerk.evidence"]

    delivery_way = fields.Selection(
        DELIVERY_WAYS, string="Delivery", readonly=True, copy=False
    )
    delivery_state = fields.Selection(
        DELIVERY_STATES,
        string="Delivery Status",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    delivery_error = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    delivery_tries = fields.Integer(
        string="Delivery Attempts", readonly=True, copy=False, groups="base.group_user"
    )
    sent_on = fields.Datetime(string="Delivered On", readonly=True, copy=False)
    opened_on = fields.Datetime(
        readonly=True, copy=False, help="First time it was opened in the portal."
    )
    # When a worker is deleted, other workers take its documents.
    worker_id = fields.Many2one(
        "ir.cron", string="Scheduled Action", readonly=True, ondelete="set null"
    )

    # Steps

    def _queue_delivery(self):
        """Start the delivery after this transaction.

        :raises UserError: a document was deleted after the retention period
        """
        self._check_not_reduced()
        for way, statements in self.grouped(lambda each: each._way()).items():
            statements.write(
                {
                    "delivery_way": way,
                    "delivery_state": "pending",
                    "delivery_error": False,
                    "delivery_tries": 0,
                    "sent_on": False,
                    "mail_id": False,
                    "retry_on": False,
                    "worker_id": False,
                }
            )
        self._wake(*DOCUMENT_WORKERS)

    def _way(self):
        """Return the delivery method, of the customer or of the run."""
        preferred = self.partner_id.commercial_partner_id.statement_delivery
        return preferred or self.run_id.delivery_way

    @api.model
    def _wake(self, *crons, at=None):
        # sudo: only triggers the worker, which checks what there is to do.
        for cron in self._workers(*crons).sudo():
            cron._trigger(at)

    @api.model
    def _workers(self, *crons):
        names = [f"invoicing_clerk.{name}" for name in crons]
        crons = [self.env.ref(name, raise_if_not_found=False) for name in names]
        return self.env["ir.cron"].browse(cron.id for cron in crons if cron)

    def action_try_again(self):
        """Deliver failed ones again, by the current delivery method of the customer.

        :raises UserError: the delivery of one did not fail
        """
        self.run_id._check_step_access()
        for statement in self:
            if statement.delivery_state != "failed":
                raise UserError(
                    self.env._(
                        "The delivery of %(statement)s did not fail. There is nothing "
                        "to retry.",
                        statement=statement.display_name,
                    )
                )
        self.run_id._check_step("send_again")
        # sudo: only steps write statements; the caller can write the runs.
        self.sudo()._queue_delivery()
        self.run_id._write_step("send_again")

    def action_preview(self):
        """Open the stored PDF, or a preview if there is none yet."""
        self.ensure_one()
        self.check_access("read")
        self._check_can_be_shown()
        self._check_evidence("document_id")
        if not self.document_id:
            report = self.env.ref(self._document_report())
            return report.report_action(self, config=False)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}",
            "target": "new",
        }

    # Documents

    @api.model
    def _cron_make_documents(self):
        """Make the PDFs of pending documents. Several workers share the work."""
        progress = self.env["ir.cron"]
        worker = self._this_worker("ir_cron_statement_documents")
        self._release_interrupted(worker)
        pending = self.search_count(self._pending_domain())
        progress._commit_progress(remaining=pending)
        in_vain = 0
        while batch := self._take_pending(worker):
            in_vain = 0 if batch._prepare_delivery() else in_vain + 1
            if in_vain >= MAX_IN_VAIN:
                self._fail_suspects()
            self._wake("ir_cron_statement_send")
            if not progress._commit_progress(len(batch)):
                break

    @api.model
    def _pending_domain(self):
        """Return the domain of documents whose PDF is to be made."""
        return Domain("delivery_state", "=", "pending")

    @api.model
    def _fail_suspects(self):
        """Fail all that would be tried alone: it is not the documents' fault.

        Each alone would wait for a program that does not respond to any.
        """
        suspects = self.search(
            self._pending_domain()
            & Domain("worker_id", "=", False)
            & Domain("delivery_tries", ">", 0)
        )
        suspects.try_lock_for_update()._fail(
            self.env._(
                "No PDF could be created in %s attempts in a row, so the remaining "
                "ones were not tried. Ask an administrator to check wkhtmltopdf, then "
                "try again.",
                MAX_IN_VAIN,
            )
        )

    @api.model
    def _this_worker(self, default):
        worker = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        return worker or self._workers(default)

    @api.model
    def _release_interrupted(self, worker):
        """Release the documents that this worker left when it was interrupted.

        Those of a worker that was switched off are released, too.
        """
        left = Domain("worker_id", "=", worker.id)
        left |= Domain("worker_id.active", "=", False)
        pending = Domain("delivery_state", "=", "pending")
        self.search(pending & left).worker_id = False

    @api.model
    def _take_pending(self, worker):
        """Mark the next batch for this worker, and commit the mark.

        A document that interrupted a worker before is taken alone.
        """
        for _attempt in range(MAX_TRIES):
            try:
                batch = self._lock_pending()
            except errors.SerializationFailure:
                # Another worker marked some of them at the same time.
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
        pending = self.search(
            self._pending_domain() & Domain("worker_id", "=", False),
            order="delivery_tries, run_id, id",
            limit=2 * size,
        )
        batch = pending.try_lock_for_update(limit=size)
        first = batch[:1]
        if first.delivery_tries:
            return first
        return batch.filtered(
            lambda each: each.run_id == first.run_id and not each.delivery_tries
        )

    def _prepare_delivery(self):
        """Make the PDFs of a batch, and pass each document on to its delivery.

        :return: False if no PDF could be made
        """
        valid = self
        if self[:1].delivery_tries > MAX_TRIES:
            self._fail(
                self.env._(
                    "The server crashed %s times while creating the PDF. Check the "
                    "lines, then try again.",
                    MAX_TRIES,
                )
            )
            return False
        for statement in self.filtered(lambda each: not each.partner_id.active):
            statement._fail(statement._archived_text())
            valid -= statement
        made, errors = valid._make_documents()
        for statement, error in errors.items():
            if error:
                statement._fail(error)
            else:
                # As it has been tried before, it is taken alone next.
                statement.worker_id = False
        made._start_delivery()
        return bool(made)

    def _archived_text(self):
        return self.env._(
            "%s is archived. Unarchive the customer to send the statement.",
            self.partner_id.display_name,
        )

    def _start_delivery(self):
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
        """Return the delivery status that follows when the PDF is made."""
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
                "retry_on": False,
            }
        )

    # The language of a document, and how it shows amounts and dates

    def _document_lang(self):
        """Return the language of the document: the preferred one if it is installed."""
        self.ensure_one()
        preferred = self._preferred_lang()
        installed = dict(self.env["res.lang"].get_installed())
        if preferred in installed:
            return preferred
        fallback = self.company_id.partner_id.lang
        return fallback if fallback in installed else self.env.user.lang or "en_US"

    def _preferred_lang(self):
        customer = self.partner_id.commercial_partner_id
        return customer.statement_lang or self.run_id.lang or self.partner_id.lang

    def _lang_warning(self):
        """Return a warning if the preferred language is not installed, or False."""
        preferred, used = self._preferred_lang(), self._document_lang()
        if not preferred or preferred == used:
            return False
        return self.env._(
            "Written in %(used)s: the customer's language %(preferred)s is not "
            "installed.",
            used=used,
            preferred=preferred,
        )

    def _shown(self, amount, currency):
        return amount_text(currency, amount)

    def _shown_number(self, amount, currency):
        """Return an amount without symbol: the heading has the currency."""
        return formatLang(self.env, amount, digits=currency.decimal_places)

    def _shown_date(self, day):
        return format_date(self.env, day) if day else ""
