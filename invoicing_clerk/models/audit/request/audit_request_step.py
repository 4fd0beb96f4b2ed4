from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.request import audit_request as rules

ASKED = {"name", "description", "area", "date_due", "finding_id"}
ANSWERED = {"answer", "query_id", "user_id"}


class ClerkAuditRequest(models.Model):
    """The states of a request: billing takes and delivers, auditors query and accept.

    ``rules.audit_request.STEPS`` says which steps there are, and whose each is.
    """

    _inherit = "clerk.audit.request"

    state = fields.Selection(
        rules.STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    next_states = fields.Json(
        compute="_compute_next_states",
        help="Where whoever looks can take it.",
    )
    question = fields.Text(
        string="Queried", readonly=True, copy=False, help="What the answer left open."
    )
    delivered_on = fields.Datetime(string="Delivered", readonly=True, copy=False)
    delivered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_on = fields.Datetime(string="Accepted", readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.depends("state", "my_sides", "delivered_by_id")
    @api.depends_context("uid")
    def _compute_next_states(self):
        for request in self:
            states = rules.next_states(request.state, request.my_sides)
            if request.delivered_by_id == self.env.user:
                states = [state for state in states if state != "accepted"]
            request.next_states = states

    @api.model
    def _fields_of(self, side):
        return ANSWERED if side == rules.CLERK else ASKED | {"question"}

    @api.model
    def _fields_at_birth(self):
        return super()._fields_at_birth() | {"number", "template_id"}

    @api.model
    def _step_side(self, before, after):
        return rules.side_of(before, after)

    def write(self, vals):
        delivered = self.browse()
        if vals.get("state") == "delivered":
            delivered = self.filtered(lambda request: request.state != "delivered")
        done = super().write(vals)
        if "date_due" in vals or vals.get("state") in ("delivered", "accepted"):
            self._forget_reminders()
        for request in delivered:
            request._deliver_query()
            request._tell_delivered()
        return done

    def _check_moment(self, vals):
        """Answers stand once they are delivered, and questions once they are answered.

        :raises UserError: it is too late for a change
        """
        for request in self:
            if vals.keys() & {"answer", "query_id"} and (
                request.state not in rules.OPEN_STATES
            ):
                raise UserError(
                    self.env._(
                        "%s: the answer is with the auditors. Take it back to change "
                        "it.",
                        request.display_name,
                    )
                )
            if vals.keys() & ASKED and request.state == "accepted":
                raise UserError(
                    self.env._(
                        "%s is accepted: ask for something else in a new request.",
                        request.display_name,
                    )
                )

    def _obstacle(self, new_state, vals):
        if new_state == "delivered" and not self._has_answer():
            return self.env._(
                "write an answer, attach a document or choose a query before you "
                "deliver."
            )
        if new_state == "queried" and not (vals.get("question") or "").strip():
            return self.env._("say what the answer leaves open.")
        by_hand = not self.env.su
        if (
            new_state == "accepted"
            and by_hand
            and self.delivered_by_id == self.env.user
        ):
            return self.env._("you delivered it; somebody else has to accept it.")
        return None

    def _has_answer(self):
        return bool((self.answer or "").strip() or self.query_id or self._documents())

    def _step_values(self, new_state):
        now, user = fields.Datetime.now(), self.env.uid
        if new_state == "delivered":
            return {"delivered_on": now, "delivered_by_id": user, "question": False}
        if new_state == "accepted":
            return {"accepted_on": now, "accepted_by_id": user}
        return {"accepted_on": False, "accepted_by_id": False}

    # Buttons

    def action_take(self):
        """Work on them; what nobody owns is the caller's."""
        self._transition("work")
        if free := self.filtered(lambda request: not request.user_id):
            free.user_id = self.env.user

    def action_put_back(self):
        self._transition("open")

    def action_take_back(self):
        """Change an answer that the auditors have not accepted yet."""
        self._transition("work")

    def action_deliver(self):
        """Hand answers over; what a query finds now is kept, to be compared with."""
        self._transition("delivered")

    def action_accept(self):
        self._transition("accepted")

    def action_query(self):
        """Ask what the answer leaves open."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Query"),
            "res_model": "clerk.audit.request.query",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    def _query(self, question):
        """Give answers back with what they leave open, and tell who delivered them.

        :raises UserError: nothing is asked, or there is no answer yet
        """
        self._transition("queried", question=question)
        for request in self:
            request.message_post(
                body=question,
                partner_ids=request._readers(request._owner().partner_id).ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _owner(self):
        """Who answers: whoever took it, else the contact of the engagement."""
        self.ensure_one()
        return self.user_id or self.audit_id.lead_id

    def _tell_delivered(self):
        """Tell the auditors, and keep which documents there were."""
        documents = self._documents()
        lines = [self.env._("Delivered.")]
        lines += [
            self.env._(
                "%(name)s, SHA-1 %(checksum)s",
                name=document.name,
                checksum=document.checksum,
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
