from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .audit_pack_evidence_text import label, utc

CALL_COLUMNS = [
    "Date (UTC)",
    "Direction",
    "Customer",
    "Contact",
    "Number",
    "Clerk",
    "Status",
    "Topic",
    "Summary",
    "Next Action",
]
MESSAGE_COLUMNS = [
    "Date (UTC)",
    "About",
    "Type",
    "From",
    "To",
    "Delivery",
    "Subject",
    "Text",
    "Attachments",
    "Message-ID",
]
CHANGE_COLUMNS = ["Date (UTC)", "User", "Record", "Field", "Before", "After"]


class ClerkAuditPackEvidence(models.AbstractModel):
    """Calls, emails and notes, and logged changes."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _add_calls(self, evidence):
        calls = self.env["clerk.call"].search(
            [("move_ids", "in", evidence.moves.ids)], order="date, id"
        )
        self._add_table(
            evidence,
            "calls.csv",
            CALL_COLUMNS,
            {call: call.move_ids for call in calls},
            self._call_row,
        )

    def _call_row(self, call):
        return [
            utc(call.date),
            label(call, "direction"),
            call.partner_id.display_name,
            call.contact_id.display_name,
            call.number,
            call.user_id.name,
            label(call, "state"),
            call.topic_id.name,
            call.summary,
            call.next_action,
        ]

    def _messages(self, evidence):
        """Return all messages that the user may read: ``{message: moves}``."""
        messages = self.env["mail.message"].search(
            Domain.OR(
                Domain("model", "=", model) & Domain("res_id", "in", list(owners))
                for model, owners in evidence.related.items()
            ),
            order="date, id",
        )
        return {
            message: evidence.related[message.model][message.res_id]
            for message in messages
        }

    @api.model
    def _add_messages(self, evidence):
        evidence.messages = self._messages(evidence)
        self._add_correspondence(evidence)
        self._add_changes(evidence)

    def _add_correspondence(self, evidence):
        rows = {}
        for message, moves in evidence.messages.items():
            row = self._message_row(message)
            if row:
                for move in moves:
                    rows.setdefault(move, []).append(row)
        evidence.table("correspondence.csv", "correspondence", MESSAGE_COLUMNS, rows)

    def _message_row(self, message):
        """Return a row; None for a message that only logs changes."""
        text = html2plaintext(message.body or "").strip()
        enclosed = self._enclosed(message)
        if not (text or message.subject or enclosed):
            return None
        return [
            utc(message.date),
            message.record_name,
            label(message, "message_type"),
            message.author_id.display_name or message.email_from,
            self._recipients(message),
            self._delivery(message),
            message.subject,
            text,
            ", ".join(enclosed.mapped("name")),
            message.message_id,
        ]

    def _enclosed(self, message):
        # sudo: readers of a message may read its attachments in Odoo as well; those of
        # incoming emails are linked to the document only through it.
        return message.sudo().attachment_ids

    def _recipients(self, message):
        people = message.partner_ids | message.notification_ids.res_partner_id
        names = [each.email_formatted or each.display_name for each in people]
        return ", ".join(filter(None, [*names, message.outgoing_email_to]))

    def _delivery(self, message):
        states = {
            f"{label(each, 'notification_status')} {each.failure_reason or ''}".strip()
            for each in message.notification_ids
            if each.notification_type == "email"
        }
        return ", ".join(sorted(states))

    def _add_changes(self, evidence):
        rows = {}
        # sudo: the user may read the messages; as in Odoo, they are shown the values of
        # fields that they may read.
        values = (
            self.env["mail.message"]
            .concat(*evidence.messages)
            .sudo()
            .tracking_value_ids
        )
        values = values.sorted("id")._filter_has_field_access(self.env)
        shown = {each["id"]: each for each in values._tracking_value_format()}
        for value in values:
            message = value.mail_message_id.sudo(False)
            for move in evidence.messages[message]:
                row = self._change_row(message, shown[value.id])
                rows.setdefault(move, []).append(row)
        evidence.table("changes.csv", "changes", CHANGE_COLUMNS, rows)

    def _change_row(self, message, value):
        return [
            utc(message.date),
            message.author_id.display_name,
            message.record_name,
            value["fieldInfo"]["changedField"],
            value["oldValue"],
            value["newValue"],
        ]
