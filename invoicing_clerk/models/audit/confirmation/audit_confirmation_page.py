from odoo import api, models
from odoo.exceptions import AccessError, UserError

ITEM_ROWS = 6


class ClerkAuditConfirmation(models.Model):
    """A confirmation request as its customer sees and answers it in the portal.

    Customers have no access rights to the model. A blank form never shows the balance
    of our records.
    """

    _inherit = "clerk.audit.confirmation"

    def _compute_access_url(self):
        for confirmation in self:
            confirmation.access_url = f"/my/confirmations/{confirmation.id}"

    def _portal_ensure_token(self):
        """Return the access token, only for what is sent to the customer.

        :raises AccessError: a user of the company asks for it
        """
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "The link to a confirmation request is sent to the customer only: "
                    "with it, anyone could reply in the customer's name."
                )
            )
        return super()._portal_ensure_token()

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Keep customers off the notifications about comments of auditors."""
        return []

    def _get_report_base_filename(self):
        self.ensure_one()
        return self._document_name()

    @api.model
    def _answer_currencies(self):
        return self.env["res.currency"].search([("active", "=", True)])

    # Form input

    def _content(self, form):
        """Return the customer's reply from the form, as it is stored.

        :param form: the ``werkzeug`` form
        :raises UserError: the input is incomplete or invalid
        """
        self.ensure_one()
        agrees = form.get("agrees") == "yes" and self.type == "positive"
        content = {
            "agrees": agrees,
            "balances": {},
            "items": [],
            "note": self._parse_comment(form),
        }
        if not agrees:
            content["balances"] = self._parse_balances(form)
            content["items"] = self._parse_items(form)
            self._check_differs(content)
        return content

    def _parse_comment(self, form):
        return self._entered("comment", form, "note", self.env._("Your comment"))

    def _entered(self, limit, form, name, what):
        return self.env["clerk.limited"]._entered_text(limit, form.get(name), what)

    def _parse_balances(self, form):
        balances, checked = {}, self.env["clerk.limited"]
        for currency in self.balance_ids.document_currency_id:
            amount = checked._entered_amount(
                form.get(f"balance_{currency.id}"), currency
            )
            if amount is None:
                raise UserError(
                    self.env._(
                        "Please enter the balance in %s according to your records; 0 "
                        "if there is none.",
                        currency.name,
                    )
                )
            balances[str(currency.id)] = str(amount)
        other = self._parse_currency(form.get("other_currency"))
        amount = checked._entered_amount(form.get("other_balance"), other)
        if amount is not None:
            balances.setdefault(str(other.id), str(amount))
        return balances

    def _parse_items(self, form):
        return [
            item
            for item in (self._parse_item(form, row) for row in range(ITEM_ROWS))
            if item
        ]

    def _parse_item(self, form, row):
        label = self.env._("The number of item %s", row + 1)
        number = self._entered("document_number", form, f"number_{row}", label)
        currency = self._parse_currency(form.get(f"currency_{row}"))
        checked = self.env["clerk.limited"]
        amount = checked._entered_amount(form.get(f"amount_{row}"), currency)
        if not number and amount is None:
            return None
        if not number or amount is None:
            raise UserError(
                self.env._(
                    "Item %s needs both a document number and an amount.", row + 1
                )
            )
        day = checked._entered_date(form.get(f"date_{row}"))
        return {
            "number": number,
            "date": day and day.isoformat(),
            "currency_id": currency.id,
            "amount": str(amount),
        }

    def _parse_currency(self, text):
        chosen = self._answer_currencies().filtered(
            lambda currency: str(currency.id) == text
        )
        return chosen or self.balance_ids.document_currency_id[:1]

    def _check_differs(self, content):
        if self.type == "blank":
            return
        stated = {
            balance.document_currency_id.id: self._exact(balance.stated)
            for balance in self.balance_ids
        }
        reported = {
            int(key): self._exact(amount) for key, amount in content["balances"].items()
        }
        if stated == reported:
            raise UserError(
                self.env._(
                    "These are the amounts stated in the request: please choose “The "
                    "balance agrees with our records”."
                )
            )

    # The reply, before and after it is signed

    def _shown_answer(self, content):
        """Return the reply as rows of label and amount, for the person who signs it."""
        if content["agrees"]:
            return [
                (self._balance_label(balance), self._shown_stated(balance))
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

    def _balance_label(self, balance):
        """Return a label that says who owes whom, instead of a sign."""
        names = {"company": self.company_id.name}
        if balance.document_currency_id.compare_amounts(balance.stated, 0) < 0:
            return self.env._("Balance owed to you by %(company)s", **names)
        return self.env._("Balance owed by you to %(company)s", **names)

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
