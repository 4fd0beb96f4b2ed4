from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkCall(models.Model):
    """Statements on the telephone: the last one, and a new one for who asks."""

    _inherit = "clerk.call"

    # Runs, not statements: asked again on that day, a run makes its statement anew.
    statement_run_ids = fields.Many2many(
        "clerk.statement.run",
        "clerk_call_statement_run_rel",
        "call_id",
        "run_id",
        string="Statements Asked For",
        readonly=True,
        copy=False,
    )

    @api.constrains("statement_run_ids", "partner_id", "company_id")
    def _check_statement_runs(self):
        for call in self:
            for run in call.statement_run_ids:
                call._check_statement_run(run)

    def _check_statement_run(self, run):
        asked = (run.kind, run.partner_ids, run.company_id)
        if asked != ("request", self.partner_id, self.company_id.root_id):
            raise ValidationError(
                self.env._(
                    "“%(run)s” is no statement for which %(customer)s asked "
                    "%(company)s. Log another call for it.",
                    run=run.name,
                    customer=self.partner_id.display_name or self.env._("nobody yet"),
                    company=self.company_id.name,
                )
            )

    def action_statement(self):
        """What the customer owes as of now, to be looked at and sent to the caller."""
        self.ensure_one()
        self.check_access("write")
        self._check_customer()
        self._check_identity()
        caller = self.contact_id or self.partner_id
        customer = self._customer().with_context(statement_asked_by=caller.id)
        action = customer.action_new_statement()
        statement = self.env[action["res_model"]].browse(action["res_id"])
        self.statement_run_ids |= statement.run_id
        return action

    def action_view_statements(self):
        """The statements for which the caller asked."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_statement_action"
        )
        domain = [("run_id", "in", self.statement_run_ids.ids)]
        return {**action, "domain": domain, "context": {}}

    def _last_statement(self):
        """The last that went out to the customer, or none."""
        return self.env["clerk.statement"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.root_id.id),
                ("state", "=", "ready"),
                ("run_id.state", "in", ("sending", "done")),
            ],
            order="date desc, id desc",
            limit=1,
        )
