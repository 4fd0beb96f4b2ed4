from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.call.call import REPEAT_DAYS
from ...rules.call.search_text import MAX_CHARACTERS, is_phone
from ...rules.receivable.receivable import BUCKETS
from ..mixin.matching import added_back_sql

LATEST_INVOICES = 3
# The fields that link records to a call.
LINKS = {
    "account.move": "move_ids",
    "clerk.billing.error": "error_ids",
    "clerk.promise": "promise_ids",
}
# The days overdue at which the next ageing bucket begins.
BUCKET_STARTS = [first for _name, first, _last in BUCKETS if first is not None]


class ClerkCall(models.Model):
    """The call pad: an overview of the customer for the clerk on the phone.

    The number of queries does not grow with the documents of the customer, and access
    rights of the user apply to everything on it.
    """

    _inherit = "clerk.call"

    find_text = fields.Char(
        string="Find",
        size=MAX_CHARACTERS,
        copy=False,
        help="Text to search for, such as a name, an amount or an invoice number.",
    )
    caller_ids = fields.Many2many(
        "res.partner", string="Possible Callers", compute="_compute_caller_ids"
    )
    found_move_ids = fields.Many2many(
        "account.move", string="Found Invoices", compute="_compute_caller_ids"
    )
    shown_move_ids = fields.Many2many(
        "account.move",
        compute="_compute_shown_move_ids",
        string="Open and Latest Invoices",
    )
    balance_html = fields.Html(
        string="Balance", compute="_compute_pad", sanitize=False, exportable=False
    )
    history_html = fields.Html(
        string="History", compute="_compute_pad", sanitize=False, exportable=False
    )
    is_first_contact = fields.Boolean(
        string="First Contact",
        compute="_compute_is_first_contact",
        help="The customer did not call about the same topic in the seven days before.",
    )
    other_call_count = fields.Integer(
        string="Other Calls in Progress",
        compute="_compute_other_call_count",
        exportable=False,
    )

    def _customer(self):
        """Return the customer with properties of the company of the call."""
        return self.partner_id.with_company(self.company_id)

    # Caller

    @api.depends("find_text", "number", "partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_caller_ids(self):
        for call in self:
            if call.partner_id:
                call.caller_ids = call.found_move_ids = False
                continue
            hits = call._hits()
            call.caller_ids = call._callers() | call._customers_of(hits)
            call.found_move_ids = call.found_move_ids.union(
                *(hit.record for hit in hits if hit.record._name == "account.move")
            )

    def _callers(self):
        """Return the contacts who have the number of the call."""
        partners = self.env["res.partner"]
        if not self.number:
            return partners
        return partners._find_callers(self.number, self.company_id)

    def _hits(self):
        """Return what is found in the company of the call."""
        if not self.find_text:
            return []
        company = self.company_id
        hits = self.env["clerk.find"].with_company(company)._search_text(self.find_text)
        return [hit for hit in hits if hit.company in (company, company.browse())]

    @api.model
    def _customers_of(self, hits):
        """Return the contacts that were found, and the customers of documents."""
        partners = self.env["res.partner"]
        for hit in hits:
            partners |= hit.record if hit.kind == "customer" else hit.partner
        return partners

    @api.onchange("number")
    def _onchange_number(self):
        if self.number and not self.partner_id:
            self._identify(self._callers())

    @api.onchange("find_text")
    def _onchange_find_text(self):
        """Select the only customer whom the text leads to, and link the only document
        with this number."""
        hits = self._hits()
        exact = [hit for hit in hits if hit.is_exact] or hits
        if is_phone(self.find_text or ""):
            self.number = self.number or self.find_text
        if not self.partner_id:
            self._identify(self._customers_of(exact))
        if (
            len(exact) == 1
            and exact[0].partner.commercial_partner_id == self.partner_id
        ):
            self._link_hit(exact[0].record)

    def _link_hit(self, record):
        """Link a document, billing error or promise; other records only have a
        customer."""
        if name := LINKS.get(record._name):
            self[name] |= record

    def _identify(self, callers):
        """Link the only possible caller; among several, the clerk chooses."""
        customer = callers.commercial_partner_id
        if len(customer) == 1:
            self.partner_id = customer
            if len(callers) == 1 and callers != customer:
                self.contact_id = callers

    # Balance

    @api.depends("partner_id", "company_id")
    def _compute_shown_move_ids(self):
        for call in self:
            call.shown_move_ids = call._shown_moves() if call.partner_id else False

    def _customer_domain(self):
        return Domain("company_id", "=", self.company_id.id) & Domain(
            "commercial_partner_id", "=", self.partner_id.id
        )

    @api.model
    def _unpaid_domain(self):
        return Domain("state", "=", "posted") & Domain("is_unpaid", "=", True)

    def _shown_moves(self):
        """Return all open invoices, the oldest first, and the latest ones."""
        moves = self.env["account.move"]
        billed = self._customer_domain() & Domain(
            "move_type", "in", ("out_invoice", "out_refund")
        )
        billed &= Domain("state", "=", "posted")
        latest = moves.search(
            billed, order="invoice_date desc, id desc", limit=LATEST_INVOICES
        )
        open_moves = moves.search(
            billed & self._unpaid_domain(), order="invoice_date_due, id"
        )
        return open_moves | latest

    def _balances(self):
        """Return open items by days overdue, one row per currency.

        :return: dictionaries of ``currency``, ``buckets`` (amounts owed), ``credit``
            (unapplied credits) and ``total``, in that currency; ``company`` is the
            total in company currency
        """
        rows = {}
        balances = self.env.execute_query(self._balances_sql())
        for currency, bucket, amount, company_amount in balances:
            row = rows.setdefault(
                currency,
                {
                    "currency": self.env["res.currency"].browse(currency),
                    "buckets": [0.0] * len(BUCKETS),
                    "credit": 0.0,
                    "total": 0.0,
                    "company": 0.0,
                },
            )
            if bucket is None:
                row["credit"] += amount
            else:
                row["buckets"][bucket] += amount
            row["total"] += amount
            row["company"] += company_amount
        return list(rows.values())

    def _balances_sql(self):
        """Return amounts by ``rules.receivable.bucket`` in SQL; credits have none."""
        items = self.env["account.move.line"]._search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("is_unsettled", "=", True)
        )
        table = SQL.identifier("account_move_line")
        return SQL(
            "SELECT currency_id, CASE WHEN open >= 0 THEN"
            " WIDTH_BUCKET(%(today)s - due, %(starts)s) END,"
            " SUM(open)::float, SUM(open_company)::float"
            " FROM (SELECT currency_id, COALESCE(date_maturity, date) AS due,"
            " amount_residual_currency + COALESCE(own, 0) AS open,"
            " amount_residual + COALESCE(amount, 0) AS open_company"
            " FROM (%(items)s) AS line LEFT JOIN (%(added)s) AS added"
            " ON added.line_id = line.id) AS item GROUP BY 1, 2 ORDER BY 1, 2",
            today=fields.Date.context_today(self),
            starts=BUCKET_STARTS,
            added=added_back_sql(),
            items=items.select(SQL("%s.*", table)),
        )

    # Contents of the pad

    @api.depends(
        "partner_id", "company_id", "error_ids", "promise_ids", "statement_run_ids"
    )
    @api.depends_context("lang", "uid")
    def _compute_pad(self):
        render = self.env["ir.qweb"]._render
        for call in self:
            if not call.partner_id:
                call.balance_html = call.history_html = False
                continue
            call.balance_html = render("invoicing_clerk.call_balance", call._balance())
            call.history_html = render("invoicing_clerk.call_history", call._history())

    def _pad_path(self):
        """Return the path of the pad, below which links have it as breadcrumb."""
        return f"/odoo/calls/{self._origin.id}"

    def _balance(self):
        customer, balances = self._customer(), self._balances()
        owed = sum(row["company"] for row in balances)
        limit = customer.credit_limit if customer.show_credit_limit else 0.0
        currency = self.company_id.currency_id
        return {
            "call": self,
            "customer": customer,
            "balances": balances,
            "company_currency": currency,
            "owed": owed,
            "limit": limit,
            "statement": self._last_statement(),
            "deliveries": self._labels("clerk.statement", "delivery_state"),
            "pad_path": self._pad_path(),
            "over_limit": bool(limit) and currency.compare_amounts(owed, limit) > 0,
        }

    @api.model
    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    def _history(self):
        errors, calls = self.env["clerk.billing.error"], self.env["clerk.call"]
        promises = self.env["clerk.promise"]
        customer = Domain("partner_id", "=", self.partner_id.id)
        of_company = Domain("company_id", "=", self.company_id.id)
        return {
            "call": self,
            "pad_path": self._pad_path(),
            "errors": errors.search(
                customer & of_company & Domain("date_closed", "=", False), limit=5
            ),
            "promises": promises.search(
                customer & of_company, order="date desc, id desc", limit=4
            ),
            "states": self._labels("clerk.promise", "state"),
            "directions": self._labels("clerk.call", "direction"),
            "reliability": self.partner_id.promise_reliability,
            "judged": self.partner_id.promise_judged_count,
            "calls": calls.search(
                customer & of_company & Domain("id", "!=", self._origin.id), limit=5
            ),
        }

    # Other calls

    @api.depends("partner_id", "company_id", "topic_id", "direction", "start")
    def _compute_is_first_contact(self):
        incoming = self.filtered(
            lambda call: call.direction == "in" and call.start and call.topic_id
        )
        earlier = incoming._earlier_starts()
        self.is_first_contact = True
        for call in incoming:
            begin = fields.Datetime.subtract(call.start, days=REPEAT_DAYS)
            call.is_first_contact = not any(
                begin <= start < call.start
                for start in earlier[call.partner_id, call.topic_id, call.company_id]
            )

    def _earlier_starts(self):
        """Map (customer, topic, company) -> starts of calls, also earlier ones."""
        earlier = defaultdict(list)
        if not self:
            return earlier
        starts = self.mapped("start")
        since = fields.Datetime.subtract(min(starts), days=REPEAT_DAYS)
        rows = self.env["clerk.call"]._read_group(
            [
                ("direction", "=", "in"),
                ("partner_id", "in", self.partner_id.ids),
                ("topic_id", "in", self.topic_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("start", "<", max(starts)),
                ("start", ">=", since),
            ],
            ["partner_id", "topic_id", "company_id"],
            ["start:array_agg"],
        )
        for *key, times in rows:
            earlier[tuple(key)] = times
        return earlier

    @api.depends_context("uid")
    def _compute_other_call_count(self):
        in_progress = self.search(
            [("state", "=", "in_progress"), ("user_id", "=", self.env.uid)]
        )
        for call in self:
            call.other_call_count = len(in_progress - call._origin)
