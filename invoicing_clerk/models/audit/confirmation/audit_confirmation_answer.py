import json
from decimal import Decimal
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....rules.audit.confirmation import audit_confirmation as rules
from ....rules.picture import NotAPngError, check_png
from ...mixin.amount import amount_text
from ...mixin.evidence_file import BrokenSealError
from ...mixin.locking import lock


class ClerkAuditConfirmation(models.Model):
    """The customer's reply: prepared, then signed, and final after that.

    The customer has no access rights to the model. The portal checks its visitor and
    works on the request with sudo. A reply on paper is recorded by an auditor.
    """

    _inherit = "clerk.audit.confirmation"
    _evidence_fields = {"answer_document_id": None, "signature": None}

    proposal = fields.Json(
        groups=fields.NO_ACCESS, copy=False, export_string_translation=False
    )
    proposal_document_id = fields.Many2one(
        "ir.attachment",
        string="Proposed Document",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
    )
    answer = fields.Json(string="Signed Response", readonly=True, copy=False)
    answer_seal = fields.Char(
        string="SHA-256 of the Response",
        readonly=True,
        copy=False,
        help="Hash of the response: signature, document, name, time and IP address.",
    )
    is_answer_intact = fields.Boolean(
        string="Response Intact", compute="_compute_is_answer_intact"
    )
    answer_way = fields.Selection(
        [("portal", "Signed Online"), ("paper", "On Paper, to the Auditor")],
        string="Reply Channel",
        readonly=True,
        copy=False,
    )
    answered_on = fields.Datetime(string="Replied On", readonly=True, copy=False)
    signed_by = fields.Char(readonly=True, copy=False)
    signature = fields.Image(readonly=True, copy=False, max_width=1024, max_height=1024)
    answer_ip = fields.Char(string="IP Address", readonly=True, copy=False)
    answer_note = fields.Text(string="Customer's Comment", readonly=True, copy=False)
    answer_document_id = fields.Many2one(
        "ir.attachment",
        string="Customer's Document",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    recorded_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.depends("answer", "answer_seal")
    def _compute_is_answer_intact(self):
        for confirmation in self:
            # sudo: reads the signed response only to compare it with its hash.
            confirmation.is_answer_intact = (
                not confirmation.answer_seal or confirmation.sudo()._has_own_seal()
            )

    def _has_own_seal(self):
        try:
            return self.answer_seal == self._sealed_content()
        except BrokenSealError:
            # A file of the reply was changed: it cannot even be read.
            return False

    def _sealed_content(self):
        """Return the SHA-256 of what the customer was shown, and of the whole response.

        Content, signature and channel count. Ids of the customer do not: they change
        when customers are merged.
        """
        content = {
            "confirmation": self.name,
            "customer": self.partner_name,
            "date": str(self.date),
            "shown": self._shown_content(),
            "answer": self.answer,
            "balances": sorted(
                (balance.document_currency_id.name, repr(balance.answered))
                for balance in self.balance_ids.filtered("is_answered")
            ),
            "way": self.answer_way,
            "signed_by": self.signed_by,
            "answered_on": str(self.answered_on),
            "ip": self.answer_ip,
            "note": self.answer_note,
            "signature": (self.with_context(bin_size=False).signature or b"").decode(),
            "document": sha256(self.answer_document_id.raw or b"").hexdigest(),
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _shown_content(self):
        """Return the balances and open items of the request, in a fixed order."""
        return [
            *sorted(
                (balance.document_currency_id.name, repr(balance.stated))
                for balance in self.balance_ids.filtered("stated")
            ),
            *sorted(
                (
                    item.name or "",
                    str(item.date),
                    str(item.due_date),
                    item.document_currency_id.name,
                    repr(item.amount),
                )
                for item in self.item_ids
            ),
        ]

    def _check_answerable(self):
        """:raises UserError: it was replied to, or a reply is no longer possible"""
        self.ensure_one()
        if self.audit_id.state == "closed":
            raise UserError(
                self.env._(
                    "The audit is closed, so this request can no longer be answered. "
                    "Please write to %s.",
                    self.run_id.auditor_id.email_formatted
                    or self.run_id.auditor_id.name,
                )
            )
        if self.answered_on:
            raise UserError(
                self.env._(
                    "%(name)s replied to this request on %(day)s. To correct the "
                    "reply, please write to %(auditor)s.",
                    day=fields.Date.to_string(self.answered_on),
                    name=self.signed_by,
                    auditor=self.run_id.auditor_id.email_formatted
                    or self.run_id.auditor_id.name,
                )
            )
        if not self._life().allows("answer", self.state):
            raise UserError(self.env._("This request can no longer be answered."))

    # Prepare and sign

    def _propose(self, content, document=None):
        """Store a reply to be signed, in place of one prepared before.

        :param content: see ``_content``
        :param document: (file name, bytes, mimetype), or none
        """
        self._check_answerable()
        self.proposal_document_id.unlink()
        self.write(
            {
                "proposal": content,
                "proposal_document_id": document and self._store(document).id,
            }
        )

    def _store(self, document):
        name, content, mimetype = document
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _sign(self, name, signature, ip):
        """Record the prepared reply as signed.

        :raises UserError: no reply is possible, prepared or signed; nothing is written
        """
        self._lock_answer()
        if not self.proposal:
            raise UserError(self.env._("Please fill in your reply before you sign it."))
        limited = self.env["clerk.limited"]
        name = limited._entered_text("person", name, self.env._("Your name"))
        if not name or not signature:
            raise UserError(self.env._("Please enter your name and your signature."))
        self._check_signature(signature)
        self._record_answer(
            self.proposal,
            self.proposal_document_id,
            {
                "answer_way": "portal",
                "signed_by": name,
                "signature": signature,
                "answer_ip": ip,
            },
        )

    @api.model
    def _check_signature(self, signature):
        """:raises UserError: not a PNG in Base64, as the signature pad sends it"""
        what = self.env._("The signature")
        with self.env["clerk.limited"]._limits_of(what):
            try:
                check_png(signature)
            except NotAPngError as error:
                raise UserError(
                    self.env._(
                        "The signature is not a readable image (PNG). Please sign "
                        "again."
                    )
                ) from error

    def _lock_answer(self):
        # Submitted twice at once, it is one reply.
        lock(
            lambda: self.env._(
                "Your reply is being processed. Please reload the page."
            ),
            self,
        )
        self._check_answerable()

    # Record

    def _record_answer(self, content, document, values):
        """Store the reply, compare it with our records, and notify the auditor.

        :param content: ``agrees``, ``balances`` {currency id: amount as text},
            ``items`` [{number, date, currency_id, amount}] and ``note``
        """
        self._write_balances(content)
        differs = bool(self.balance_ids._differs())
        self._write_step(
            "answer",
            state="differs" if differs else "agreed",
            answer=content,
            answer_note=content.get("note"),
            answer_document_id=document.id,
            answered_on=fields.Datetime.now(),
            proposal=False,
            proposal_document_id=False,
            **values,
        )
        self._seal_evidence("answer_document_id", strict=False)
        self._seal_evidence("signature")
        self.answer_seal = self._sealed_content()
        if differs:
            self._propose_differences(content)
        self._notify_auditor(differs)

    def _write_balances(self, content):
        if content["agrees"]:
            for balance in self.balance_ids:
                balance.write({"answered": balance.stated, "is_answered": True})
            return
        stated = self.balance_ids.grouped("document_currency_id")
        currencies = self.env["res.currency"].browse(map(int, content["balances"]))
        for currency in currencies:
            amount = float(content["balances"][str(currency.id)])
            values = {"answered": currency.round(amount), "is_answered": True}
            if currency in stated:
                stated[currency].write(values)
            else:
                self.balance_ids.create(
                    {
                        "audit_id": self.audit_id.id,
                        "confirmation_id": self.id,
                        "document_currency_id": currency.id,
                        **values,
                    }
                )

    def _propose_differences(self, content):
        self._find_receipts()
        items = {item.id: item for item in self.item_ids}
        lines = self.env["clerk.audit.confirmation.difference"]
        lines.create(
            [
                self._difference_values(each, items.get(each.key, self.item_ids[:0]))
                for each in self._compare_records(content)
            ]
        )

    def _compare_records(self, content):
        exact = self._exact
        return rules.compare(
            [
                rules.Item(
                    item.id,
                    item.name or "",
                    item.document_currency_id.id,
                    exact(item.amount),
                )
                for item in self.item_ids
            ],
            [
                rules.Item(
                    None, item["number"], item["currency_id"], exact(item["amount"])
                )
                for item in content["items"]
            ],
            {
                balance.document_currency_id.id: exact(balance.answered)
                for balance in self.balance_ids
            },
        )

    @api.model
    def _exact(self, amount):
        return Decimal(str(round(float(amount), 6)))

    def _difference_values(self, difference, item):
        cause = rules.likely_cause(
            difference.amount,
            item.date or None,
            self.date,
            item.received_on or None,
            item.move_id.has_open_billing_error,
        )
        return {
            "confirmation_id": self.id,
            "item_id": item.id,
            "name": difference.number,
            "document_currency_id": difference.currency,
            "our_amount": float(difference.our_amount),
            "customer_amount": float(difference.customer_amount),
            "cause": cause,
            "is_proposed": bool(cause),
            "explanation": cause and self._cause_explanation(cause, item),
        }

    def _cause_explanation(self, cause, item):
        """Return the sentence on what in our records indicates a cause."""
        if cause == "payment":
            return self.env._(
                "Paid on %s, after the confirmation date.",
                fields.Date.to_string(item.received_on),
            )
        if cause == "invoice":
            return self.env._(
                "Invoiced on %s, shortly before the confirmation date.",
                fields.Date.to_string(item.date),
            )
        errors = item.move_id.billing_error_ids.filtered(
            lambda error: not error.date_closed
        )
        return self.env._("In dispute: %s.", ", ".join(errors.mapped("name")))

    def _notify_auditor(self, differs):
        body = self.env._("%s agrees with the balance.", self.signed_by)
        if differs:
            body = self.env._(
                "%(name)s reports different balances: %(balances)s.",
                name=self.signed_by,
                balances=", ".join(
                    amount_text(each.document_currency_id, each.answered)
                    for each in self.balance_ids._differs()
                ),
            )
        self.message_post(
            body=body,
            author_id=self.contact_id.id or self.partner_id.id,
            partner_ids=self.run_id.auditor_id.partner_id.ids,
        )

    # On paper

    def action_record_answer(self):
        """Record a reply that the auditor received by post or email."""
        self.ensure_one()
        self._check_step_access()
        self._check_step("answer")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply of %s", self.partner_id.name),
            "res_model": "clerk.audit.confirmation.paper",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_confirmation_id": self.id,
                "default_line_ids": [
                    Command.create(
                        {"document_currency_id": balance.document_currency_id.id}
                    )
                    for balance in self.balance_ids
                ],
            },
        }
