from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClerkCall(models.Model):
    """Statements on a call: the latest one, and a new one that the caller requests."""

    _inherit = "clerk.call"
    _guarded_fields = frozenset({"statement_run_ids"})

    # Runs, not statements: a second request on the same day replaces the statement.
    statement_run_ids = fields.Many2many(
        "clerk.statement.run",
        "clerk_call_statement_run_rel",
        "call_id",
        "run_id",
        string="Requested Statements",
        readonly=True,
        copy=False,
    )

    @api.constrains("statement_run_ids", "partner_id", "company_id")
    def _check_statement_runs(self):
        for call in self:
            for run in call.statement_run_ids:
                call._check_statement_run(run)

    def _check_statement_run(self, run):
        request = (run.kind, run.partner_ids, run.company_id)
        if request != ("request", self.partner_id, self.company_id.root_id):
            raise ValidationError(
                self.env._(
                    "“%(run)s” is not a statement that %(customer)s requested from "
                    "%(company)s. Log a separate call for it.",
                    run=run.name,
                    customer=self.partner_id.display_name
                    or self.env._("an unknown caller"),
                    company=self.company_id.name,
                )
            )

    def action_statement(self):
        """Create a statement as of today, to review and send to the caller."""
        self.ensure_one()
        self.check_access("write")
        self._check_customer()
        if dialog := self._identity_dialog("statement"):
            return dialog
        caller = self.contact_id or self.partner_id
        customer = self._customer().with_context(statement_requested_by=caller.id)
        action = customer.action_new_statement()
        statement = self.env[action["res_model"]].browse(action["res_id"])
        self._inside().statement_run_ids |= statement.run_id
        return action

    def action_view_statements(self):
        """Open the statements that the caller requested."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_statement_action"
        )
        domain = [("run_id", "in", self.statement_run_ids.ids)]
        return {**action, "domain": domain, "context": {}}
