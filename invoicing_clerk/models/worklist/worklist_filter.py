from contextlib import contextmanager

import psycopg2
from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.attempt import first_line
from ..mixin.filtered import UserFilterError
from .worklist_source import BrokenWorklistError, Source

# A change of these fields, where a model has them, brings a finished record back.
STATE_FIELDS = ("state", "payment_state")


class ClerkWorklist(models.Model):
    """The records of a worklist: its filter, fields and rules, turned into one query.

    **What may leak.** The result of a refresh is shared by everybody who works on the
    list, so the query runs with the rights of whoever wrote it, record rules included,
    and not with those of the process that refreshes. An item is shown only to people
    who may read its record. Lists that come with a module query as the superuser.
    """

    _inherit = "clerk.worklist"

    _filter_fields = frozenset(
        {
            *("model_id", "domain", "partner_path", "amount_path", "currency_path"),
            *("date_path", "company_path", "user_path"),
        }
    )

    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
    )
    model = fields.Char(
        string="Model Name", related="model_id.model", store=True, index=True
    )
    domain = fields.Char(string="Filter", default="[]", required=True)
    partner_path = fields.Char(string="Partner Field")
    amount_path = fields.Char(string="Amount Field")
    currency_path = fields.Char(
        string="Currency Field",
        help="Only needed if it is not the currency field of the amount.",
    )
    date_path = fields.Char(string="Date Field")
    company_path = fields.Char(string="Company Field")
    user_path = fields.Char(string="Responsible User Field")
    rule_ids = fields.One2many(
        "clerk.worklist.rule", "worklist_id", string="Priority Rules", copy=True
    )
    has_minimum = fields.Boolean(
        string="Exclude Low Scores",
        help="List only records that reach the minimum score.",
    )
    minimum_score = fields.Integer(help="Records with a lower score are not listed.")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "model_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Suggest fields: most models name them alike."""
        existing = self.env[self.model]._fields if self._is_model_known() else {}
        self.domain = "[]"
        for path, names in (
            ("partner_path", ("commercial_partner_id", "partner_id")),
            ("amount_path", ("amount_residual", "amount_open", "amount_total")),
            ("date_path", ("invoice_date_due", "date_deadline", "deadline", "date")),
            ("company_path", ("company_id",)),
            ("user_path", ("invoice_user_id", "user_id")),
        ):
            stored = [
                name for name in names if name in existing and existing[name].store
            ]
            self[path] = stored[0] if stored else False
        self.currency_path = False

    @api.constrains(
        "model_id",
        "domain",
        "partner_path",
        "amount_path",
        "currency_path",
        "date_path",
        "company_path",
        "user_path",
        "company_id",
    )
    def _check_query(self):
        """Try the query with the rights of the user who writes it."""
        # sudo(False): constraints run as the superuser, who may query anything.
        for worklist in self.sudo(False):
            worklist._try_query()

    def _try_query(self):
        try:
            with self._explaining_errors():
                self._query_rows(limit=0)
                self._check_unused_paths()
        except BrokenWorklistError as error:
            raise ValidationError(
                self.env._("%(worklist)s: %(error)s", worklist=self.name, error=error)
            ) from error

    def _check_unused_paths(self):
        """Check what the query does not need yet."""
        model = self._records()
        if self.currency_path:
            self._read_path(self.currency_path, model)
        for rule in self.rule_ids:
            self._check_rule(rule, model)

    def _check_rule(self, rule, model):
        domain = self._domain_of(rule, rule.domain, rule.name, model)
        if rule._tried_query(domain, model) is None:
            raise BrokenWorklistError(
                self.env._(
                    "%s is not valid: a value does not fit its field.", rule.name
                )
            )
        rule._check_paths(model)

    def _is_model_known(self):
        return bool(self.model) and self.model in self.env

    def _records(self):
        """Return the model to query: as its author where a process of ours asks.

        :raises UserFilterError: the author cannot read it
        :raises AccessError: the user cannot read it
        """
        model = self._listed_model()
        model = self._as_author(model) if self.env.su else model
        model.check_access("read")
        return model.with_context(active_test=True)

    def _listed_model(self):
        """:raises BrokenWorklistError: it does not exist or cannot be listed"""
        self.ensure_one()
        if not self._is_model_known():
            raise BrokenWorklistError(
                self.env._(
                    "The records to list do not exist. Install the app they belong to."
                )
            )
        model = self.env[self.model]
        if model._name == "clerk.work.item" or not model._auto or not model._table:
            raise BrokenWorklistError(
                self.env._("%s cannot be listed in a worklist.", model._description)
            )
        return model

    def _records_domain(self, model):
        domain = self._domain_of(self, self.domain, self.env._("The filter"), model)
        if not self.company_id:
            return domain
        if not self.company_path:
            raise BrokenWorklistError(
                self.env._(
                    "It is limited to %s: select the field with a record's company.",
                    self.company_id.name,
                )
            )
        return domain & Domain(self.company_path, "child_of", self.company_id.id)

    def _domain_of(self, owner, text, name, model):
        """Return the domain that a text stands for.

        ``uid`` is the user to whom all items are assigned: a list that several people
        share means the same for all of them.

        :param owner: the worklist or the rule whose author wrote the text
        :raises BrokenWorklistError: it is not valid, or its author cannot read it
        """
        assigned = self.user_id.id if self.assignment == "user" else None
        try:
            return owner._read_filter(text, model, uid=assigned or None)
        except UserFilterError as error:
            raise BrokenWorklistError(
                self.env._(
                    "%(what)s is not valid: %(reason)s",
                    what=name,
                    reason=first_line(error),
                )
            ) from error

    @contextmanager
    def _explaining_errors(self):
        """Turn whatever can be wrong with a query into one error, with a sentence.

        A conflict with another transaction is no error of the query: it is retried.
        """
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                yield
        except (BrokenWorklistError, errors.SerializationFailure):
            raise
        except (
            UserError,
            ValueError,
            TypeError,
            LookupError,
            ArithmeticError,
            AssertionError,
            AttributeError,
            NotImplementedError,
            psycopg2.DataError,
            psycopg2.ProgrammingError,
        ) as error:
            raise BrokenWorklistError(
                self.env._("The query cannot be run: %s", first_line(error))
            ) from error

    # SQL

    def _home_company(self):
        """Return the company that applies to records without one."""
        # By its cached id: a lookup that checks whether it exists, for each column of
        # each list, would be most of the queries of a refresh.
        main = self.env["ir.model.data"]._xmlid_to_res_id("base.main_company")
        # sudo: currency, calendar and time zone of the first company are no secret.
        return self.company_id or self.env["res.company"].sudo().browse(main)

    def _currency_sql(self, source, path):
        if self.currency_path and path == self.amount_path:
            return source.reference(self.currency_path, "res.currency")
        return source.currency(path)

    def _rates_sql(self):
        """Return a table of today's rates by company and currency, as in core."""
        # sudo: rates are no secret, and records of all companies are scored.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        currencies = (
            self.env["res.currency"].sudo().search([("active", "in", (True, False))])
        )
        today = fields.Date.context_today(self)
        rows = [SQL("(NULL::int, NULL::int, NULL::numeric, NULL::int)")]
        for root in companies.root_id:
            rates = currencies._get_rates(root, today)
            root_rate = rates[root.currency_id.id]
            places = root.currency_id.decimal_places
            rows += [
                SQL(
                    "(%s, %s, %s::numeric, %s)",
                    company.id,
                    currency,
                    root_rate / rate,
                    places,
                )
                for company in companies
                if company.root_id == root
                for currency, rate in rates.items()
            ]
        return SQL(
            "rates (company_id, currency_id, rate, places) AS (VALUES %s)",
            SQL(", ").join(rows),
        )

    def _fingerprint_sql(self, source):
        """Return a hash of the facts whose change brings a finished record back."""
        facts = [
            source.reference(self.partner_path, "res.partner"),
            source.number(self.amount_path),
            source.date(self.date_path),
            *(
                source.column(name)[0]
                for name in STATE_FIELDS
                if name in source.model._fields and source.model._fields[name].store
            ),
        ]
        return SQL("MD5(ROW(%s)::text)", SQL(", ").join(facts))

    def _query_sql(self, record_ids=None):
        """Return a query with a row for each record: columns, score and breakdown.

        :param record_ids: consider only these records
        """
        today = fields.Date.context_today(self)
        source = Source(self, self._records(), today, record_ids)
        # Columns add joins to the query: select last.
        columns = self._record_columns(source) + self._rule_columns(source)
        rules = [str(rule.id) for rule in self.rule_ids]
        return SQL(
            "SELECT * FROM (SELECT record.*, %s AS points, (%s)::int AS score"
            # Without OFFSET, PostgreSQL computes each rule wherever it is used.
            " FROM (%s OFFSET 0) AS record) AS scored WHERE score >= %s OR NOT %s",
            self._breakdown_sql(rules),
            self._score_sql(rules),
            source.query.select(*columns),
            self.minimum_score,
            self.has_minimum,
        )

    def _record_columns(self, source):
        amount = source.number(self.amount_path)
        return [
            SQL("%s AS res_id", source.id),
            SQL("%s AS partner_id", source.reference(self.partner_path, "res.partner")),
            SQL("%s AS amount", amount),
            SQL("%s AS currency_id", self._amount_currency_sql(source)),
            SQL("%s AS amount_company", self._amount_company_sql(source)),
            SQL("%s AS date", source.date(self.date_path)),
            SQL("%s AS company_id", source.company()),
            SQL("%s AS user_id", source.reference(self.user_path, "res.users")),
            SQL("%s AS fingerprint", self._fingerprint_sql(source)),
        ]

    def _rule_columns(self, source):
        """Return the points of each rule and the fact that it measures."""
        columns = []
        for rule in self.rule_ids:
            points, fact = rule._points_sql(source)
            columns.append(SQL("%s AS %s", points, self._points_column(rule.id)))
            columns.append(SQL("%s AS %s", fact, self._fact_column(rule.id)))
        return columns

    @api.model
    def _points_column(self, rule):
        return SQL.identifier(f"points_{rule}")

    @api.model
    def _fact_column(self, rule):
        return SQL.identifier(f"fact_{rule}")

    def _amount_currency_sql(self, source):
        if not self.amount_path:
            return SQL("NULL::int")
        return self._currency_sql(source, self.amount_path)

    def _amount_company_sql(self, source):
        if not self.amount_path:
            return SQL("NULL::numeric")
        return source.in_company_currency(self.amount_path)

    @api.model
    def _score_sql(self, rules):
        return SQL(" + ").join([SQL("0"), *map(self._points_column, rules)])

    @api.model
    def _breakdown_sql(self, rules):
        """Return ``{rule: [points, fact]}`` in SQL, without rules of 0 points."""
        pairs = [
            SQL(
                "CASE WHEN %(points)s <> 0 THEN JSONB_BUILD_OBJECT(%(rule)s::text,"
                " JSONB_BUILD_ARRAY(%(points)s, %(fact)s)) ELSE '{}'::jsonb END",
                points=self._points_column(rule),
                rule=rule,
                fact=self._fact_column(rule),
            )
            for rule in rules
        ]
        return SQL(" || ").join([SQL("'{}'::jsonb"), *pairs])

    def _listed_ids(self, record_ids):
        """Return the records that the list finds now, by the rights of its author.

        A list that cannot be queried finds what it found before.
        """
        shared = self._as_shared()
        try:
            with self._explaining_errors():
                query = shared._query_sql(record_ids)
                self.env.flush_all()
                self.env.cr.execute(
                    SQL(
                        "WITH %s SELECT res_id FROM (%s) AS found",
                        shared._rates_sql(),
                        query,
                    ),
                    log_exceptions=False,
                )
                return {row[0] for row in self.env.cr.fetchall()}
        except BrokenWorklistError:
            return set(record_ids)

    def _query_rows(self, limit=None):
        """Run the query with the rights of the user, and return its rows as dicts."""
        query = self._query_sql()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "WITH %s SELECT *, COUNT(*) OVER () AS total FROM (%s) AS rows"
                " ORDER BY score DESC, res_id %s",
                self._rates_sql(),
                query,
                SQL() if limit is None else SQL("LIMIT %s", limit),
            ),
            log_exceptions=False,
        )
        return self.env.cr.dictfetchall()
