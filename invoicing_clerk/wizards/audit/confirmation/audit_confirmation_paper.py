from odoo import fields, models


class AuditConfirmationPaper(models.TransientModel):
    """Record a reply that the auditor received by post or email."""

    _name = "clerk.audit.confirmation.paper"
    _description = "Reply on Paper"
    _inherit = "clerk.checked"

    confirmation_id = fields.Many2one("clerk.audit.confirmation", required=True)
    type = fields.Selection(related="confirmation_id.type")
    agrees = fields.Boolean(string="The Balance Agrees")
    line_ids = fields.One2many(
        "clerk.audit.confirmation.paper.line", "paper_id", string="Balances"
    )
    signed_by = fields.Char(required=True)
    note = fields.Text(string="Customer's Comment")
    document = fields.Binary(string="Scan", required=True)
    document_name = fields.Char()

    def action_record(self):
        """Record it as the customer's reply.

        :raises AccessError: the caller cannot write the request
        :raises UserError: there is a reply already, or the scan cannot be used
        """
        self.ensure_one()
        confirmation = self.confirmation_id
        confirmation._check_step_access()
        confirmation._check_step("answer")
        document = self._checked_scan()
        # sudo: the auditor may write the request; only steps write replies.
        confirmation_sudo = confirmation.sudo()
        confirmation_sudo._lock_answer()
        confirmation_sudo._record_answer(
            self._answer_content(),
            confirmation_sudo._store(document),
            {
                "answer_way": "paper",
                "signed_by": self.signed_by,
                "recorded_by_id": self.env.uid,
            },
        )
        return {"type": "ir.actions.act_window_close"}

    def _answer_content(self):
        agrees = self.agrees and self.type == "positive"
        return {
            "agrees": agrees,
            "balances": {
                str(line.document_currency_id.id): repr(line.amount)
                for line in self.line_ids
                if not agrees
            },
            "items": [],
            "note": self.note or "",
        }

    def _checked_scan(self):
        encoded = self.with_context(bin_size=False).document
        name = self.document_name or self.env._("Reply")
        return self.env["clerk.limited"]._document_of(encoded, name)


class AuditConfirmationPaperLine(models.TransientModel):
    """A balance according to the reply on paper."""

    _name = "clerk.audit.confirmation.paper.line"
    _inherit = "clerk.checked"
    _description = "Balance of a Reply on Paper"

    paper_id = fields.Many2one(
        "clerk.audit.confirmation.paper",
        string="Paper Response",
        required=True,
        ondelete="cascade",
    )
    document_currency_id = fields.Many2one(
        "res.currency", string="Currency", required=True
    )
    amount = fields.Monetary(
        string="Customer's Records", currency_field="document_currency_id"
    )

    _one_per_currency = models.Constraint(
        "UNIQUE (paper_id, document_currency_id)",
        "Each currency may be entered only once.",
    )
