from psycopg2 import DataError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_repr

from ...mixin.attempt import first_line
from ...mixin.filtered import UserFilterError
from ...worklist.worklist_source import BrokenWorklistError, Source

AMOUNT_TYPES = ("monetary", "float", "integer")
# Models without this field belong to no company, such as currencies.
COMPANY_FIELD = "company_id"


class ClerkAuditQuery(models.Model):
    """A saved query of the books, which can be run again at any time.

    It runs with the access rights of the current user, and only on the company of the
    engagement and its branches: users with the same rights get the same result.
    Amounts are in company currency, so that they can be added up.
    """

    _name = "clerk.audit.query"
    _description = "Audit Query"
    _inherit = ["clerk.filtered", "clerk.audit.part"]
    _order = "audit_id, name, id"

    _filter_fields = frozenset({"model_id", "domain", "columns", "amount_path"})

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
        help="Fields to show, separated by commas. Use dots for fields of related "
        "records: partner_id.vat.",
    )
    amount_path = fields.Char(
        string="Amount",
        help="The field that is added up to the control total, in company currency.",
    )
    column_labels = fields.Char(
        string="Columns Shown", compute="_compute_labels", exportable=False
    )
    amount_label = fields.Char(
        string="Amount Shown", compute="_compute_labels", exportable=False
    )
    resolved_domain = fields.Char(
        string="Filter of the Engagement",
        compute="_compute_resolved_domain",
        exportable=False,
        help="The filter with the dates of the engagement.",
    )
    date = fields.Date(
        string="As Of", help="As-of date of the result; default: end of the period."
    )

    @api.depends("model_id", "columns", "amount_path")
    @api.depends_context("lang")
    def _compute_labels(self):
        for query in self:
            model = self.env.get(query.model)
            paths = query._paths() if query.columns else []
            labels = [query._path_label(path, model) for path in paths]
            query.column_labels = ", ".join(labels)
            query.amount_label = query.amount_path and query._path_label(
                query.amount_path, model
            )

    @api.depends("model_id", "domain", "date", "audit_id.date_from", "audit_id.date_to")
    @api.depends_context("uid")
    def _compute_resolved_domain(self):
        for query in self:
            query.resolved_domain = query._resolved_domain()

    def _resolved_domain(self):
        try:
            return str(list(self._filter_domain(self._model())))
        except UserError:
            # Not readable by the user, or not valid: show it as it was entered.
            return self.domain

    @api.constrains("model_id", "domain", "columns", "amount_path")
    def _check_query(self):
        # sudo(False): constraints run as the superuser, who may read anything.
        for query in self.sudo(False):
            query._check_columns()
            query._check_filter()
            query._check_values()

    def _check_filter(self):
        try:
            self._search_filter(self.domain, self._model(), self._filter_names())
        except UserFilterError as error:
            raise self._invalid_filter(error) from error

    def _check_columns(self):
        model = self._model()
        amount = [self.amount_path] if self.amount_path else []
        try:
            for path in [*self._paths(), *amount]:
                self._read_path(path, model)
        except UserFilterError as error:
            raise self._invalid_filter(error) from error

    def _check_values(self):
        """Run it once: only the database knows if a value fits the type of a field."""
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                self._totals()
        except DataError as error:
            raise self._invalid_filter(error) from error

    def _invalid_filter(self, error):
        return ValidationError(
            self.env._(
                "%(query)s: the filter is not valid: %(reason)s",
                query=self.name,
                reason=first_line(error),
            )
        )

    def _paths(self):
        return [path.strip() for path in self.columns.split(",") if path.strip()]

    # Result

    def _model(self):
        """Return the queried model in the companies of the engagement.

        :raises UserError: the model does not exist, or no longer does
        :raises AccessError: the caller cannot read it
        """
        self.ensure_one()
        if not self.model or self.model not in self.env:
            raise UserError(
                self.env._(
                    "%s: the app of the queried records is not installed.",
                    self.name,
                )
            )
        model = self.env[self.model].with_context(
            allowed_company_ids=self._companies().ids, active_test=False
        )
        model.check_access("read")
        return model

    def _companies(self):
        """Return the company of the engagement, and the branches of the user."""
        # sudo: finds the branches; only the companies of the caller are returned.
        company = self.company_id.sudo()
        return company | company.search(
            Domain("id", "child_of", company.id)
            & Domain("id", "in", self.env.user._get_company_ids())
        )

    def _records_domain(self, model):
        domain = self._filter_domain(model)
        if COMPANY_FIELD in model._fields:
            company = Domain(COMPANY_FIELD, "child_of", self.company_id.id)
            domain &= company | Domain(COMPANY_FIELD, "=", False)
        return domain

    def _filter_domain(self, model):
        try:
            return self._read_filter(self.domain, model, self._filter_names())
        except UserFilterError as error:
            raise self._invalid_filter(error) from error

    def _filter_names(self):
        """Return the names that filters may use, so that they fit any engagement."""
        return {
            "date_from": fields.Date.to_string(self.audit_id.date_from),
            "date_to": fields.Date.to_string(self.audit_id.date_to),
            "as_of": fields.Date.to_string(self._day()),
        }

    def _records(self):
        """Return the records found, in the order of their model."""
        model = self._model()
        if self.population == "open":
            rows = SQL("SELECT row.id FROM (%s) AS row", self._rows())
            return model.search([("id", "in", rows)])
        return model.search(self._records_domain(model))

    def _rows(self):
        """Return SQL of (id, amount) of the records found; amount may be NULL.

        Access rights of the caller are checked, and record rules are part of the SQL.
        """
        model = self._model()
        if self.population == "open":
            return self._open_rows()
        try:
            source = Source(self, model, fields.Date.context_today(self))
            amount = self._amount_sql(source, model)
        except (
            *(BrokenWorklistError, UserFilterError),
            *(ValueError, KeyError),
        ) as error:
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
        amount, field = source.column(self._read_path(self.amount_path, model))
        if field.type not in AMOUNT_TYPES:
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
                    "%(query)s: “%(path)s” is in the currency of each record and "
                    "cannot be added up. Choose an amount in company currency.",
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
        """Return the number of records and the control total in company currency."""
        [[count, total]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM (%s) AS row",
                self._rows(),
            )
        )
        return count, self.currency_id.round(float(total))

    def _values(self, records):
        """Return the columns of each record as text: ``{id: {path: text}}``.

        The text does not depend on the user, so that results can be compared.
        """
        self._check_columns()
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
        return ", ".join(self._field_text(linked, last) for linked in record)

    def _field_text(self, record, name):
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
        """Open the records that it finds now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": [("id", "in", self._records().ids)],
            "context": {"create": False, "active_test": False},
        }
