from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.receivable.receivable import BUCKETS
from ..mixin.amount import amount_text
from ..mixin.notification import SOFT_RELOAD

# What a page shows of promises, read together with their search.
PROMISE_FIELDS = ["partner_id", "company_id", "date", "amount", "currency_id", "state"]
SHOWN_PROMISES = 4


class ClerkCustomerPage(models.AbstractModel):
    """Everything about a customer in a company, and steps on the ticked open items.

    The customer page and the call pad both are this page, so that neither has to be
    left for the other. The number of queries does not grow with the documents of the
    customer, and access rights of the user apply to everything on it.
    """

    _name = "clerk.customer.page"
    _description = "Page of a Customer"
    _inherit = "clerk.open.items"

    balance_html = fields.Html(
        string="Ageing", compute="_compute_items", sanitize=False, exportable=False
    )
    history_html = fields.Html(
        string="History", compute="_compute_pad", sanitize=False, exportable=False
    )
    items_total = fields.Monetary(
        string="Total of Open Items",
        compute="_compute_items",
        currency_field="page_currency_id",
        exportable=False,
    )
    page_currency_id = fields.Many2one(
        "res.currency", string="Currency of Totals", compute="_compute_page_currency_id"
    )
    page_promise_ids = fields.Many2many(
        "clerk.promise",
        string="Promises Shown",
        compute="_compute_page_promise_ids",
        exportable=False,
    )
    items_text = fields.Char(
        compute="_compute_items", exportable=False, export_string_translation=False
    )
    ticked_count = fields.Integer(
        compute="_compute_items", exportable=False, export_string_translation=False
    )

    def _customer(self):
        """Return the customer with properties of the company of the page."""
        return self.partner_id.with_company(self.company_id)

    @api.depends("company_id")
    def _compute_page_currency_id(self):
        for page in self:
            page.page_currency_id = page.company_id.currency_id

    # Open items

    def _ticked(self):
        """Return the open items of the page that the user has ticked, shown or not."""
        ticks = self.env["clerk.item.tick"]
        if not self.partner_id or not ticks.has_access("read"):
            return self.env["account.move.line"]
        ticked = ticks.search([("create_uid", "=", self.env.uid)]).item_id
        return self._open_items(Domain("id", "in", ticked.ids))

    @api.model
    def _is_ticked_sql(self):
        return SQL(
            "line.id IN (SELECT item_id FROM clerk_item_tick WHERE create_uid = %s)",
            self.env.uid,
        )

    def _set_items(self, amounts, shown):
        balance = self._balance(amounts) if self.partner_id else None
        render = self.env["ir.qweb"]._render
        self.balance_html = balance and render("invoicing_clerk.call_balance", balance)
        total = sum(each.company_amount for each in amounts)
        self.items_total = self.company_id.currency_id.round(total)
        self.ticked_count = sum(each.ticked_count for each in amounts)
        self.items_text = self._items_text(amounts, len(shown))
        return super()._set_items(amounts, shown)

    def _items_text(self, amounts, shown):
        """Return number and sum of selected and all items, and how many are shown."""
        texts = []
        if self.ticked_count:
            ticked = [
                (each.currency_id, each.ticked_amount, each.ticked_company_amount)
                for each in amounts
                if each.ticked_count
            ]
            label = self.env._("Selected")
            texts.append(self._sum_text(label, self.ticked_count, ticked))
        count = sum(each.count for each in amounts)
        everything = [
            (each.currency_id, each.amount, each.company_amount) for each in amounts
        ]
        texts.append(self._sum_text(self.env._("Open items"), count, everything))
        if count > shown:
            texts.append(
                self.env._(
                    "Shown here: %s, the earliest due first. Select Items lists all",
                    shown,
                )
            )
        return " · ".join(texts)

    def _sum_text(self, label, count, amounts):
        """Return number and sum of items, in each currency where there are several.

        :param amounts: tuples of currency id, amount, and amount in company currency
        """
        totals, company = {}, self.company_id.currency_id
        for currency_id, amount, _company_amount in amounts:
            totals[currency_id] = totals.get(currency_id, 0.0) + amount
        currencies = self.env["res.currency"].browse(totals)
        sums = " + ".join(
            amount_text(currency, totals[currency.id]) for currency in currencies
        )
        if currencies and currencies != company:
            total = sum(company_amount for *_key, company_amount in amounts)
            sums += f" = {amount_text(company, total)}"
        return f"{label}: {count} ({sums or '–'})"

    def action_untick(self):
        """Clear the selection."""
        self.ensure_one()
        self.env["clerk.item.tick"]._of_user(self._ticked()).unlink()
        return SOFT_RELOAD

    def action_reminder(self):
        """Email a reminder of the ticked items, or of all that are overdue."""
        self.ensure_one()
        return (self._ticked() or self._open_items()).action_items_reminder()

    # Ageing

    def _balances(self, amounts):
        """Return open items by days overdue, one row per currency.

        :return: dictionaries of ``currency``, ``buckets`` (amounts owed), ``credit``
            (unapplied credits) and ``total``, in that currency; ``company`` is the
            total in company currency
        """
        rows = {}
        for each in amounts:
            row = rows.setdefault(
                each.currency_id,
                {
                    "currency": self.env["res.currency"].browse(each.currency_id),
                    "buckets": [0.0] * len(BUCKETS),
                    "credit": 0.0,
                    "total": 0.0,
                    "company": 0.0,
                },
            )
            if each.bucket is None:
                row["credit"] += each.amount
            else:
                row["buckets"][each.bucket] += each.amount
            row["total"] += each.amount
            row["company"] += each.company_amount
        return [rows[currency] for currency in sorted(rows)]

    # Contents of the page

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_pad(self):
        render = self.env["ir.qweb"]._render
        for page in self:
            if not page.partner_id:
                page.history_html = False
                continue
            page.history_html = render("invoicing_clerk.call_history", page._history())

    def _page_path(self):
        """Return the path of the page, below which links have it as breadcrumb."""
        raise NotImplementedError

    def _page_limit(self):
        """Return the credit limit of the customer."""
        return self._customer().credit_limit

    def _page_call(self):
        """Return the call whose page it is, if any."""
        return self.env["clerk.call"]

    def _balance(self, amounts):
        customer, balances = self._customer(), self._balances(amounts)
        owed = sum(row["company"] for row in balances)
        is_limited = self.company_id.account_use_credit_limit
        limit = self._page_limit() if is_limited else 0.0
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
        return [fields_of[name]._description_string(self.env) for name in BUCKETS]

    @api.model
    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    def _history(self):
        errors, promises = self.env["clerk.billing.error"], self.page_promise_ids
        domain = self._history_domain()
        others = Domain("id", "not in", self._page_call().ids)
        return {
            "page_path": self._page_path(),
            "errors": errors.search_fetch(
                domain & Domain("date_closed", "=", False), limit=5
            ),
            "promises": promises[:SHOWN_PROMISES],
            "states": self._labels("clerk.promise", "state"),
            "directions": self._labels("clerk.call", "direction"),
            "reliability": self.partner_id.promise_reliability,
            "judged": self.partner_id.promise_judged_count,
            "questions": self._questions(),
            "plan": self._next_plan(promises),
            "calls": self._latest_calls(domain & others),
        }

    def _history_domain(self):
        return Domain("partner_id", "=", self.partner_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_page_promise_ids(self):
        """Find the latest promises, and all that are open, the latest first."""
        promises, order = self.env["clerk.promise"], "date desc, id desc"
        for page in self:
            domain = page._history_domain()
            latest = promises._search(domain, limit=SHOWN_PROMISES, order=order)
            page.page_promise_ids = promises.search_fetch(
                domain & (Domain("state", "=", "open") | Domain("id", "in", latest)),
                PROMISE_FIELDS,
                order=order,
            )

    # Latest contacts

    def _latest_calls(self, domain):
        """Return the latest calls with the names that are shown, from one query."""
        calls = self.env["clerk.call"]
        query = calls._search(domain, limit=5)

        def joined(name):
            comodel = calls._fields[name].comodel_name
            table = self.env[comodel]._table
            return comodel, query.left_join(query.table, name, table, "id", name)

        names = []
        for link in ("outcome_id", "topic_id"):
            comodel, alias = joined(link)
            names.append(self.env[comodel]._field_to_sql(alias, "name", query))
        # Names of colleagues, which every user may read.
        _comodel, user = joined("user_id")
        person = query.left_join(user, "partner_id", "res_partner", "id", "partner_id")
        columns = ("id", "date", "direction", "state")
        rows = self.env.execute_query(
            query.select(
                *(calls._field_to_sql(query.table, name, query) for name in columns),
                *names,
                SQL.identifier(person, "name"),
            )
        )
        return [
            {
                **dict(zip(columns, row, strict=False)),
                "words": ", ".join(filter(None, row[len(columns) :])),
            }
            for row in rows
        ]

    def _last_statements(self):
        """Return the latest statements that were sent to the customer."""
        return self.env["clerk.statement"].search_fetch(
            self.env["clerk.statement"]._portal_domain()
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.root_id.id),
            ["date", "closing_company", "delivery_state"],
            order="date desc, id desc",
            limit=3,
        )

    def _last_reminders(self):
        """Return the latest payment reminders that were emailed."""
        return self.env["mail.message"].search_fetch(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", self.partner_id.id),
                ("subtype_id", "=", self.env["clerk.reminder"]._subtype()),
                "|",
                ("record_company_id", "=", False),
                ("record_company_id", "child_of", self.company_id.root_id.id),
            ],
            ["date"],
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
        about = Domain.OR(
            Domain("res_model", "=", model) & records
            for model, records in (
                ("res.partner", Domain("res_id", "in", self.partner_id.ids)),
                ("clerk.call", Domain("res_id", "in", calls)),
                ("account.move", Domain.custom(to_sql=self._is_of_customer_sql)),
            )
        )
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "invoicing_clerk.mail_activity_type_question", raise_if_not_found=False
        )
        return self.env["mail.activity"].search_fetch(
            about & Domain("activity_type_id", "=", kind),
            ["summary", "res_name", "create_uid"],
            limit=5,
        )

    def _is_of_customer_sql(self, activities, alias, query):
        """Look up the documents of the few questions, not all of the customer."""
        return SQL(
            "EXISTS (SELECT FROM account_move WHERE id = %s"
            " AND commercial_partner_id = %s OFFSET 0)",
            activities._field_to_sql(alias, "res_id", query),
            self.partner_id.id,
        )

    def _next_plan(self, _promises):
        """Return (date, words) of what comes next, or None if it is shown elsewhere."""
        return None
