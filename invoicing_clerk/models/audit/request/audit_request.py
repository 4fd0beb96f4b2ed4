from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ....rules.audit.request.audit_request import AREAS
from ....rules.input_value import misfit


class ClerkAuditRequest(models.Model):
    """A request of the auditors for evidence, and the answer of billing.

    The requests of an engagement form its "provided by client" (PBC) list.
    """

    _name = "clerk.audit.request"
    _description = "Audit Request"
    _inherit = [
        "clerk.evidence",
        "clerk.audit.side",
        "clerk.audit.part",
        "clerk.audit.comment",
        "clerk.work.item.link",
        "mail.activity.mixin",
    ]
    _order = "audit_id, number"
    _import_template = "audit_requests.csv"

    number = fields.Integer(
        string="No.",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Unique in the engagement.",
    )
    reference = fields.Char(
        string="Auditors' Reference",
        size=32,
        copy=False,
        tracking=True,
        help="Number of the request in the auditors' own list, such as PBC-1 or 1.1.",
    )
    name = fields.Char(string="Request", required=True, tracking=True)
    description = fields.Text(
        string="Details", help="The evidence needed, and its purpose."
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
        help="The person in billing who answers it.",
    )
    date_due = fields.Date(string="Due Date", index=True, tracking=True)
    answer = fields.Text(copy=False, help="The answer as text.")
    template_id = fields.Many2one(
        "clerk.audit.request.template",
        string="Standard Request",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    finding_id = fields.Many2one(
        "clerk.audit.finding",
        string="For Finding",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        # Draft findings are hidden from billing, even their titles.
        groups="invoicing_clerk.group_auditor",
    )
    document_count = fields.Integer(string="Documents", compute="_compute_counts")
    finding_count = fields.Integer(string="Findings", compute="_compute_counts")

    _number = models.UniqueIndex(
        "(audit_id, number)", "The number is used by another request of the engagement."
    )

    @api.constrains("user_id")
    def _check_owner(self):
        for owner in self.user_id:
            if not owner.has_group("invoicing_clerk.group_clerk"):
                raise ValidationError(
                    self.env._(
                        "%s is not a clerk and cannot answer requests.",
                        owner.name,
                    )
                )

    @api.depends("number", "reference", "name")
    def _compute_display_name(self):
        for request in self:
            number = request.reference or f"{request.number:03d}"
            request.display_name = (
                f"{number} · {request.name}" if request.name else self.env._("New")
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        documents = self._count_linked("ir.attachment", domain)
        findings = self._count_linked("clerk.audit.finding", domain)
        for request in self:
            request.document_count = documents.get(request.id, 0)
            request.finding_count = findings.get(request.id, 0)

    @api.model
    def _count_linked(self, model, domain):
        return dict(self.env[model]._read_group(domain, ["res_id"], ["__count"]))

    def _documents(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_inputs(vals_list)
        for audit_id, group in self._by_audit(vals_list).items():
            self._number_requests(audit_id, group)
        return super().create(vals_list)

    @api.model
    def _by_audit(self, vals_list):
        groups = {}
        default = self.env.context.get("default_audit_id")
        for vals in vals_list:
            groups.setdefault(vals.get("audit_id", default), []).append(vals)
        return {audit_id: group for audit_id, group in groups.items() if audit_id}

    @api.model
    def _number_requests(self, audit_id, vals_list):
        """Give each the next number of its engagement; numbers are never reused.

        Imported requests may have numbers of their own; numbering continues after them.
        """
        audit = self.env["clerk.audit"].browse(audit_id)
        audit.check_access("read")
        unnumbered = [vals for vals in vals_list if not vals.get("number")]
        highest = max((vals.get("number") or 0 for vals in vals_list), default=0)
        audit.flush_recordset(["last_request_number"])
        # The row lock gives simultaneous callers different numbers.
        [[last]] = self.env.execute_query(
            SQL(
                """
                UPDATE clerk_audit
                   SET last_request_number =
                       GREATEST(COALESCE(last_request_number, 0), %s) + %s
                 WHERE id = %s
             RETURNING last_request_number
                """,
                highest,
                len(unnumbered),
                audit_id,
            )
        )
        audit.invalidate_recordset(["last_request_number"], flush=False)
        for number, vals in enumerate(unnumbered, last - len(unnumbered) + 1):
            vals["number"] = number

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if started := self.filtered(lambda request: request.state != "open"):
            raise UserError(
                self.env._(
                    "%s has been worked on and cannot be deleted.",
                    ", ".join(started.mapped("display_name")),
                )
            )

    def action_attached(self, attachment_ids=None):
        """Record in the chatter that documents were attached."""
        self.ensure_one()
        if misfit("many2many", attachment_ids):
            raise UserError(self.env._("Select the documents to attach."))
        self.message_post(attachment_ids=attachment_ids, subtype_xmlid="mail.mt_note")

    def action_view_documents(self):
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": domain,
            "context": {"create": False},
        }

    def action_view_findings(self):
        return self.env["clerk.audit.finding"]._action_about(self)

    def action_raise_finding(self):
        """Create a draft finding about this request."""
        self.ensure_one()
        finding = self.env["clerk.audit.finding"]._raise_on(
            self, self.audit_id, self.clarification or ""
        )
        return finding._form_action()
