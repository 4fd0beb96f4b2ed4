from contextlib import contextmanager

import psycopg2
from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

from .worklist_source import BrokenWorklistError, Source, first_line

# What tells that a done item has to be looked at again, where a model has it.
STATE_FIELDS = ("state", "payment_state")


class ClerkWorklist(models.Model):
    """The question that a worklist asks of a model, turned into SQL.

    What may leak. A refresh asks as the superuser, because its answer is shared by
    all who work on the list. So a question is tried as the person who writes it, and
    refused when it touches a model or field that this person may not read; and an
    item is shown only to who may read the record it stands for. What remains: a
    supervisor's domain may follow relations into records of a company that is not
    theirs, and learn from the presence of an item of their own company that such a
    record exists. Supervisors are trusted with as much; clerks write no questions.
    """

    _inherit = "clerk.worklist"

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
    domain = fields.Char(default="[]", required=True)
    partner_path = fields.Char(string="Partner From")
    amount_path = fields.Char(string="Amount From")
    currency_path = fields.Char(
        string="Currency From", help="Where it is not the amount's own."
    )
    date_path = fields.Char(string="Date From")
    company_path = fields.Char(string="Company From")
    user_path = fields.Char(string="Responsible From")
    rule_ids = fields.One2many("clerk.worklist.rule", "worklist_id", copy=True)
    has_minimum = fields.Boolean(
        string="Leave Out Low Scores", help="List what is worth the time only."
    )
    minimum_score = fields.Integer(
        string="Listed From", help="Records that score less are left out."
    )

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
        """Guess where things come from: most models call them the same."""
        known = self.env[self.model]._fields if self._is_model_known() else {}
        self.domain = "[]"
        for path, names in (
            ("partner_path", ("commercial_partner_id", "partner_id")),
            ("amount_path", ("amount_residual", "amount_open", "amount_total")),
            ("date_path", ("invoice_date_due", "date_deadline", "deadline", "date")),
            ("company_path", ("company_id",)),
            ("user_path", ("invoice_user_id", "user_id")),
        ):
            stored = [name for name in names if name in known and known[name].store]
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
    def _check_question(self):
        """Try the question before anybody depends on it, as the person who asks."""
        # sudo(False): constraints run as the superuser, who may ask anything.
        for worklist in self.sudo(False):
            worklist._check_one_question()

    def _check_one_question(self):
        try:
            with self._asking():
                self._answer(limit=0)
        except BrokenWorklistError as error:
            raise ValidationError(
                self.env._("%(worklist)s: %(error)s", worklist=self.name, error=error)
            ) from error

    def _is_model_known(self):
        return bool(self.model) and self.model in self.env

    def _records(self):
        """The model that is asked, or a sentence why it cannot be."""
        self.ensure_one()
        if not self._is_model_known():
            raise BrokenWorklistError(
                self.env._("The records it asks for do not exist: install their app.")
            )
        model = self.env[self.model]
        if model._name == "clerk.work.item" or not model._auto or not model._table:
            raise BrokenWorklistError(
                self.env._("%s cannot be worked on in a list.", model._description)
            )
        model.check_access("read")
        return model.with_context(active_test=True)

    def _records_domain(self, model):
        domain = self._evaluate(self.domain, self.env._("The domain"))
        if not self.company_id:
            return domain
        if not self.company_path:
            raise BrokenWorklistError(
                self.env._(
                    "It is of %s only: say where a record's company comes from.",
                    self.company_id.name,
                )
            )
        return domain & Domain(self.company_path, "child_of", self.company_id.id)

    def _evaluate(self, text, name):
        """The domain that a text means.

        The names in it are of time only. `uid` means the person whose list it is: a
        list that several share asks the same for all of them.
        """
        try:
            return Domain(safe_eval(text or "[]", self._names()))
        except (ValueError, TypeError, SyntaxError, AssertionError) as error:
            raise BrokenWorklistError(
                self.env._(
                    "%(what)s cannot be understood: %(reason)s",
                    what=name,
                    reason=first_line(error),
                )
            ) from error

    def _names(self):
        names = {
            "time": time,
            "datetime": datetime,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "context_today": lambda: fields.Date.context_today(self),
        }
        if self.assignment == "user" and self.user_id:
            names["uid"] = self.user_id.id
        return names

    @contextmanager
    def _asking(self):
        """Let all that can be wrong with a question end in one error, in words.

        A clash with another transaction is nobody's mistake: it is tried again.
        """
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
                self.env._("It cannot be asked: %s", first_line(error))
            ) from error

    # SQL

    def _home_company(self):
        """Whose currency and calendar count where a record is of no company."""
        # By its cached id: a lookup that asks whether it still exists, for each column
        # of each list, would be most of what a refresh asks.
        main = self.env["ir.model.data"]._xmlid_to_res_id("base.main_company")
        # sudo: currency, calendar and time zone of the first company are no secret.
        return self.company_id or self.env["res.company"].sudo().browse(main)

    def _currency_sql(self, source, path):
        if self.currency_path and path == self.amount_path:
            return source.reference(self.currency_path, "res.currency")
        return source.currency(path)

    def _rates_sql(self):
        """Today's rate of every currency in every company, as core converts."""
        # sudo: rates are no secret, and records of all companies are scored.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        currencies = (
            self.env["res.currency"].sudo().search([("active", "in", (True, False))])
        )
        today = fields.Date.context_today(self)
        rows = [SQL("(NULL::int, NULL::int, NULL::numeric, NULL::int)")]
        for root in companies.root_id:
            rates = currencies._get_rates(root, today)
            own = rates[root.currency_id.id]
            places = root.currency_id.decimal_places
            rows += [
                SQL(
                    "(%s, %s, %s::numeric, %s)",
                    company.id,
                    currency,
                    own / rate,
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
        """The facts of a record; a done item comes back when they change."""
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

    def _answer_sql(self):
        """A statement with a row for each record: its columns, score and breakdown."""
        source = Source(self, self._records(), fields.Date.context_today(self))
        # Joins are added to the query while columns are: select last.
        columns = self._record_columns(source) + self._rule_columns(source)
        rules = [str(rule.id) for rule in self.rule_ids]
        return SQL(
            "SELECT * FROM (SELECT found.*, %s AS points, (%s)::int AS score"
            # Without OFFSET, PostgreSQL computes each rule wherever it is named.
            " FROM (%s OFFSET 0) AS found) AS answer WHERE score >= %s OR NOT %s",
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
        """What each rule adds and the fact behind it."""
        columns = []
        for rule in self.rule_ids:
            points, fact = rule._points_sql(source)
            columns.append(SQL("%s AS %s", points, self._points_of(rule.id)))
            columns.append(SQL("%s AS %s", fact, self._fact_of(rule.id)))
        return columns

    @api.model
    def _points_of(self, rule):
        return SQL.identifier(f"points_{rule}")

    @api.model
    def _fact_of(self, rule):
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
        return SQL(" + ").join([SQL("0"), *map(self._points_of, rules)])

    @api.model
    def _breakdown_sql(self, rules):
        """``{rule: [points, fact]}``, without the rules that count nothing."""
        pairs = [
            SQL(
                "CASE WHEN %(points)s <> 0 THEN JSONB_BUILD_OBJECT(%(rule)s::text,"
                " JSONB_BUILD_ARRAY(%(points)s, %(fact)s)) ELSE '{}'::jsonb END",
                points=self._points_of(rule),
                rule=rule,
                fact=self._fact_of(rule),
            )
            for rule in rules
        ]
        return SQL(" || ").join([SQL("'{}'::jsonb"), *pairs])

    def _answer(self, limit=None):
        """Ask now, as the person of the environment; rows as dicts."""
        answer = self._answer_sql()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "WITH %s SELECT *, COUNT(*) OVER () AS total FROM (%s) AS rows"
                " ORDER BY score DESC, res_id %s",
                self._rates_sql(),
                answer,
                SQL() if limit is None else SQL("LIMIT %s", limit),
            ),
            log_exceptions=False,
        )
        return self.env.cr.dictfetchall()
