from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...rules.receipt.bank_file import SOURCES


class ClerkReceiptBatch(models.Model):
    """Receipts from a file, which is kept with the batch as evidence."""

    _inherit = "clerk.receipt.batch"
    _evidence_fields = {"file_id": "file_hash"}
    _guarded_fields = frozenset(
        {"source", "file_id", "file_hash", "file_message", "file_note"}
    )

    source = fields.Selection(SOURCES, required=True, readonly=True, default="typed")
    file_id = fields.Many2one(
        "ir.attachment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The file that the receipts come from, as it was imported.",
    )
    file_hash = fields.Char(
        string="SHA-256 of the File", readonly=True, copy=False, exportable=False
    )
    file_message = fields.Char(
        string="Message ID",
        readonly=True,
        copy=False,
        help="The number that the bank has given to the statement.",
    )
    file_note = fields.Char(
        string="Excluded Entries",
        readonly=True,
        copy=False,
        help="Entries of the file that are no receipts.",
    )

    _file_once = models.UniqueIndex(
        "(company_id, file_hash) WHERE file_hash IS NOT NULL AND state != 'cancelled'",
        "This file was already imported.",
    )
    _message_once = models.UniqueIndex(
        "(company_id, file_message) "
        "WHERE file_message IS NOT NULL AND state != 'cancelled'",
        "This statement was already imported.",
    )

    @api.model
    def _evidence_hint(self):
        return self.env._("Cancel the batch instead.")

    # Once

    def _check_file_new(self, company, content, message):
        """:raises UserError: another batch has the file, or the statement"""
        digest = sha256(content).hexdigest()
        if twin := self._file_twin_text(company, digest, message):
            raise UserError(twin)

    def _file_twin_text(self, company, digest, message):
        """Return in which batch a file already is; nothing if it is new."""
        same = Domain("file_hash", "=", digest)
        if message:
            same |= Domain("file_message", "=", message)
        others = Domain("company_id", "=", company.id) & Domain(
            "id", "not in", self.ids
        )
        twin = self.search(
            same & others & Domain("state", "!=", "cancelled"), order="id", limit=1
        )
        if not twin:
            return None
        values = {
            "batch": twin.name,
            "user": twin.user_id.name,
            "date": format_date(self.env, twin.create_date),
            "message": message,
        }
        if twin.file_hash == digest:
            return self.env._(
                "This file was already imported into %(batch)s, by %(user)s on "
                "%(date)s.",
                **values,
            )
        return self.env._(
            "Statement %(message)s was already imported into %(batch)s, by %(user)s on "
            "%(date)s, from another file.",
            **values,
        )

    def _obstacle(self, step, vals):
        if step == "reset" and self.file_hash:
            return self._file_twin_text(
                self.company_id, self.file_hash, self.file_message
            )
        return super()._obstacle(step, vals)

    # Import

    def action_import_file(self):
        """Ask for a file, for a new batch or for this one.

        :raises UserError: the batch has receipts, or is no draft
        """
        self.browse().check_access("create")
        if self:
            self.ensure_one()
            self._check_fillable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import File"),
            "res_model": "clerk.receipt.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_batch_id": self.id},
        }

    def _check_fillable(self):
        self.check_access("write")
        self._check_draft()
        if self.receipt_ids:
            raise UserError(
                self.env._(
                    "%s already has receipts. Import the file into another batch.",
                    self.name,
                )
            )

    def _fill(self, found, source, name, content, **values):
        """Enter the receipts of a file, all or none, and keep the file.

        Control totals that a person has entered are kept: those of the file may differ.

        :param values: further values of the batch
        :raises UserError: the file was imported before
        """
        self._check_fillable()
        self._check_file_new(self.company_id, content, found.message)
        inside = self._inside()
        inside.write(
            {
                "source": source,
                "file_message": found.message or False,
                "file_note": self._excluded_text(found),
                "twin_note": self._possible_text(found, self.currency_id),
                "receipt_ids": [
                    Command.create({"sequence": number, **self._receipt_values(entry)})
                    for number, entry in enumerate(found.entries, 1)
                ],
                **values,
                **self._stated_totals(found, values),
            }
        )
        if problem := self._rate_obstacle():
            raise UserError(problem)
        inside._store_file(name, content)

    def _receipt_values(self, entry):
        return {
            "amount": float(entry.amount),
            "booked_on": entry.date,
            "payer": entry.payer,
            "payer_account": entry.account,
            "drawer_bank": entry.bank,
            "number": entry.number,
            "end_to_end": entry.reference,
            "text": entry.text,
            "value_date": entry.value_date,
            "bank_reference": entry.bank_reference,
            "booking": entry.booking,
            "credit_number": entry.occurrence,
        }

    def _stated_totals(self, found, values):
        if found.total is None:
            return {}
        return {
            "control_count": values["control_count"] or found.count,
            "control_amount": values["control_amount"] or float(found.total),
        }

    @api.model
    def _excluded_text(self, found):
        """Return which entries are no receipts, as a sentence."""
        labels = {
            "debit": self.env._("debits"),
            "pending": self.env._("entries that are not booked yet"),
            "returned": self.env._("returned outgoing payments"),
            "reversal": self.env._("reversals"),
            "zero": self.env._("entries without an amount"),
        }
        texts = [f"{labels[reason]} ({number})" for reason, number in found.excluded]
        texts += [
            self.env._("already entered in %(batch)s (%(count)s)", batch=name, count=n)
            for name, n in found.entered
        ]
        return ", ".join(texts) or False

    def _store_file(self, name, content):
        self.file_id = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
        )
        self._seal_evidence("file_id", strict=False)


class AccountMoveLine(models.Model):
    """Payers of payments, as their receipts have them."""

    _inherit = "account.move.line"

    def _match_payer(self):
        """Return name and account of the payer, from a receipt if there is one."""
        payer, account = super()._match_payer()
        receipt = self.payment_id.receipt_ids[:1]
        return payer or receipt.payer, account or receipt.payer_account
