from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkCall(models.Model):
    """The identity check of a caller by security questions."""

    _inherit = "clerk.call"

    is_identified = fields.Boolean(
        string="Identity Checked",
        copy=False,
        tracking=True,
        help="The caller answered security questions correctly.",
    )
    identity_required = fields.Boolean(
        string="Identity Check Required",
        compute="_compute_identity_required",
        exportable=False,
    )
    identity_html = fields.Html(
        string="Security Questions",
        compute="_compute_identity_html",
        sanitize=False,
        exportable=False,
    )

    @api.depends("company_id.clerk_call_identity", "direction")
    def _compute_identity_required(self):
        for call in self:
            # Outgoing calls go to a number on file.
            call.identity_required = (
                call.direction == "in" and call.company_id.clerk_call_identity
            )

    @api.depends("partner_id", "identity_required", "company_id")
    @api.depends_context("lang")
    def _compute_identity_html(self):
        self.identity_html = False
        asked = self.filtered(lambda call: call.identity_required and call.partner_id)
        questions = self.env["clerk.call.security.question"]
        if asked:
            # More questions would take too long on the phone.
            questions = questions.search_fetch([], limit=6)
        for call in asked:
            call.identity_html = self.env["ir.qweb"]._render(
                "invoicing_clerk.call_identity",
                {"answers": questions._answers(call._customer())},
            )

    def _identity_dialog(self, purpose, moves=None):
        """Return the dialog that checks the identity and goes on, or None.

        :param purpose: what needs the check, as in ``clerk.call.identity``
        """
        self.ensure_one()
        self.check_access("write")
        if not self.identity_required or self.is_identified or not self.partner_id:
            return None
        return self._dialog(
            self.env._("Is the caller from %s?", self.partner_id.display_name),
            "clerk.call.identity",
            default_call_id=self.id,
            default_purpose=purpose,
            default_move_ids=moves.ids if moves else [],
        )

    def _check_identity(self):
        """:raises UserError: the identity of the caller must be checked first"""
        for call in self:
            if call.identity_required and not call.is_identified:
                raise UserError(
                    self.env._(
                        "Verify that the caller represents %(customer)s and tick "
                        "Identity Checked first: this discloses or changes the "
                        "customer's data.",
                        customer=call.partner_id.display_name
                        or self.env._("a customer"),
                    )
                )
