from odoo import api, fields, models
from odoo.fields import Command

from ...mixin.attempt import attempt_in_parts, reason_of
from ...mixin.job import MAX_TRIES
from ..correction_billed import LedgerMismatchError
from ..correction_untouched import with_untouched

# Documents per committed step; a billing error has so many at most.
BATCH_SIZE = 25
# What is still to be done, by the state of the batch.
TO_DO = {"preparing": ("found",), "applying": ("ready",)}


class ClerkCorrectionBatch(models.Model):
    """Prepares and applies the corrections of a batch in the background.

    Documents are worked on in chunks, each in a savepoint. If a chunk fails, it is
    rolled back and done in parts, in the end one by one. A document that fails by
    itself keeps its reason, and does not stop the others.
    """

    _inherit = "clerk.correction.batch"

    @api.model
    def _cron_work(self):
        """Prepare and apply pending batches."""
        self._work()

    def _next_parts(self):
        """Return the next documents; one that stopped its worker comes alone."""
        pending = self.item_ids.search(
            [("batch_id", "=", self.id), ("state", "in", TO_DO[self.state])],
            limit=BATCH_SIZE,
        )
        first = pending[:1]
        return first if first.tries else pending.filtered(lambda each: not each.tries)

    def _work_on(self, items):
        preparing = self.state == "preparing"
        step, state = ("prepare", "unfit") if preparing else ("finish", "failed")
        aside = items.filtered(lambda each: each.tries > MAX_TRIES)
        if aside:
            aside._write_step(step, state=state, note=self._too_many_tries())
        work = self._prepare if preparing else self._apply
        for part, error in attempt_in_parts(items - aside, work, split=self._parts):
            if error:
                part._write_step(step, state=state, note=reason_of(error))

    @api.model
    def _parts(self, items):
        """Return the documents by customer, or one by one if they have only one."""
        customers = items.grouped("partner_id")
        return customers.values() if len(customers) > 1 else list(items)

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

    def _prepare(self, items):
        batch = with_untouched(self._as_requester(), items.move_id)
        items = items.with_env(batch.env)
        claims = batch._claims_of(items)
        right = items.filtered(lambda each: claims.get(each) == [])
        if right:
            right._write_step("prepare", state="right")
        wrong = items.filtered(claims.get)
        if wrong:
            batch._open_cases(wrong, claims)
            batch._create_corrections(wrong)

    def _claims_of(self, items):
        """Return claims by document, without those whose lines cannot be corrected."""
        claims = {item: self._item_claims(item) for item in items}
        return {item: each for item, each in claims.items() if each is not None}

    def _item_claims(self, item):
        """Return claims on the lines of a document; of its case, if it has one.

        Return None if its lines cannot be corrected, and keep the reason.
        """
        if item.error_id:
            return item.error_id.line_ids.ids
        try:
            return self._claims_on(item.move_id)
        except LedgerMismatchError as mismatch:
            item._write_step("prepare", state="unfit", note=str(mismatch))
            return None

    def _open_cases(self, items, claims):
        """Open billing errors for documents that have none, one for each customer."""
        new = items.filtered(lambda each: not each.error_id)
        groups = new.grouped(lambda each: (each.partner_id, each.currency_id)).values()
        cases = self.env["clerk.billing.error"].create(
            [self._case_values(group, claims) for group in groups]
        )
        for group, case in zip(groups, cases, strict=True):
            # sudo: items are written by the worker only.
            group.sudo().write({"error_id": case.id})

    def _case_values(self, items, claims):
        return {
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

    def _create_corrections(self, items):
        corrections = (
            self.env["clerk.correction"]
            ._inside()
            .create([self._correction_values(item) for item in items])
            .with_env(self.env)
        )
        for item, correction in zip(items, corrections, strict=True):
            item._prepared(correction)

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

    def _apply(self, items):
        batch = with_untouched(self._as_requester(), items.move_id)
        fingerprints = {
            item.correction_id.with_env(batch.env): item.fingerprint
            for item in items
            if item.correction_id.state != "applied"
        }
        corrections = batch.env["clerk.correction"].union(*fingerprints)
        if corrections:
            corrections._apply_of_batch(batch, fingerprints)
        items._write_step("finish", state="done", note=False)


class ClerkCorrectionBatchItem(models.Model):
    """The outcome of preparing a document."""

    _inherit = "clerk.correction.batch.item"

    def _prepared(self, correction):
        """Keep what the correction would do, or why it cannot be applied."""
        preview = correction.preview
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
            # An attempt that was survived; applying counts anew.
            tries=0,
            correction_id=correction.id,
            note=False,
            untaxed=sum(each["untaxed"] for each in documents),
            amount=sum(each["total"] for each in documents),
            amount_company=sum(each["change"] for each in documents),
            stake=preview["stake"],
            fingerprint=correction.proposed_fingerprint,
            taxes=[tax for each in documents for tax in each["taxes"]],
        )
