from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkCall(models.Model):
    """Who is on the telephone, made sure of by asking what only the customer knows."""

    _inherit = "clerk.call"

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
