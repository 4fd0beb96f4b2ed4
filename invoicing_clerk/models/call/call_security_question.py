from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkCallSecurityQuestion(models.Model):
    """A security question, with the field of the customer that has the answer."""

    _name = "clerk.call.security.question"
    _description = "Security Question"
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    name = fields.Char(string="Question", required=True, translate=True)
    path = fields.Char(
        string="Answer",
        required=True,
        help="A field of the customer, such as zip or country_id.name.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("path")
    def _check_path(self):
        for question in self:
            if not question._is_path():
                raise ValidationError(
                    self.env._(
                        "“%(path)s” is not a field of a customer. Enter a field such "
                        "as zip, or a path such as country_id.name.",
                        path=question.path,
                    )
                )

    def _is_path(self):
        model = self.env["res.partner"]
        for name in self.path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return False
            model = self.env[field.comodel_name] if field.relational else None
        return True

    def _answers(self, partner):
        """Return (question, answer) pairs of the questions with a known answer."""
        answers = [(question.name, question._answer(partner)) for question in self]
        return [(name, answer) for name, answer in answers if answer]

    def _answer(self, partner):
        values = partner.mapped(self.path)
        if isinstance(values, models.BaseModel):
            values = values.mapped("display_name")
        return ", ".join(str(value) for value in values if value)
