from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ....rules.audit.request.audit_request import AREAS


class ClerkAuditRequest(models.Model):
    """Something that auditors ask for, and billing's answer to it.

    Together the requests of an engagement are its list of what is "provided by
    client" (PBC). Steps, drift and reminders are each in a file of their own.
    """

    _name = "clerk.audit.request"
    _description = "Audit Request"
    _inherit = [
        "clerk.audit.side",
        "clerk.audit.part",
        "clerk.audit.comment",
        "clerk.work.item.link",
        "mail.activity.mixin",
    ]
    _order = "audit_id, number"

    number = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="Of its own in an engagement."
    )
    name = fields.Char(string="Request", required=True, tracking=True)
    description = fields.Text(
        string="Details", help="What exactly is wanted, and what for."
    )
    area = fields.Selection(
        AREAS, required=True, default="other", index=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
        help="Who in billing answers it.",
    )
    date_due = fields.Date(string="Due", index=True, tracking=True)
    answer = fields.Text(copy=False, help="What is delivered, in words.")
    template_id = fields.Many2one(
        "clerk.audit.request.template",
        string="Standard Request",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        string="Asked For Finding",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        # What is not reported yet is not told to billing, not even by its title.
        groups="invoicing_clerk.group_auditor",
    )
    document_count = fields.Integer(string="Documents", compute="_compute_counts")
    finding_count = fields.Integer(string="Findings", compute="_compute_counts")

    _number = models.UniqueIndex(
        "(audit_id, number)", "Another request of the engagement has this number."
    )

    @api.constrains("user_id")
    def _check_owner(self):
        for owner in self.user_id:
            if not owner.has_group("invoicing_clerk.group_clerk"):
                raise ValidationError(
                    self.env._(
                        "%s does not work in billing, so cannot answer requests.",
                        owner.name,
                    )
                )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.number:03d} · {request.name or ''}"

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        documents = self._count_about("ir.attachment", about)
        findings = self._count_about("clerk.audit.finding", about)
        for request in self:
            request.document_count = documents.get(request.id, 0)
            request.finding_count = findings.get(request.id, 0)

    @api.model
    def _count_about(self, model, domain):
        return dict(self.env[model]._read_group(domain, ["res_id"], ["__count"]))

    def _documents(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )

    @api.model_create_multi
    def create(self, vals_list):
        for audit_id, group in self._by_audit(vals_list).items():
            self._number_requests(audit_id, group)
        return super().create(vals_list)

    @api.model
    def _by_audit(self, vals_list):
        groups = {}
        default = self.env.context.get("default_audit_id")
        for vals in vals_list:
            groups.setdefault(vals.get("audit_id", default), []).append(vals)
        groups.pop(None, None)
        return groups

    @api.model
    def _number_requests(self, audit_id, vals_list):
        """Give each the next number of its engagement, which is used only once.

        Auditors may bring numbers of their own; later ones go on behind them.
        """
        audit = self.env["clerk.audit"].browse(audit_id)
        audit.check_access("read")
        unnumbered = [vals for vals in vals_list if not vals.get("number")]
        brought = max((vals.get("number") or 0 for vals in vals_list), default=0)
        audit.flush_recordset(["last_request_number"])
        # The row is locked: two people who add at once get different numbers.
        [[last]] = self.env.execute_query(
            SQL(
                """
                UPDATE clerk_audit
                   SET last_request_number =
                       GREATEST(COALESCE(last_request_number, 0), %s) + %s
                 WHERE id = %s
             RETURNING last_request_number
                """,
                brought,
                len(unnumbered),
                audit_id,
            )
        )
        audit.invalidate_recordset(["last_request_number"], flush=False)
        for number, vals in enumerate(unnumbered, last - len(unnumbered) + 1):
            vals["number"] = number

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if begun := self.filtered(lambda request: request.state != "open"):
            raise UserError(
                self.env._(
                    "%s: work has been done on it, so it stays in the list.",
                    ", ".join(begun.mapped("display_name")),
                )
            )

    def action_attached(self, attachment_ids=None):
        """Show in the history that documents were attached, by whom and when."""
        self.ensure_one()
        self.message_post(attachment_ids=attachment_ids, subtype_xmlid="mail.mt_note")

    def action_view_documents(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_findings(self):
        return self.env["clerk.audit.finding"]._action_about(self)

    def action_raise_finding(self):
        """Begin a finding about what was (not) delivered."""
        self.ensure_one()
        finding = self.env["clerk.audit.finding"]._raise_on(
            self, self.audit_id, self.question or ""
        )
        return finding._form_action()
