from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....rules.audit.request.audit_request import AREAS, due_date
from ..engagement.audit_population import POPULATIONS


class ClerkAuditRequestTemplate(models.Model):
    """A standard request: what auditors ask for in nearly every engagement.

    Where its answer is a question to the books, the question comes along, ready to be
    delivered.
    """

    _name = "clerk.audit.request.template"
    _description = "Standard Audit Request"
    _order = "sequence, id"

    name = fields.Char(string="Request", required=True, translate=True)
    description = fields.Text(string="Details", translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    area = fields.Selection(AREAS, required=True, default="other")
    anchor = fields.Selection(
        [
            ("date_to", "End of the Period"),
            ("field_start", "Start of the Fieldwork"),
            ("field_end", "End of the Fieldwork"),
            ("report_date", "Report"),
        ],
        string="Due From",
        required=True,
        default="field_start",
        help="What an engagement has not planned counts from the end of its period.",
    )
    days = fields.Integer(
        string="Days After", help="Negative: so many days before, as in -7."
    )
    population = fields.Selection(
        POPULATIONS, help="A ready-made query, which the ledger proves."
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Query On",
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
    )
    model = fields.Char(string="Model Name", related="model_id.model")
    domain = fields.Char(
        string="Filter",
        default="[]",
        help="It may speak of date_from, date_to and as_of of the engagement.",
    )
    columns = fields.Char(default="display_name")
    amount_path = fields.Char(string="Amount")

    @api.constrains("population", "model_id")
    def _check_one_question(self):
        for template in self:
            if template.population and template.model_id:
                raise ValidationError(
                    self.env._(
                        "%s: choose either a ready-made query or records to ask for.",
                        template.name,
                    )
                )

    def _apply(self, audit):
        """Ask for these in an engagement, each once.

        :return: the new requests
        :raises UserError: the engagement is closed
        """
        audit._check_open()
        missing = self - audit.request_ids.template_id
        return self.env["clerk.audit.request"].create(
            [template._request_values(audit) for template in missing]
        )

    def _request_values(self, audit):
        calendar = {name: audit[name] for name, _label in self._anchors()}
        return {
            "audit_id": audit.id,
            "template_id": self.id,
            "name": self.name,
            "description": self.description,
            "area": self.area,
            "date_due": due_date(calendar, self.anchor, self.days),
            "query_id": self._query_of(audit).id,
        }

    @api.model
    def _anchors(self):
        return self._fields["anchor"].selection

    def _query_of(self, audit):
        """The template's question, asked of an engagement; none without one."""
        if self.population:
            return audit._population(self.population)
        queries = self.env["clerk.audit.query"]
        if not self.model_id:
            return queries
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
