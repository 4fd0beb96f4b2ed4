from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkCallQuestion(models.Model):
    """What a caller is asked, and where the right answer stands."""

    _name = "clerk.call.question"
    _description = "Identity Question"
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    name = fields.Char(string="Question", required=True, translate=True)
    path = fields.Char(
        string="Answer",
        required=True,
        help="A field of the customer, as zip or country_id.name.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("path")
    def _check_path(self):
        for question in self:
            if not question._is_path():
                raise ValidationError(
                    self.env._(
                        "“%(path)s” is no field of a customer. Give one as zip, or a "
                        "field of what a field refers to, as country_id.name.",
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
        """Each question with its answer, without those that have none on file."""
        answers = [(question.name, question._answer(partner)) for question in self]
        return [(name, answer) for name, answer in answers if answer]

    def _answer(self, partner):
        found = partner.mapped(self.path)
        if isinstance(found, models.BaseModel):
            found = found.mapped("display_name")
        return ", ".join(str(value) for value in found if value)
