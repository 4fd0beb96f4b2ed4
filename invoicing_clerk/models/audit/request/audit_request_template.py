from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....rules.audit.request.audit_request import AREAS, due_date
from ...mixin.filtered import UserFilterError
from ..engagement.audit_population import POPULATIONS


class ClerkAuditRequestTemplate(models.Model):
    """A standard request, made by auditors in nearly every engagement.

    It may come with a query that answers it, ready to be delivered.

    The query finds only what both the author of the template and whoever uses it may
    read.
    """

    _name = "clerk.audit.request.template"
    _description = "Standard Audit Request"
    _inherit = "clerk.filtered"
    _order = "sequence, id"

    _filter_fields = frozenset({"model_id", "domain", "columns", "amount_path"})

    name = fields.Char(string="Request", required=True, translate=True)
    description = fields.Text(string="Details", translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    area = fields.Selection(AREAS, required=True, default="other")
    anchor = fields.Selection(
        [
            ("date_to", "End of Period"),
            ("field_start", "Start of Fieldwork"),
            ("field_end", "End of Fieldwork"),
            ("report_date", "Report Date"),
        ],
        string="Due From",
        required=True,
        default="field_start",
        help="If the engagement does not have this date, the end of its period is "
        "used. If the date has already passed, the request is due one week after it is "
        "created.",
    )
    days = fields.Integer(string="Days After", help="Negative for days before: -7.")
    population = fields.Selection(
        POPULATIONS,
        string="Standard Population",
        help="A query that is reconciled with the general ledger.",
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Queried Model",
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
    )
    model = fields.Char(string="Model Name", related="model_id.model")
    domain = fields.Char(
        string="Filter",
        default="[]",
        help="It may contain date_from, date_to and as_of of the engagement.",
    )
    columns = fields.Char(default="display_name")
    amount_path = fields.Char(string="Amount")

    @api.constrains("population", "model_id")
    def _check_one_query(self):
        for template in self:
            if template.population and template.model_id:
                raise ValidationError(
                    self.env._(
                        "%s: select either a standard population or a model to query.",
                        template.name,
                    )
                )

    @api.constrains("model_id", "domain", "columns", "amount_path")
    def _check_query(self):
        # sudo(False): constraints run as the superuser, who may read anything.
        for template in self.sudo(False):
            template._check_readable()

    def _check_readable(self):
        """:raises ValidationError: the query asks for what cannot be read"""
        if not self.model_id and (self.amount_path or self._has_own_query()):
            raise ValidationError(
                self.env._(
                    "%s: select the model that the filter, columns and amount are for.",
                    self.name,
                )
            )
        if not self.model or self.model not in self.env:
            return
        model = self.env[self.model]
        today = fields.Date.to_string(fields.Date.context_today(self))
        names = dict.fromkeys(("date_from", "date_to", "as_of"), today)
        paths = [*(self.columns or "").split(","), self.amount_path or ""]
        try:
            self._search_filter(self.domain, model, names)
            for path in filter(None, map(str.strip, paths)):
                self._read_path(path, model)
        except UserFilterError as error:
            raise ValidationError(
                self.env._(
                    "%(request)s: the query is not valid: %(reason)s",
                    request=self.name,
                    reason=error,
                )
            ) from error

    def _has_own_query(self):
        """Return whether filter or columns are not those of a new template."""
        defaults = self.default_get(["domain", "columns"])
        return any((self[name] or value) != value for name, value in defaults.items())

    def _apply(self, audit):
        """Create the requests of these in an engagement, each once.

        :return: the new requests
        :raises UserError: the engagement is closed
        """
        audit._check_open()
        missing = self - audit.request_ids.template_id
        return self.env["clerk.audit.request"].create(
            [template._request_values(audit) for template in missing]
        )

    def _request_values(self, audit):
        dates = {name: audit[name] for name, _label in self._anchors()}
        today = fields.Date.context_today(self)
        return {
            "audit_id": audit.id,
            "template_id": self.id,
            "name": self.name,
            "description": self.description,
            "area": self.area,
            "date_due": due_date(dates, self.anchor, self.days, today),
            "query_id": self._query_of(audit).id,
        }

    @api.model
    def _anchors(self):
        return self._fields["anchor"].selection

    def _query_of(self, audit):
        """Return the query of the template in an engagement; empty without one."""
        if self.population:
            return audit._population(self.population)
        queries = self.env["clerk.audit.query"]
        if not self.model_id:
            return queries
        self._check_readable()
        return queries.create(
            {
                "audit_id": audit.id,
                "name": self.name,
                "model_id": self.model_id.id,
                "domain": self.domain,
                "columns": self.columns,
                "amount_path": self.amount_path,
            }
        )
