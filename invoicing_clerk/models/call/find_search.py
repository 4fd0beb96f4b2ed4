from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql, format_date

from ...rules.call import search_text as rules
from ...rules.plural import plural
from ..mixin.amount import amount_text
from .trigrams import whole

# Results of each kind.
LIMIT = 20
# At most this many records are found before the first of them are chosen.
BOUND = 500

SALES = ("out_invoice", "out_refund", "out_receipt")
VAT_DIGITS = "REGEXP_REPLACE(%s, '[^0-9]', '', 'g')"


@dataclass(frozen=True)
class Hit:
    """A record that was found, with what is shown of it."""

    kind: str
    record: models.BaseModel
    name: str
    partner: models.BaseModel
    currency: models.BaseModel
    amount: float = 0.0
    open: float = 0.0
    date: object = False
    state: str = ""
    detail: str = ""
    is_exact: bool = False
    is_posted: bool = False
    is_limited: bool = False

    @property
    def company(self):
        return self.record.company_id

    def values(self):
        """Return the values of a result on the page."""
        return {
            "kind": self.kind,
            "res_model": self.record._name,
            "res_id": self.record.id,
            "name": self.name,
            "customer": self.partner.display_name,
            "has_customer": bool(self.partner),
            "detail": self.detail,
            "amount": self.amount,
            "open_amount": self.open,
            "currency_id": self.currency.id,
            "date": self.date,
            "state": self.state,
            "is_exact": self.is_exact,
            "is_posted": self.is_posted,
        }


