from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....rules.audit.test import audit_test as rules


class ClerkAuditException(models.Model):
    """An exception found by a test: the record, the explanation, and the resolution.

    Exceptions are not edited. Clerks and auditors comment on them, clear them, or turn
    them into findings or billing errors (`audit_test_exception_step.py`).
    """

    _name = "clerk.audit.exception"
    _description = "Audit Exception"
    _inherit = [
        "clerk.lifecycle",
        "clerk.automated",
        "clerk.audit.part",
        "clerk.explained",
    ]
    _watched_fields = ("state", "is_new", "is_resolved")
    _order = "run_id desc, amount desc, id"
    _lifecycle = rules.EXCEPTION_LIFECYCLE
    _guards_all = True
    # A run may insert a hundred thousand of them; the run has user and date.
    _log_access = False

    run_id = fields.Many2one(
        "clerk.audit.run", required=True, readonly=True, ondelete="cascade"
    )
    test_id = fields.Many2one(
        "clerk.audit.test", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(index=False)
    currency_id = fields.Many2one(store=True)
    reason = fields.Selection(required=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, help="The user whose action the test found."
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    fingerprint = fields.Char(
        readonly=True, exportable=False, export_string_translation=False
    )
    is_new = fields.Boolean(
        string="New", readonly=True, help="Not found by the previous run."
    )
    is_resolved = fields.Boolean(
        string="No Longer Found", readonly=True, help="Not found by the next run."
    )
    is_current = fields.Boolean(related="run_id.is_current")

    _of_run = models.Index("(run_id, state)")
    # Two runs are compared before the database has statistics of the new one.
    _found_again = models.Index("(run_id, fingerprint)")

    @api.model
    def _reasons(self):
        return self.env["clerk.audit.run"]._exception_reasons()

    def _fact_text(self, name, value):
        if value is None and name == "date_login":
            return self.env._("never")
        return super()._fact_text(name, value)

    @api.depends("test_id", "reason", "move_id", "partner_id", "user_id")
    def _compute_display_name(self):
        labels = dict(self._selection_reason())
        for exception in self:
            related = exception.move_id or exception.partner_id or exception.user_id
            name = related.display_name or labels.get(exception.reason)
            parts = (exception.test_id.code, name)
            exception.display_name = " · ".join(filter(None, parts))

    # Record

    def action_open_record(self):
        """Open the record, or the list of entries if the exception is about many.

        :raises UserError: the record has been deleted
        """
        self.ensure_one()
        if (domain := self._entries_domain()) is not None:
            return self._open_entries(domain)
        model = self.env.get(self.res_model)
        if model is None or not model.browse(self.res_id).exists():
            raise UserError(
                self.env._("%s: the record has been deleted.", self.display_name)
            )
        if self.move_id and self.res_model != "clerk.correction":
            return self.move_id.get_formview_action()
        return model.browse(self.res_id).get_formview_action()

    def _entries_domain(self):
        """Return the domain of entries of an exception about many; None if about one.

        Only posted entries of the company and the period are shown of them.
        """
        return None

    def _open_entries(self, domain):
        audit = self.audit_id
        domain &= Domain(
            [
                ("state", "=", "posted"),
                ("company_id", "child_of", audit.company_id.id),
                ("date", ">=", audit.date_from),
                ("date", "<=", audit.date_to),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False},
        }
