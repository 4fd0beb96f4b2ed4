from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.document.request import OPEN_STATES
from ..mixin.notification import SOFT_RELOAD, notification_action

ACTIVITY = "invoicing_clerk.mail_activity_type_document_request"
# Days after the due date on which the link of a request still works.
LINK_DAYS = 30
REASON = 200


class ClerkDocumentRequest(models.Model):
    """Steps of requests: send, give another link, cancel, and what ends them."""

    _inherit = "clerk.document.request"

    link_serial = fields.Integer(
        string="Link Number", readonly=True, copy=False, exportable=False
    )
    link_until = fields.Date(
        string="Link Valid Until",
        readonly=True,
        copy=False,
        help="The last day on which the recipient can upload documents without login.",
    )

    # Steps

    def action_send(self):
        """Ask the recipients for the documents."""
        self._begin_step("send")
        self._check_needs("send", {})
        today = fields.Date.context_today(self)
        for request in self:
            request._write_step(
                "send", asked_on=today, link_until=request._link_end(today)
            )
            request.item_ids._ask()
        self._schedule_activities()
        self._mail("invoicing_clerk.mail_template_document_request")
        return notification_action(
            self.env._("Sent to %s.", ", ".join(self._recipient_names())),
            then=SOFT_RELOAD,
        )

    def _obstacle(self, step, vals):
        if step == "send":
            return self._recipient_problem() or self._content_problem()
        if step == "renew":
            return self._recipient_problem()
        return super()._obstacle(step, vals)

    def _content_problem(self):
        if not self.item_ids:
            return self.env._("Add the documents that you need.")
        if self.date_due < fields.Date.context_today(self):
            return self.env._("The due date is in the past.")
        return None

    def action_renew(self):
        """Send the recipients another link; the former one no longer works."""
        self._begin_step("renew")
        self._check_needs("renew", {})
        today = fields.Date.context_today(self)
        for request in self:
            request._write_step(
                "renew",
                link_serial=request.link_serial + 1,
                link_until=request._link_end(today),
                refused_total=0,
            )
        self._mail("invoicing_clerk.mail_template_document_request")
        return notification_action(
            self.env._("Sent to %s.", ", ".join(self._recipient_names())),
            then=SOFT_RELOAD,
        )

    def action_revoke(self):
        """Let the link of the recipients no longer work."""
        self._begin_step("revoke")
        for request in self:
            request._write_step(
                "revoke", link_serial=request.link_serial + 1, link_until=False
            )
            request._message_log(body=self.env._("The link was revoked."))

    def action_cancel(self, reason=""):
        """Cancel requests: the recipients are no longer reminded."""
        reason = reason.strip()[:REASON] if isinstance(reason, str) else ""
        self._take_step("cancel", closed_reason=reason)
        still = self.item_ids.filtered(lambda item: item.state in OPEN_STATES)
        still.pending_ids._refuse()
        still._inside()._write_step("cancel")
        self._end()

    def _is_offered(self, step):
        if step in ("renew", "revoke") and self.asked_of == "colleague":
            return False
        if step == "revoke" and not self.link_until:
            return False
        return super()._is_offered(step)

    @api.depends("link_until", "asked_of")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _link_end(self, today):
        return max(today, self.date_due) + timedelta(days=LINK_DAYS)

    def _extend_links(self):
        """Let links that were not revoked work until after the due date."""
        today = fields.Date.context_today(self)
        for request in self.filtered("link_until"):
            if request.link_until < (end := request._link_end(today)):
                request._inside().link_until = end

    def _complete(self):
        """Complete requests of which nothing is outstanding."""
        for request in self.filtered(lambda each: each.state == "open"):
            if not any(item.state in OPEN_STATES for item in request.item_ids):
                request._inside()._write_step("complete")
                request._end()

    def _end(self):
        # sudo: activities of the colleagues who were asked.
        self.sudo().activity_unlink([ACTIVITY])

    # Emails and activities

    def _recipient_names(self):
        return [request._recipient().display_name for request in self]

    def _mail(self, template):
        """Write the recipients an email with the words of a template."""
        # sudo: the template is shipped, and checked to be about requests.
        template = self.env.ref(template).sudo()
        mailable = self.filtered(lambda each: each._recipient()._mailable())
        if mailable:
            template._make_mails_to(
                # sudo: the words of the template may name any field of requests.
                {request.sudo(): request._recipient() for request in mailable}
            )

    def _schedule_activities(self):
        """Give each colleague an activity that opens the request."""
        for request in self.filtered(lambda each: each.asked_of == "colleague"):
            # sudo: an activity of another user, on a request that the caller sends.
            request.sudo().activity_schedule(
                ACTIVITY,
                date_deadline=request.date_due,
                user_id=request.colleague_id.id,
                summary=", ".join(request.item_ids.class_id.mapped("name"))[:200],
            )

    def _hand_over(self):
        """Ask another recipient; the link of the former one no longer works.

        A link that was revoked stays so: a clerk sends another one.
        """
        today = fields.Date.context_today(self)
        for request in self:
            if problem := request._recipient_problem():
                raise UserError(": ".join((request.display_name, problem)))
            if request.link_until:
                request._inside().write(
                    {
                        "link_serial": request.link_serial + 1,
                        "link_until": request._link_end(today),
                        "refused_total": 0,
                    }
                )
        self._end()
        asked = self.filtered(lambda each: each._outstanding())
        asked._schedule_activities()
        asked.filtered(lambda each: not each._link_problem())._mail(
            "invoicing_clerk.mail_template_document_request"
        )

    def _move_due(self):
        """Let activities, links and reminders follow the due date."""
        self._move_activities()
        self._extend_links()
        self._outstanding()._restart_reminders(fields.Date.context_today(self))

    def _move_activities(self):
        """Let activities be due when the requests are."""
        kind = self.env.ref(ACTIVITY)
        for request in self:
            # sudo: see `_schedule_activities`.
            activities = request.sudo().activity_ids
            activities.filtered(
                lambda each: each.activity_type_id == kind
            ).date_deadline = request.date_due

    def _settle_activities(self):
        """End the activities of colleagues who have sent everything."""
        for request in self:
            if not request._outstanding():
                # sudo: see `_schedule_activities`.
                request.sudo().activity_unlink([ACTIVITY])

    def _reason_of(self, reason):
        """:raises UserError: no reason is given"""
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason for %s.", self._enumerate()))
        return reason.strip()[:REASON]
