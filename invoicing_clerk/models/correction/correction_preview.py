import hashlib
import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.correction.correction import Figures, note_role, total


class ClerkCorrection(models.Model):
    """The preview of a correction: everything that applying it would do.

    ``preview`` is plain data: the documents to be made, how each changes the balance of
    the customer, and what stands in the way. The dialog shows it live, and the approval
    is bound to its fingerprint.
    """

    _inherit = "clerk.correction"

    preview = fields.Json(
        compute="_compute_preview", exportable=False, export_string_translation=False
    )
    preview_html = fields.Html(
        compute="_compute_preview_html",
        string="Preview of Documents",
        sanitize=False,
        exportable=False,
    )
    unfit_reason = fields.Char(
        compute="_compute_unfit_reason", string="Obstacle", exportable=False
    )
    is_stale = fields.Boolean(
        compute="_compute_is_stale", string="Out of Date", exportable=False
    )
    unfit_html = fields.Html(
        compute="_compute_unfit_html",
        string="Remedies That Do Not Fit",
        sanitize=False,
        exportable=False,
    )
    own_stake = fields.Monetary(
        compute="_compute_preview",
        currency_field="company_currency_id",
        string="Own Amount at Stake",
        help="The larger of the amounts credited and debited, in company currency.",
    )

    @api.depends(
        "remedy_id",
        "move_id",
        "company_id.clerk_reissue_scope",
        "match_ids.is_selected",
    )
    def _compute_unfit_reason(self):
        for correction in self:
            correction.unfit_reason = bool(correction.move_id) and correction._unfit()

    @api.depends("move_id", "match_ids.is_selected")
    def _compute_unfit_html(self):
        for correction in self:
            reasons = correction._unfit_reasons() if correction.move_id else []
            correction.unfit_html = bool(reasons) and self.env["ir.qweb"]._render(
                "invoicing_clerk.correction_unfit", {"reasons": reasons}
            )

    def _unfit(self, remedy=None):
        """Return why a remedy does not fit the document, or False."""
        self.ensure_one()
        remedy = remedy or self.remedy_id
        if not remedy._is_implemented():
            return self.env._(
                "%s is not available: the module that carries it out is not installed.",
                remedy.name,
            )
        check = getattr(self, remedy._method_name("unfit"), None)
        return check() if check else False

    def _advice(self, *codes):
        """Return which of these remedies to use instead, by its name, if any fits."""
        remedies = self.env["clerk.remedy"].search([("code", "in", codes)])
        for remedy in remedies.sorted(lambda each: codes.index(each.code)):
            if not self._unfit(remedy):
                return self.env._("Use the remedy “%s” instead.", remedy.name)
        return self.env._("Ask an accountant to correct %s.", self.move_id.display_name)

    def _unfit_reasons(self):
        """Return the remedies that do not fit the document, each with its reason."""
        reasons = [
            {"remedy": remedy.name, "reason": self._unfit(remedy)}
            for remedy in self.env["clerk.remedy"].search([])
        ]
        return [each for each in reasons if each["reason"]]

    @api.depends(
        "remedy_id",
        "date",
        "line_ids.quantity",
        "line_ids.price_unit",
        "line_ids.discount",
        "line_ids.tax_ids",
        "line_ids.product_id",
        "line_ids.account_id",
        "match_ids.is_selected",
        "allocation_ids.to_move_id",
        "rebill_partner_id",
        "rebill_currency_id",
        "rebill_date",
        "rebill_payment_term_id",
        "partner_shipping_id",
        "reference",
        "narration",
        "write_off_amount",
        "write_off_account_id",
        "state",
    )
    def _compute_preview(self):
        for correction in self:
            preview = correction._preview() if correction.move_id else {}
            correction.preview = preview
            correction.own_stake = preview.get("stake", 0.0)

    @api.depends("preview")
    def _compute_preview_html(self):
        for correction in self:
            preview = correction.preview or {}
            correction.preview_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.correction_preview",
                {"correction": correction, "preview": preview},
            )

    @api.depends("line_ids", "remedy_id", "state")
    def _compute_is_stale(self):
        for correction in self:
            correction.is_stale = (
                correction.state not in ("applied", "cancelled")
                and bool(correction.move_id)
                and not correction.unfit_reason
                and bool(correction._stale())
            )

    def _preview(self):
        """Return what applying the correction would do.

        :return: documents, taxes by group, payments and balances, all amounts as
            floats; ``change`` and ``stake`` in company currency; ``obstacle`` says why
            it cannot be applied as it stands
        """
        self.ensure_one()
        if self.state == "applied":
            return self.applied_preview or {}
        if reason := self.unfit_reason:
            return {"documents": [], "obstacle": reason, "stake": 0.0}
        try:
            documents = getattr(self, self.remedy_id._method_name("preview"))()
        except UserError as error:
            return {"documents": [], "obstacle": error.args[0], "stake": 0.0}
        change = sum(each["change"] for each in documents)
        balance = self.partner_id.with_company(self.company_id).credit
        return {
            "documents": documents,
            "stake": self._document_stake(documents),
            "payments": self._payment_preview() if self.edits_rebill else [],
            "balance": {
                "partner": self.partner_id.display_name,
                "before": balance,
                "after": balance + change,
            },
            "other_balance": self._other_balance(documents),
            "date_note": self._date_note(),
            "totals": self._totals_preview(documents),
            "credit_left": self._credit_left_preview(documents),
        }

    def _document_stake(self, documents):
        """Return the larger of the amounts credited and debited, in company currency.

        Documents of one role add up; a credit note and its rebill do not.
        """
        stakes = defaultdict(float)
        for each in documents:
            stakes[each["role"]] += abs(each["stake"])
        return self.company_currency_id.round(max(stakes.values(), default=0.0))

    def _fingerprint(self, preview):
        """Return a hash of what a proposal says and what it would post."""
        content = [
            self.remedy_id.code,
            [self._booked(each) for each in preview.get("documents", [])],
            [(each["name"], each["amount"]) for each in preview.get("payments", [])],
            [
                (line.move_line_id.id, str(line._terms()), line._described())
                for line in self.line_ids.sorted("id")
            ],
            [
                (each.source_line_id.id, each.from_move_id.id, each.to_move_id.id)
                for each in self.allocation_ids
            ],
            [str(self._content(name)) for name in sorted(self._content_fields)],
        ]
        return hashlib.sha256(
            json.dumps(content, sort_keys=True, default=str).encode()
        ).hexdigest()

    def _content(self, name):
        """Return the value of a field; rows are in the order in which they were added
        until they are read again."""
        value = self[name]
        return sorted(value.ids) if isinstance(value, models.BaseModel) else value

    @api.model
    def _booked(self, document):
        """Return what a document books, without texts: who approves may read them in
        another language than who proposed."""
        amounts = [tax["amount"] for tax in document.get("taxes", [])]
        texts = {"title", "note", "notes", "taxes"}
        return [amounts, {key: document[key] for key in document.keys() - texts}]

    # Parts

    def _note_preview(self, note_lines):
        owed = self._ledger().owed(each.owed for each in note_lines)
        role = note_role(owed.document)
        # A line that is credited and billed again changes by the difference only, and
        # what an early payment discount deducts belongs to the line that it reduces.
        reduced = {each.key: each.line for each in reversed(note_lines) if each.line}
        by_line = defaultdict(Figures)
        for each in note_lines:
            by_line[each.line or reduced.get(each.key)] += each.owed
        return self._document_preview(
            role, by_line.values(), refers_to=self.move_id.name
        )

    def _document_preview(
        self, role, figures, partner=None, currency=None, refers_to=""
    ):
        """Describe one document to be made, of lines with these figures."""
        figures = list(figures)
        owed, summed = self._ledger().owed(figures), total(figures)
        return {
            "role": role,
            "title": self._role_label(role),
            "refers_to": refers_to,
            "partner": (partner or self.move_id.partner_id).display_name,
            "currency": (currency or self.currency_id).id,
            "untaxed": float(summed.net.document),
            "taxes": self._tax_groups(summed),
            "total": float(owed.document),
            "change": float(owed.company),
            "stake": self._note_stake(figures),
            "note": "",
        }

    def _role_label(self, role):
        roles = self.env["account.move"]._fields["correction_role"]
        return dict(roles._description_selection(self.env))[role]

    def _note_stake(self, figures):
        """Return the larger of the amounts that lines and taxes debit and credit, so
        that opposite changes do not offset each other below the limit."""
        moved = [
            money.company
            for each in figures
            for money in (each.net, *(tax.amount for tax in each.taxes.values()))
        ]
        return float(
            max(
                sum(amount for amount in moved if amount > 0),
                -sum(amount for amount in moved if amount < 0),
            )
        )

    def _tax_groups(self, summed):
        groups = {}
        for tax in self.env["account.tax"].browse(summed.taxes).sorted():
            amount = float(summed.taxes[tax.id].amount.document)
            name = tax.tax_group_id.name
            groups[name] = groups.get(name, 0.0) + amount
        return [{"name": name, "amount": amount} for name, amount in groups.items()]

    def _payment_preview(self):
        """Return the payments that leave the original, and where they go."""
        items = self._family_items()
        stays = self.rebill_partner_id.commercial_partner_id not in (
            self.env["res.partner"],
            self.partner_id,
        )
        target = self.env._("outstanding credit") if stays else self.env._("the rebill")
        return [
            {
                "name": other.move_id.name,
                "amount": abs(
                    partial.debit_amount_currency
                    if partial.debit_move_id in items
                    else partial.credit_amount_currency
                ),
                "from": ((partial.debit_move_id | partial.credit_move_id) & items)[
                    :1
                ].move_id.name,
                "to": target,
            }
            for partial in self._payment_partials()
            for other in (partial.debit_move_id | partial.credit_move_id) - items
            if other.move_id.journal_id != self.company_id.currency_exchange_journal_id
        ]

    def _engine_totals(self, terms_of):
        """Return what each document line would make the customer owe.

        :param terms_of: name of the method of a correction line that returns its terms
        :return: ``{document line: total with taxes, in document currency}``, signed as
            the document is printed
        """
        if not self.move_id:
            return {}
        ledger = self._ledger()
        terms = {line._subject(): getattr(line, terms_of)() for line in self.line_ids}
        figures = ledger.engine_figures(terms)
        sign = -self.move_id.direction_sign
        return {
            line: sign * float(ledger.owed([each]).document)
            for line, each in figures.items()
        }

    # Dates and journals

    def _sale_journal(self):
        """Return the journal of the document or, if archived, one of the company.

        :raises UserError: there is none
        """
        journal = self.move_id.journal_id
        if journal.active:
            return journal
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no active sales journal; ask an accountant to unarchive "
                    "one.",
                    self.company_id.name,
                )
            )
        return journal

    def _open_date(self, date=None, journal=None):
        """Return the requested date, or the first open date after it."""
        date = date or self.date
        locks = self._locks(date, journal)
        return fields.Date.add(locks[-1][0], days=1) if locks else date

    def _locks(self, date, journal=None):
        return self.company_id._get_violated_lock_dates(
            date, True, journal or self.move_id.journal_id
        )

    def _date_note(self):
        """Return which date replaces a locked one, or an empty string."""
        locks = self._locks(self.date)
        if not locks:
            return ""
        return self.env._(
            "%(date)s is locked (%(locks)s): the documents are dated %(open)s.",
            date=format_date(self.env, self.date),
            locks=self.company_id._format_lock_dates(locks),
            open=format_date(self.env, self._open_date()),
        )

    def _customer_reason(self):
        """Return the reason as printed on notes, in the language of the customer."""
        reason = self.error_id.reason_id.with_context(
            lang=self.move_id.partner_id.lang or self.env.lang
        )
        return reason.customer_text or reason.name or ""
