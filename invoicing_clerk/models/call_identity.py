from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CallIdentity(models.AbstractModel):
    """Who is on the telephone, made sure of by asking what only the customer knows."""

    _name = "clerk.call.identity"
    _description = "Identity Check of a Call"

    is_identified = fields.Boolean(
        string="Identity Checked",
        copy=False,
        tracking=True,
        help="The caller answered what only the customer can know.",
    )
    asks_identity = fields.Boolean(compute="_compute_asks_identity")
    identity_html = fields.Html(compute="_compute_identity_html", sanitize=False)

    @api.depends("company_id.clerk_call_identity", "direction")
    def _compute_asks_identity(self):
        for call in self:
            # Whom we call ourselves, by a number that we know, need not be asked.
            call.asks_identity = (
                call.direction == "in" and call.company_id.clerk_call_identity
            )

    @api.depends("partner_id", "asks_identity", "company_id")
    @api.depends_context("lang")
    def _compute_identity_html(self):
        # Nobody is asked more on the telephone.
        questions = self.env["clerk.call.question"].search([], limit=6)
        self.identity_html = False
        for call in self.filtered(lambda call: call.asks_identity and call.partner_id):
            call.identity_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.call_identity",
                {"answers": questions._answers(call._customer())},
            )

    def _check_identity(self):
        """:raises UserError: who calls must be asked first, and was not"""
        for call in self:
            if call.asks_identity and not call.is_identified:
                raise UserError(
                    self.env._(
                        "Check first that the caller speaks for %(customer)s, and tick "
                        "Identity Checked: this hands out or changes what is theirs.",
                        customer=call.partner_id.display_name
                        or self.env._("a customer"),
                    )
                )


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
