from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixin.filtered import UserFilterError


class ClerkCallSecurityQuestion(models.Model):
    """A security question, with the field of the customer that has the answer."""

    _name = "clerk.call.security.question"
    _description = "Security Question"
    _inherit = "clerk.filtered"
    _order = "sequence, id"

    _filter_fields = frozenset({"path"})

    sequence = fields.Integer(default=100)
    name = fields.Char(string="Question", required=True, translate=True)
    path = fields.Char(
        string="Answer",
        required=True,
        help="A field of the customer, such as zip or country_id.name.",
    )
    path_label = fields.Char(
        string="Field of the Customer",
        compute="_compute_path_label",
        exportable=False,
    )
    model = fields.Char(
        compute="_compute_model",
        exportable=False,
        export_string_translation=False,
        help="The model whose field has the answer, for the selection of the field.",
    )
    active = fields.Boolean(default=True)
    problem = fields.Char(
        compute="_compute_problem",
        exportable=False,
        help="Reason why the question is not asked at present.",
    )

    @api.depends("path", "filter_author_id.active", "filter_author_id.group_ids")
    @api.depends_context("uid")
    def _compute_problem(self):
        for question in self:
            question.problem = question._unreadable()

    @api.depends("path")
    @api.depends_context("lang")
    def _compute_path_label(self):
        partners = self.env["res.partner"]
        for question in self:
            question.path_label = question.path and question._path_label(
                question.path, partners
            )

    def _compute_model(self):
        self.model = "res.partner"

    @api.constrains("path")
    def _check_path(self):
        # sudo(False): constraints run as the superuser, who may read anything.
        for question in self.sudo(False):
            if reason := question._unreadable():
                raise ValidationError(
                    self.env._(
                        "“%(path)s” is not a field of a customer: %(reason)s. Enter a "
                        "field such as zip, or a path such as country_id.name.",
                        path=question.path,
                        reason=reason,
                    )
                )

    def _unreadable(self):
        """Return why the answer cannot be read by the author and the user, or False."""
        try:
            self._read_path(self.path, self.env["res.partner"])
        except UserFilterError as error:
            return str(error)
        return False

    def _answers(self, partner):
        """Return (question, answer) pairs of the questions with a known answer."""
        answers = [
            (question.name, question._answer(partner))
            for question in self
            if not question._unreadable()
        ]
        return [(name, answer) for name, answer in answers if answer]

    def _answer(self, partner):
        values = partner.mapped(self.path)
        if isinstance(values, models.BaseModel):
            values = values.mapped("display_name")
        return ", ".join(str(value) for value in values if value)
