from datetime import date

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mimetypes import guess_mimetype

from ....rules.audit.confirmation import audit_confirmation as rules

LONGEST_WORDS = 2000
LONGEST_NUMBER = 64
ITEM_ROWS = 6
LARGEST_DOCUMENT = 10 * 1024 * 1024
DOCUMENT_TYPES = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}


class ClerkAuditConfirmation(models.Model):
    """A letter as its customer sees and answers it in the portal.

    A customer has no rights to the model: the page says what the letter says, and a
    letter that leaves the balance to the customer never shows ours.
    """

    _inherit = "clerk.audit.confirmation"

    def _compute_access_url(self):
        for letter in self:
            letter.access_url = f"/my/confirmations/{letter.id}"

    def _portal_ensure_token(self):
        """The secret of the link, for what is sent to the customer only.

        :raises AccessError: somebody of the company wants it
        """
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "The link to a confirmation goes to the customer alone: who has "
                    "it, answers in the customer's place."
                )
            )
        return super()._portal_ensure_token()

    def _mail_get_partner_fields(self, introspect_fields=False):
        """No customer is told by link what auditors write under a letter."""
        return []

    def _get_report_base_filename(self):
        self.ensure_one()
        return self._document_name()

    @api.model
    def _answer_currencies(self):
        return self.env["res.currency"].search([("active", "=", True)])

    # What was typed

    def _content(self, typed):
        """What the customer typed, as it is kept.

        :param typed: the ``werkzeug`` form
        :raises UserError: what the customer must do differently
        """
        self.ensure_one()
        agrees = typed.get("agrees") == "yes" and self.type == "positive"
        content = {
            "agrees": agrees,
            "balances": {},
            "items": [],
            "note": self._typed_words(typed),
        }
        if not agrees:
            content["balances"] = self._typed_balances(typed)
            content["items"] = self._typed_items(typed)
            self._check_other(content)
        return content

    def _typed_words(self, typed):
        words = (typed.get("note") or "").strip()
        if len(words) > LONGEST_WORDS:
            raise UserError(
                self.env._(
                    "Please tell us in %(most)s characters at most: these are "
                    "%(number)s.",
                    most=LONGEST_WORDS,
                    number=len(words),
                )
            )
        return words

    def _typed_balances(self, typed):
        balances = {}
        for currency in self.balance_ids.document_currency_id:
            amount = self._typed_amount(typed.get(f"balance_{currency.id}"), currency)
            if amount is None:
                raise UserError(
                    self.env._(
                        "Fill in what is open in your books in %s; 0 if it is nothing.",
                        currency.name,
                    )
                )
            balances[str(currency.id)] = str(amount)
        other = self._typed_currency(typed.get("other_currency"))
        amount = self._typed_amount(typed.get("other_balance"), other)
        if amount is not None:
            balances.setdefault(str(other.id), str(amount))
        return balances

    def _typed_items(self, typed):
        return [
            item
            for item in (self._typed_item(typed, row) for row in range(ITEM_ROWS))
            if item
        ]

    def _typed_item(self, typed, row):
        number = (typed.get(f"number_{row}") or "").strip()[:LONGEST_NUMBER]
        currency = self._typed_currency(typed.get(f"currency_{row}"))
        amount = self._typed_amount(typed.get(f"amount_{row}"), currency)
        if not number and amount is None:
            return None
        if not number or amount is None:
            raise UserError(
                self.env._(
                    "Item %s needs both a document number and an amount.", row + 1
                )
            )
        return {
            "number": number,
            "date": self._typed_date(typed.get(f"date_{row}")),
            "currency_id": currency.id,
            "amount": str(amount),
        }

    def _typed_currency(self, text):
        known = self._answer_currencies()
        chosen = known.filtered(lambda currency: str(currency.id) == text)
        return chosen or self.balance_ids.document_currency_id[:1]

    def _typed_amount(self, text, currency):
        try:
            amount = rules.typed_amount(text or "")
        except ValueError as error:
            raise UserError(
                self.env._("“%s” is not an amount. Write it as 1234.56.", text)
            ) from error
        places = amount.as_tuple().exponent if amount is not None else 0
        if -places > currency.decimal_places:
            raise UserError(
                self.env._(
                    "“%(amount)s”: %(currency)s has %(places)s decimal places.",
                    amount=text,
                    currency=currency.name,
                    places=currency.decimal_places,
                )
            )
        return amount

    def _typed_date(self, text):
        if not text:
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise UserError(self.env._("“%s” is not a date.", text)) from error

    def _check_other(self, content):
        if self.type == "blank":
            return
        stated = {
            balance.document_currency_id.id: self._exact(balance.stated)
            for balance in self.balance_ids
        }
        said = {
            int(key): self._exact(amount) for key, amount in content["balances"].items()
        }
        if stated == said:
            raise UserError(
                self.env._(
                    "These are the amounts that the letter states: choose “We agree”."
                )
            )

    def _checked_document(self, upload):
        """(name, bytes, mimetype) of a file that was sent along; None without one.

        :raises UserError: it is too large, or of a kind that auditors cannot use
        """
        if not upload or not upload.filename:
            return None
        content = upload.read(LARGEST_DOCUMENT + 1)
        return upload.filename, content, self._checked_kind(upload.filename, content)

    @api.model
    def _checked_kind(self, name, content):
        """The mimetype of a document, by what is in it.

        :raises UserError: it is too large, or of a kind that auditors cannot use
        """
        if len(content) > LARGEST_DOCUMENT:
            raise UserError(
                self.env._(
                    "%(name)s is larger than %(most)s MB. Send a smaller one.",
                    name=name,
                    most=LARGEST_DOCUMENT // 1024**2,
                )
            )
        mimetype = guess_mimetype(content)
        if mimetype not in DOCUMENT_TYPES:
            raise UserError(
                self.env._(
                    "%(name)s is none of %(kinds)s. Send it as one of these.",
                    name=name,
                    kinds=", ".join(DOCUMENT_TYPES.values()),
                )
            )
        return mimetype

    # What is shown before it is signed, and after

    def _shown_answer(self, content):
        """The answer in words, for whoever signs it: lines of (what, amount)."""
        if content["agrees"]:
            return [
                (self._stated_words(balance), self._shown_stated(balance))
                for balance in self.balance_ids
            ]
        currencies = self.env["res.currency"].browse(map(int, content["balances"]))
        return [
            (
                currency.name,
                self._shown(float(content["balances"][str(currency.id)]), currency),
            )
            for currency in currencies
        ]

    def _stated_words(self, balance):
        """Who owed whom, so that nobody has to read a sign."""
        names = {"company": self.company_id.name}
        if balance.document_currency_id.compare_amounts(balance.stated, 0) < 0:
            return self.env._("%(company)s owed you", **names)
        return self.env._("You owed %(company)s", **names)

    def _shown_stated(self, balance):
        return self._shown(abs(balance.stated), balance.document_currency_id)

    def _shown_items(self, content):
        currencies = self.env["res.currency"]
        return [
            {
                **item,
                "shown": self._shown(
                    float(item["amount"]), currencies.browse(item["currency_id"])
                ),
            }
            for item in content["items"]
        ]
