from psycopg2 import DataError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_repr
from odoo.tools.safe_eval import safe_eval

from ...worklist.worklist_source import BrokenWorklistError, Source, first_line

AMOUNTS = ("monetary", "float", "integer")
# A model without one of these belongs to no company, as currencies do.
COMPANY_FIELD = "company_id"
# What a filter ends in that is none; names and sums in it can be anything.
UNCLEAR = (ValueError, TypeError, SyntaxError, AssertionError, NameError)
UNCLEAR += (ArithmeticError,)
# What is found, and with which amounts; columns only tell more of it.
ASKED = {"model_id", "domain", "amount_path", "date", "population"}


class ClerkAuditQuery(models.Model):
    """A question to the books that is kept, so that anybody can ask it again.

    It is always asked with the rights of whoever asks, and only of the company of its
    engagement and its branches: two people who may read the same get the same answer.
    Amounts are in company currency, so that they can be added up.
    """

    _name = "clerk.audit.query"
    _description = "Audit Query"
    _inherit = "clerk.audit.part"
    _order = "audit_id, name, id"

    name = fields.Char(required=True)
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
    )
    model = fields.Char(string="Model Name", related="model_id.model")
    domain = fields.Char(string="Filter", required=True, default="[]")
    columns = fields.Char(
        required=True,
        default="display_name",
        help="Fields to show, separated by commas; a dot leads on, as in "
        "partner_id.vat.",
    )
    amount_path = fields.Char(
        string="Amount",
        help="The field whose sum is the control total, in company currency.",
    )
    date = fields.Date(string="As Of", help="The day that the answer is about.")

    @api.constrains("model_id", "domain", "columns", "amount_path")
    def _check_question(self):
        # sudo(False): constraints run as the superuser, who may ask anything.
        for query in self.sudo(False):
            query._check_columns()
            query._check_values()

    def write(self, vals):
        """:raises UserError: a sample was drawn of what it found"""
        if ASKED & vals.keys():
            self._check_not_sampled()
        return super().write(vals)

    def _check_not_sampled(self):
        # sudo: whether a sample stands on the question, whoever may see the sample.
        drawn = self.env["clerk.audit.sample"].sudo()
        drawn = drawn.search(
            [("query_id", "in", self.ids), ("state", "!=", "draft")], limit=1
        )
        if drawn:
            raise UserError(
                self.env._(
                    "%(sample)s was drawn of what “%(query)s” found, so the question "
                    "stands. Duplicate it to ask another one.",
                    sample=drawn.name,
                    query=drawn.query_id.name,
                )
            )

    def _check_columns(self):
        model = self._model()
        for path in self._paths():
            self._check_path(model, path)

    def _check_values(self):
        """Ask once: only the database knows whether a value fits its field."""
        try:
            with self.env.cr.savepoint():
                self._totals()
        except DataError as error:
            raise self._not_understood(error) from error

    def _not_understood(self, error):
        return ValidationError(
            self.env._(
                "%(query)s: its filter cannot be understood: %(reason)s",
                query=self.name,
                reason=first_line(error),
            )
        )

    def _check_path(self, model, path):
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                raise ValidationError(
                    self.env._(
                        "%(query)s: “%(path)s” leads to no field.",
                        query=self.name,
                        path=path,
                    )
                )
            model._check_field_access(field, "read")
            model = self.env[field.comodel_name] if field.relational else None

    def _paths(self):
        return [path.strip() for path in self.columns.split(",") if path.strip()]

    # The answer

    def _model(self):
        """The model that is asked, with the companies of the engagement.

        :raises UserError: it does not exist any more
        :raises AccessError: the caller may not read it
        """
        self.ensure_one()
        if not self.model or self.model not in self.env:
            raise UserError(
                self.env._(
                    "%s: the records it asks for do not exist. Install their app.",
                    self.name,
                )
            )
        model = self.env[self.model].with_context(
            allowed_company_ids=self._companies().ids, active_test=False
        )
        model.check_access("read")
        return model

    def _companies(self):
        """The company of the engagement, and its branches where the caller works."""
        # sudo: which companies are its branches; only those of the caller are taken.
        company = self.company_id.sudo()
        return company | company.search(
            Domain("id", "child_of", company.id)
            & Domain("id", "in", self.env.user._get_company_ids())
        )

    def _records_domain(self, model):
        domain = self._evaluate(self.domain)
        if COMPANY_FIELD in model._fields:
            own = Domain(COMPANY_FIELD, "child_of", self.company_id.id)
            domain &= own | Domain(COMPANY_FIELD, "=", False)
        return domain

    def _evaluate(self, text):
        try:
            return Domain(safe_eval(text or "[]", self._names()))
        except UNCLEAR as error:
            raise self._not_understood(error) from error

    def _names(self):
        """What a filter may speak of besides values, so that templates can be kept."""
        return {
            "date_from": fields.Date.to_string(self.audit_id.date_from),
            "date_to": fields.Date.to_string(self.audit_id.date_to),
            "as_of": fields.Date.to_string(self._day()),
        }

    def _records(self):
        """What the question finds, in the order of its model."""
        model = self._model()
        if self.population == "open":
            rows = SQL("SELECT row.id FROM (%s) AS row", self._rows())
            return model.search([("id", "in", rows)])
        return model.search(self._records_domain(model))

    def _rows(self):
        """SQL of (id, amount): what is found, each with its amount, NULL without one.

        The caller's right to read was checked, and its rules are part of it.
        """
        model = self._model()
        if self.population == "open":
            return self._open_rows()
        try:
            source = Source(self, model, fields.Date.context_today(self))
            amount = self._amount_sql(source, model)
        except (BrokenWorklistError, ValueError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "%(query)s: %(reason)s", query=self.name, reason=first_line(error)
                )
            ) from error
        model.env.flush_all()
        return source.query.select(source.id, SQL("%s AS amount", amount))

    def _amount_sql(self, source, model):
        if not self.amount_path:
            return SQL("NULL::numeric")
        amount, field = source.column(self.amount_path)
        if field.type not in AMOUNTS:
            raise ValidationError(
                self.env._(
                    "%(query)s: “%(path)s” is not an amount.",
                    query=self.name,
                    path=self.amount_path,
                )
            )
        if field.type == "monetary" and not self._is_company_currency(model):
            raise ValidationError(
                self.env._(
                    "%(query)s: “%(path)s” is in the currency of each record. Choose "
                    "an amount in company currency: others cannot be added up.",
                    query=self.name,
                    path=self.amount_path,
                )
            )
        return SQL("COALESCE(%s, 0)::numeric", amount)

    def _is_company_currency(self, model):
        *links, last = self.amount_path.split(".")
        for link in links:
            model = self.env[model._fields[link].comodel_name]
        name = model._fields[last].get_currency_field(model)
        related = model._fields[name].related or ""
        return name == "company_currency_id" or related == "company_id.currency_id"

    def _totals(self):
        """How many there are, and their control total in company currency."""
        [[count, total]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM (%s) AS row",
                self._rows(),
            )
        )
        return count, self.currency_id.round(float(total))

    def _values(self, records):
        """What each record says in the columns, as text: ``{id: {path: text}}``.

        The text is the same for every reader, so that two of them can be compared.
        """
        paths = self._paths()
        records = records.with_context(lang="en_US", tz="UTC")
        return {
            record.id: {path: self._text(record, path) for path in paths}
            for record in records
        }

    def _text(self, record, path):
        *links, last = path.split(".")
        for link in links:
            record = record[link]
        return ", ".join(self._text_of(each, last) for each in record)

    def _text_of(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return float_repr(value, currency.decimal_places or 2)
        if field.type == "float":
            return float_repr(value, (field.get_digits(self.env) or (0, 6))[1])
        return str(field.convert_to_export(value, record))

    def action_open(self):
        """The records it finds, now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": [("id", "in", self._records().ids)],
            "context": {"create": False, "active_test": False},
        }