class ClerkFind(models.TransientModel):
    """Search of all kinds of records for what a caller says.

    Each kind takes a few queries, however much is found, which use indexes: of core on
    numbers and references of documents and on texts of bank transactions, of ours on
    amounts, payments and customers. A module adds a kind to ``_search_steps``.
    """

    _inherit = "clerk.find"

    @api.model
    def _search_text(self, text):
        """Return what the user may read of what a text may mean, as `Hit` objects.

        Exact numbers and names come first. Only if nothing has a whole amount, amounts
        with any cents count.
        """
        search = rules.parse(text or "", self._currency_names())
        if not search:
            return []
        hits = self._run_steps(search)
        if not hits and (rough := search.without_cents()):
            hits = self._run_steps(rough)
        return sorted(hits, key=lambda hit: not hit.is_exact)

    @api.model
    def _currency_names(self):
        currencies = self.env["res.currency"].search([("active", "=", True)])
        return [*currencies.mapped("name"), *currencies.mapped("symbol")]

    @api.model
    def _run_steps(self, search):
        hits = []
        for step in self._search_steps():
            hits += step(search, hits)
        return hits

    @api.model
    def _search_steps(self):
        """Return the methods that search, each with what was found before it."""
        return [
            self._find_customers,
            self._find_documents,
            self._find_payments,
            self._find_transactions,
            self._find_errors,
            self._find_promises,
        ]

    # Searches

    @api.model
    def _matches(self, model, domains, order):
        """Return the first records of a model in a domain, or else in the next one.

        The matches are collected in any order, with the indexes of what is searched
        for, and ordered afterwards; otherwise the database might read all records in
        that order.

        :return: the records, and whether there are more
        """
        records = self.env[model]
        if not records.has_access("read"):
            return records, False
        for domain in domains:
            query = records._search(domain)
            query.order, query.limit = None, BOUND
            if ids := [row[0] for row in self.env.execute_query(query.select())]:
                records = records.search(
                    [("id", "in", ids)], order=order, limit=LIMIT + 1
                )
                break
        return records[:LIMIT], len(records) > LIMIT

    @api.model
    def _like(self, names, patterns):
        """Return a domain of records with one of the patterns in one of the fields."""
        return Domain.OR(
            Domain.AND(Domain(name, "=ilike", each) for each in conditions)
            for name in names
            for conditions in map(rules.conditions, patterns)
        )

    @api.model
    def _has_amount(self, name, search):
        """Return a domain of records with one of the amounts, of either sign."""
        if search.is_rough:
            return Domain.OR(
                (Domain(name, ">=", amount) & Domain(name, "<", amount + 1))
                for amount in map(float, search.amounts)
            )
        amounts = [float(amount) for amount in search.amounts]
        return Domain(name, "in", [*amounts, *(-amount for amount in amounts)])

    @api.model
    def _readable(self, partners):
        """Return those of the partners that the user may read."""
        return partners.sudo(False)._filtered_access("read")

    # Documents

    @api.model
    def _find_documents(self, search, _hits):
        sales = Domain("move_type", "in", SALES)
        open_parts = Domain("payment_state", "=", "partial")
        moves, more = self._matches(
            "account.move",
            [
                sales
                & (
                    self._like(["name"], search.endings)
                    | self._like(
                        ["ref", "payment_reference", "invoice_origin"],
                        search.references,
                    )
                    | self._has_amount("amount_total", search)
                    | (open_parts & self._has_amount("amount_residual", search))
                ),
                sales & self._like(["name"], search.patterns),
            ],
            "invoice_date desc, id desc",
        )
        partners = self._readable(moves.partner_id)
        return [
            self._document_hit(move, search, move.partner_id & partners, more)
            for move in moves
        ]

    @api.model
    def _document_hit(self, move, search, partner, more):
        numbers = (move.name, move.ref, move.payment_reference, move.invoice_origin)
        is_posted = move.state == "posted"
        sign = -1 if move.move_type == "out_refund" else 1
        return Hit(
            kind="refund" if move.move_type == "out_refund" else "invoice",
            record=move,
            name=move.name or self.env._("Draft"),
            partner=partner,
            currency=move.currency_id,
            amount=sign * move.amount_total,
            open=sign * move.unsettled if is_posted else 0.0,
            date=move.invoice_date,
            state=self._document_state(move),
            detail=" · ".join(filter(None, (move.ref, move.invoice_origin))),
            is_exact=any(rules.is_number(number, search.text) for number in numbers),
            is_posted=is_posted and move.move_type != "out_receipt",
            is_limited=more,
        )

    @api.model
    def _document_state(self, move):
        if move.state != "posted":
            return self._label_of(move, "state")
        today = fields.Date.context_today(self)
        due = move.invoice_date_due
        if move.is_unpaid and move.move_type != "out_refund" and due and due < today:
            return plural(
                (today - due).days,
                self.env._("%s day overdue", (today - due).days),
                self.env._("%s days overdue", (today - due).days),
            )
        return self._label_of(move, "payment_state")

    @api.model
    def _label_of(self, record, name):
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    # Payments and bank transactions

    @api.model
    def _find_payments(self, search, _hits):
        names = ["name", "memo", "payment_reference"]
        if "check_number" in self.env["account.payment"]._fields:
            names.append("check_number")
        of_customers = Domain("partner_type", "=", "customer")
        payments, more = self._matches(
            "account.payment",
            [
                of_customers
                & (
                    self._like(["name"], search.endings)
                    | self._like(names[1:], search.references)
                    | self._has_amount("amount", search)
                ),
                of_customers & self._like(names, search.patterns),
            ],
            "date desc, id desc",
        )
        partners = self._readable(payments.partner_id)
        return [
            self._payment_hit(
                payment, search, names, payment.partner_id & partners, more
            )
            for payment in payments
        ]

    @api.model
    def _payment_hit(self, payment, search, names, partner, more):
        # The memo of a payment is usually the number of another document.
        numbers = [payment[name] for name in names if name != "memo"]
        return Hit(
            kind="payment",
            record=payment,
            name=payment.name or self.env._("Draft"),
            partner=partner,
            currency=payment.currency_id,
            amount=payment.amount_signed,
            date=payment.date,
            state=self._label_of(payment, "state"),
            detail=" · ".join(filter(None, (payment.memo, payment.payment_reference))),
            is_exact=any(rules.is_number(number, search.text) for number in numbers),
            is_limited=more,
        )

    @api.model
    def _find_transactions(self, search, _hits):
        found = self._like(["payment_ref", "partner_name"], search.references)
        lines, more = self._matches(
            "account.bank.statement.line",
            [found | self._has_amount("amount", search)],
            "internal_index desc",
        )
        partners = self._readable(lines.partner_id)
        return [
            Hit(
                kind="bank",
                record=line,
                name=line.payment_ref or line.name,
                partner=line.partner_id & partners,
                currency=line.currency_id,
                amount=line.amount,
                date=line.date,
                state=self.env._("Reconciled")
                if line.is_reconciled
                else self.env._("Not Reconciled"),
                detail=line.partner_name or "",
                is_limited=more,
            )
            for line in lines
        ]

    # Customers

    @api.model
    def _find_customers(self, search, _hits):
        exact, found = self._customer_domains(search)
        partners, more = self._matches(
            "res.partner", [exact, found], "customer_rank desc, id"
        )
        if search.phone:
            callers = partners._find_callers(search.phone)
            partners = (callers[:LIMIT] | partners)[:LIMIT]
            more = more or len(callers) > LIMIT
        balances = self._balances_of(partners.commercial_partner_id)
        return [
            self._customer_hit(partner, search, balances.get(partner), more)
            for partner in partners
        ]

    @api.model
    def _customer_domains(self, search):
        """Return domains of customers with exactly this text, and with its words."""
        exact = Domain("ref", "in", [search.text, search.text.upper()])
        exact |= Domain("company_registry", "=", search.text)
        if search.has_name:
            exact |= self._has_name(search.text)
        if search.vat:
            exact |= self._has_vat(search.vat)
        found = Domain.FALSE
        if search.email:
            # Part of an address is searched for only if nobody has it as a whole.
            exact |= Domain("email_normalized", "=", search.email.lower())
            found = Domain("email", "=ilike", f"%{escape_psql(search.email)}%")
        elif search.has_name:
            found = Domain.AND(
                Domain("complete_name", "=ilike", pattern)
                for pattern in search.name_patterns
            )
        return exact, found

    @api.model
    def _has_name(self, name):
        template = whole(self.env.registry)

        def to_sql(model, alias, query):
            # The expression of the index.
            column = model._field_to_sql(alias, "complete_name", query)
            return SQL("(%s = %s)", SQL(template, column), SQL(template, name))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _has_vat(self, digits):
        def to_sql(model, alias, query):
            # The expression and the condition of the index.
            vat = model._field_to_sql(alias, "vat", query)
            return SQL(
                "(%s IS NOT NULL AND %s = %s)", vat, SQL(VAT_DIGITS, vat), digits
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _balances_of(self, customers):
        """Map customers to their balances in the current company."""
        balances = self.env["clerk.receivable"].search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return {balance.partner_id: balance for balance in balances}

    @api.model
    def _customer_hit(self, partner, search, balance, more):
        detail = (partner.ref, partner.email, partner.phone, partner.vat, partner.city)
        return Hit(
            kind="customer",
            record=partner,
            name=partner.display_name,
            partner=partner.commercial_partner_id,
            currency=self.env.company.currency_id,
            open=balance.balance if balance else 0.0,
            state=self.env._("Overdue") if balance and balance.overdue else "",
            detail=" · ".join(filter(None, detail)),
            is_exact=search.is_customer(
                *(partner[each] or "" for each in ("name", "ref", "email", "vat"))
            ),
            is_limited=more,
        )

    # Billing errors and promises

    @api.model
    def _find_errors(self, search, hits):
        domain = self._like(["name"], search.patterns) | self._has_amount(
            "amount_disputed", search
        )
        if moves := self._documents_of(hits):
            domain |= Domain("move_ids", "in", moves)
        errors, more = self._matches(
            "clerk.billing.error", [domain], "date_closed desc, id desc"
        )
        partners = self._readable(errors.partner_id)
        return [
            Hit(
                kind="case",
                record=error,
                name=error.name,
                partner=error.partner_id & partners,
                currency=error.currency_id,
                amount=error.amount_disputed,
                open=error.amount_open,
                date=fields.Date.context_today(self, error.date_opened),
                state=self._label_of(error, "state"),
                detail=error.reason_id.name or "",
                is_exact=rules.is_number(error.name, search.text),
                is_limited=more,
            )
            for error in errors
        ]

    @api.model
    def _find_promises(self, search, hits):
        domain = self._has_amount("amount", search)
        if moves := self._documents_of(hits):
            domain |= Domain("line_ids.move_id", "in", moves)
        promises, more = self._matches("clerk.promise", [domain], "date desc, id desc")
        partners = self._readable(promises.partner_id)
        return [
            Hit(
                kind="promise",
                record=promise,
                name=self.env._(
                    "%(amount)s by %(date)s",
                    amount=amount_text(promise.currency_id, promise.amount),
                    date=format_date(self.env, promise.date),
                ),
                partner=promise.partner_id & partners,
                currency=promise.currency_id,
                amount=promise.amount,
                date=promise.date,
                state=self._label_of(promise, "state"),
                is_limited=more,
            )
            for promise in promises
        ]

    @api.model
    def _documents_of(self, hits):
        return [hit.record.id for hit in hits if hit.record._name == "account.move"]
