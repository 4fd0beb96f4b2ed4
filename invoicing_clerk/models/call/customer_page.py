from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ...rules.receivable.receivable import BUCKETS
from ..mixin.matching import added_back_sql
from ..mixin.notification import SOFT_RELOAD

# The days overdue at which the next ageing bucket begins.
BUCKET_STARTS = [first for _name, first, _last in BUCKETS if first is not None]


class ClerkCustomerPage(models.AbstractModel):
    """Everything about a customer in a company, and steps on the ticked open items.

    The customer page and the call pad both are this page, so that neither has to be
    left for the other. The number of queries does not grow with the documents of the
    customer, and access rights of the user apply to everything on it.

    Models have ``partner_id``, ``company_id`` and ``line_ids``, the open items.
    """

    _name = "clerk.customer.page"
    _description = "Page of a Customer"

    balance_html = fields.Html(
        string="Ageing", compute="_compute_pad", sanitize=False, exportable=False
    )
    history_html = fields.Html(
        string="History", compute="_compute_pad", sanitize=False, exportable=False
    )
    items_total = fields.Monetary(
        string="Total of Open Items",
        compute="_compute_items_total",
        currency_field="page_currency_id",
        exportable=False,
    )
    page_currency_id = fields.Many2one(
        "res.currency", string="Currency of Totals", compute="_compute_page_currency_id"
    )
    items_text = fields.Char(compute="_compute_items_total", exportable=False)
    ticked_count = fields.Integer(compute="_compute_items_total", exportable=False)

    def _customer(self):
        """Return the customer with properties of the company of the page."""
        return self.partner_id.with_company(self.company_id)

    def _items_domain(self):
        return self.env["clerk.receivable"]._open_items_of(
            self.partner_id, self.company_id
        )

    @api.depends("company_id")
    def _compute_page_currency_id(self):
        for page in self:
            page.page_currency_id = page.company_id.currency_id

    # Ticks

    def _ticked(self):
        """Return the open items of the page that the user has ticked."""
        return self.line_ids.filtered("is_ticked")

    @api.depends("line_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_items_total(self):
        for page in self:
            ticked = page._ticked()
            page.ticked_count = len(ticked)
            page.items_total = sum(page.line_ids.mapped("unsettled_company"))
            parts = [page._sum_text(self.env._("Open items"), page.line_ids)]
            if ticked:
                parts.insert(0, page._sum_text(self.env._("Selected"), ticked))
            page.items_text = " · ".join(parts)

    @api.model
    def _sum_text(self, label, items):
        """Return number and sum of items, in each currency where there are several."""
        sums = [
            formatLang(self.env, sum(group.mapped("unsettled")), currency_obj=currency)
            for currency, group in items.grouped("currency_id").items()
        ]
        company = items.company_currency_id
        if len(company) == 1 and items.currency_id != company:
            total = sum(items.mapped("unsettled_company"))
            total = formatLang(self.env, total, currency_obj=company)
            return f"{label}: {len(items)} ({' + '.join(sums)} = {total})"
        return f"{label}: {len(items)} ({' + '.join(sums) or '–'})"

    def action_untick(self):
        """Clear the selection."""
        self.ensure_one()
        self.env["clerk.item.tick"]._of_user(self.line_ids).unlink()
        return SOFT_RELOAD

    def action_reminder(self):
        """Email a reminder of the ticked items, or of all that are overdue."""
        self.ensure_one()
        return (self._ticked() or self.line_ids).action_items_reminder()

    # Ageing

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
        items = self.env["account.move.line"]._search(self._items_domain())
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

    # Contents of the page

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_pad(self):
        render = self.env["ir.qweb"]._render
        for page in self:
            if not page.partner_id:
                page.balance_html = page.history_html = False
                continue
            page.balance_html = render("invoicing_clerk.call_balance", page._balance())
            page.history_html = render("invoicing_clerk.call_history", page._history())

    def _page_path(self):
        """Return the path of the page, below which links have it as breadcrumb."""
        raise NotImplementedError

    def _page_call(self):
        """Return the call whose page it is, if any."""
        return self.env["clerk.call"]

    def _balance(self):
        customer, balances = self._customer(), self._balances()
        owed = sum(row["company"] for row in balances)
        limit = customer.credit_limit if customer.show_credit_limit else 0.0
        currency = self.company_id.currency_id
        return {
            "customer": customer,
            "balances": balances,
            "bucket_names": self._bucket_names(),
            "company_currency": currency,
            "owed": owed,
            "limit": limit,
            "statements": self._last_statements(),
            "reminders": self._last_reminders(),
            "notes": customer.comment,
            "deliveries": self._labels("clerk.statement", "delivery_state"),
            "page_path": self._page_path(),
            "over_limit": bool(limit) and currency.compare_amounts(owed, limit) > 0,
        }

    @api.model
    def _bucket_names(self):
        fields_of = self.env["clerk.receivable"]._fields
        return [
            fields_of[name]._description_string(self.env) for name, *_days in BUCKETS
        ]

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
            "page_path": self._page_path(),
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
            "questions": self._questions(),
            "plan": self._next_plan(),
            "calls": calls.search(
                customer & of_company & Domain("id", "not in", self._page_call().ids),
                limit=5,
            ),
        }

    # Latest contacts

    def _last_statements(self):
        """Return the latest statements that were sent to the customer."""
        return self.env["clerk.statement"].search(
            self.env["clerk.statement"]._portal_domain()
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.root_id.id),
            order="date desc, id desc",
            limit=3,
        )

    def _last_reminders(self):
        """Return the latest payment reminders that were emailed."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", self.partner_id.id),
                ("subtype_id", "=", self.env["clerk.reminder"]._subtype()),
            ],
            order="id desc",
            limit=3,
        )

    def _questions(self):
        """Return open questions of colleagues about the customer and their documents.

        Core checks the access of activities record by record.
        """
        calls = self.env["clerk.call"]._search(
            Domain("partner_id", "=", self.partner_id.id)
        )
        records = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", ids)
            for model, ids in (
                ("res.partner", self.partner_id.ids),
                ("clerk.call", calls),
                ("account.move", self.line_ids.move_id.ids),
            )
        )
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "invoicing_clerk.mail_activity_type_question", raise_if_not_found=False
        )
        return self.env["mail.activity"].search(
            records & Domain("activity_type_id", "=", kind), limit=5
        )

    def _next_plan(self):
        """Return (date, words) of what comes next, or None if it is shown elsewhere."""
        return None
