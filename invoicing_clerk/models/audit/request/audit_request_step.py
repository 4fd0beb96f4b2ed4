from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.request import audit_request as rules
from ...mixin.pdf_document import pdf_problem

AUDITOR_FIELDS = {
    "name",
    "description",
    "reference",
    "area",
    "date_due",
    "finding_id",
    "clarification",
}
BILLING_FIELDS = {"answer", "query_id", "user_id"}


class ClerkAuditRequest(models.Model):
    """Steps of a request: billing takes and delivers, auditors clarify and accept.

    `rules.audit.request.audit_request` has the steps, and the side of each.
    """

    _inherit = "clerk.audit.request"
    _lifecycle = rules.LIFECYCLE
    _state_subtypes = {
        "delivered": "subtype_audit_request_delivered",
        "queried": "subtype_audit_request_queried",
        "accepted": "subtype_audit_request_accepted",
    }
    _side_fields = {rules.AUDITOR: AUDITOR_FIELDS, rules.CLERK: BILLING_FIELDS}
    _final_fields = frozenset({"audit_id", "number", "template_id"})

    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    clarification = fields.Text(
        string="Clarification Requested",
        readonly=True,
        copy=False,
        help="Clarification requested by the auditors.",
    )
    delivered_on = fields.Datetime(string="Delivery Date", readonly=True, copy=False)
    delivered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_on = fields.Datetime(string="Acceptance Date", readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.depends("delivered_by_id")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        """Do not offer acceptance to the user who delivered."""
        accepts = step == "accept" and self.delivered_by_id == self.env.user
        return not accepts and super()._is_offered(step)

    def write(self, vals):
        """Work through a delivery, whether by the button or by writing the state."""
        delivered = self.browse()
        if vals.get("state") == "delivered":
            delivered = self.filtered(lambda request: request.state != "delivered")
        result = super().write(vals)
        if "date_due" in vals or vals.get("state") in ("delivered", "accepted"):
            self._remove_reminders()
        for request in delivered:
            request._deliver_query()
            request._seal_evidence("delivery", request._documents(), strict=False)
            request._notify_delivered()
        return result

    def _check_timing(self, vals):
        """:raises UserError: the answer is with the auditors, or was accepted"""
        for request in self:
            if vals.keys() & {"answer", "query_id"} and (
                request.state not in rules.OPEN_STATES
            ):
                raise UserError(
                    self.env._(
                        "%s: the answer has been delivered. Withdraw it to change it.",
                        request.display_name,
                    )
                )
            if vals.keys() & AUDITOR_FIELDS - {"clarification"} and (
                request.state == "accepted"
            ):
                raise UserError(
                    self.env._(
                        "%s is accepted and cannot be changed. Create a new request.",
                        request.display_name,
                    )
                )

    def _obstacle(self, step, vals):
        if step == "deliver" and not self._has_answer():
            return self.env._(
                "Enter an answer, attach a document or select a query first."
            )
        if step == "deliver" and (damaged := self._damaged_document()):
            return damaged
        if step == "clarify" and not (vals.get("clarification") or "").strip():
            return self.env._("Enter what needs to be clarified.")
        by_hand = not self.env.su
        if step == "accept" and by_hand and self.delivered_by_id == self.env.user:
            return self.env._("You delivered it; somebody else must accept it.")
        return None

    def _damaged_document(self):
        """Return a sentence about a PDF that cannot be opened, or None."""
        for document in self._documents().filtered(lambda each: each._is_called_pdf()):
            if problem := pdf_problem(self.env, document.raw, strict=False):
                return self.env._(
                    "“%(name)s” cannot be delivered. %(problem)s Attach it again.",
                    name=document.name,
                    problem=problem,
                )
        return None

    @api.model
    def _evidence_hint(self):
        return self.env._(
            "It was delivered to the auditors. Attach a new document instead."
        )

    def _has_answer(self):
        return bool((self.answer or "").strip() or self.query_id or self._documents())

    def _step_values(self, step):
        now, user = fields.Datetime.now(), self.env.uid
        if step == "deliver":
            return {
                "delivered_on": now,
                "delivered_by_id": user,
                "clarification": False,
            }
        if step == "accept":
            return {"accepted_on": now, "accepted_by_id": user}
        return {"accepted_on": False, "accepted_by_id": False}

    # Actions

    def action_take(self):
        """Start work on them; requests without an owner are assigned to the caller."""
        self._take_step("take")
        if unassigned := self.filtered(lambda request: not request.user_id):
            unassigned.user_id = self.env.user

    def action_put_back(self):
        self._take_step("put_back")

    def action_take_back(self):
        """Change an answer that the auditors have not accepted yet."""
        self._take_step("take")

    def action_deliver(self):
        """Deliver answers; the results of queries are kept for comparison."""
        self._take_step("deliver")

    def action_accept(self):
        self._take_step("accept")

    def action_clarify(self):
        """Ask for a clarification of the answer."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Clarification"),
            "res_model": "clerk.audit.request.clarify",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def _clarify(self, text):
        """Return answers to billing with a question, and notify their owners.

        :raises UserError: the text is empty, or there is no answer yet
        """
        self._take_step("clarify", clarification=text)
        for request in self:
            request.message_post(
                body=text,
                partner_ids=request._readers(request._owner().partner_id).ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _owner(self):
        """Return the owner, or else the contact of the engagement in billing."""
        self.ensure_one()
        return self.user_id or self.audit_id.lead_id

    def _notify_delivered(self):
        """Notify the auditors, and list the delivered documents in the chatter."""
        documents = self._documents()
        lines = [self.env._("Delivered.")]
        lines += [
            self.env._(
                "%(name)s, SHA-256 %(digest)s",
                name=document.name,
                digest=document._sha256(),
            )
            for document in documents
        ]
        if self.snapshot_id:
            lines.append(self.snapshot_id._summary())
        self.message_post(
            body=Markup("<br/>").join(lines),
            partner_ids=self._readers(self.audit_id.auditor_ids.partner_id).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
