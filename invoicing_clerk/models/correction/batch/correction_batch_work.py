import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...mixin.job import MAX_TRIES

_logger = logging.getLogger(__name__)

# Documents per committed step, of one customer: a billing error has so many at most.
BATCH_SIZE = 25
# What is still to be done, by the state of the batch.
TO_DO = {"preparing": ("found",), "applying": ("ready",)}


class ClerkCorrectionBatch(models.Model):
    """Prepares and applies the corrections of a batch in the background.

    Each document has a savepoint of its own. What fails is rolled back, keeps its
    reason, and does not stop the others.
    """

    _inherit = "clerk.correction.batch"

    @api.model
    def _cron_work(self):
        """Prepare and apply pending batches."""
        self._work()

    def _work_in_steps(self):
        while self._may_go_on():
            items = self._next_items()
            if not items:
                self._finish_work()
                break
            self._count_attempt(items)
            if not self._may_go_on():
                break
            self._work_on(items)
            if not self._commit_step(len(items)):
                return False
        return bool(self._commit_step())

    def _next_items(self):
        """Return documents of one customer; one that stopped its worker comes alone."""
        pending = self.item_ids.filtered(
            lambda each: each.state in TO_DO[self.state]
        ).sorted()
        first = pending[:1]
        if first.tries:
            return first
        return pending.filtered(
            lambda each: (
                each.partner_id == first.partner_id
                and each.currency_id == first.currency_id
                and not each.tries
            )
        )[:BATCH_SIZE]

    def _work_on(self, items):
        preparing = self.state == "preparing"
        aside = items.filtered(lambda each: each.tries > MAX_TRIES)
        step, state = ("prepare", "unfit") if preparing else ("finish", "failed")
        if aside:
            aside._write_step(step, state=state, note=self._too_many_tries())
        items -= aside
        if preparing:
            self._prepare_items(items)
        else:
            for item in items:
                self._apply_item(item)

    def _finish_work(self):
        if self.state == "preparing":
            self._write_step("prepared")
        else:
            self._write_step("finish", done_on=fields.Datetime.now())
        self._tell_clerk()

    def _tell_clerk(self):
        self.message_notify(
            body=self._outcome(),
            subject=self.display_name,
            partner_ids=self.user_id.partner_id.ids,
        )

    # Preparing

    def _prepare_items(self, items):
        """Prepare corrections of one customer; those that fail are done one by one."""
        note = self._attempt(lambda: self._prepare(items))
        if note and len(items) > 1:
            for item in items:
                self._prepare_items(item)
        elif note:
            items._write_step("prepare", state="unfit", note=note)

    def _attempt(self, work):
        """Do it or undo it; return why it failed, or None."""
        try:
            with self.env.cr.savepoint():
                work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as refusal:
            self.env.invalidate_all()
            return str(refusal)
        except Exception as error:
            _logger.info("A document of %s failed", self.name, exc_info=True)
            self.env.invalidate_all()
            return str(error)
        return None

    def _prepare(self, items):
        batch = self._as_requester()
        items = items.with_env(batch.env)
        claims = {item: batch._item_claims(item) for item in items}
        right = items.filtered(lambda each: not claims[each])
        right._write_step("prepare", state="right")
        wrong = items - right
        if wrong:
            batch._open_case(wrong, claims)
            batch._create_corrections(wrong)

    def _item_claims(self, item):
        """Return claims on the lines of a document; of its case, if it has one."""
        if item.error_id:
            return item.error_id.line_ids.ids
        return self._claims_on(item.move_id)

    def _open_case(self, items, claims):
        """Open a billing error for documents of one customer that have none."""
        items = items.filtered(lambda each: not each.error_id)
        if not items:
            return
        case = self.env["clerk.billing.error"].create(
            {
                "move_ids": [Command.set(items.move_id.ids)],
                "origin": "detection",
                "reason_id": self.reason_id.id,
                "description": self.description or self.name,
                "line_ids": [
                    Command.create(
                        {
                            **claim,
                            "claimed_tax_ids": [Command.set(claim["claimed_tax_ids"])],
                        }
                    )
                    for item in items
                    for claim in claims[item]
                ],
            }
        )
        # sudo: items are written by the worker only.
        items.sudo().write({"error_id": case.id})

    def _create_corrections(self, items):
        corrections = self.env["clerk.correction"]._inside()
        for item in items:
            correction = corrections.create(self._correction_values(item))
            item._prepared(correction.with_env(self.env))

    def _correction_values(self, item):
        values = item.error_id._correction_values(item.move_id)
        if self.change != "claims":
            remedy = self.env.ref("invoicing_clerk.remedy_correct_lines")
            values["remedy_id"] = remedy.id
        return {
            **values,
            "batch_id": self.id,
            "date": max(self.date, item.invoice_date or self.date),
            "send_to_customer": self.send_to_customer,
        }

    # Applying

    def _apply_item(self, item):
        note = self._attempt(lambda: self._apply(item))
        if note:
            item._write_step("finish", state="failed", note=note)

    def _apply(self, item):
        batch = self._as_requester()
        correction = item.correction_id.with_env(batch.env)
        if correction.state != "applied":
            correction._apply_of_batch(batch, item.fingerprint)
        item._write_step("finish", state="done", note=False)


class ClerkCorrectionBatchItem(models.Model):
    """The outcome of preparing a document."""

    _inherit = "clerk.correction.batch.item"

    def _prepared(self, correction):
        """Keep what the correction would do, or why it cannot be applied."""
        preview = correction._preview()
        if obstacle := correction._blocked() or correction._obstacle_to(preview):
            self._write_step(
                "prepare", state="unfit", note=obstacle, correction_id=correction.id
            )
            return
        correction._propose_in_batch(preview)
        documents = preview["documents"]
        self._write_step(
            "prepare",
            state="ready",
            correction_id=correction.id,
            note=False,
            untaxed=sum(each["untaxed"] for each in documents),
            amount=sum(each["total"] for each in documents),
            amount_company=sum(each["change"] for each in documents),
            stake=preview["stake"],
            fingerprint=correction.proposed_fingerprint,
            taxes=[tax for each in documents for tax in each["taxes"]],
        )
