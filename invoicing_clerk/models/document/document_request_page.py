from werkzeug.urls import url_join

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac
from odoo.tools.mail import plaintext2html

from ...rules.document.request import CLOSED_STATES, WAITING_STATES
from ..mixin.roles import spread_over_supervisors

SCOPE = "clerk.document.request.upload"
# Damaged or dangerous files of a request; no more are opened.
MOST_REFUSED = 60


class ClerkDocumentRequest(models.Model):
    """The page on which recipients upload documents, without login.

    Its link has a token of its own, which is good for nothing else: it is computed from
    a secret of the database, the request and a number that changes when the link is
    revoked or renewed, and is stored nowhere. The page shows what is asked for, and
    nothing that was sent.
    """

    _inherit = "clerk.document.request"

    message_total = fields.Integer(
        string="Messages Received", readonly=True, copy=False, exportable=False
    )
    refused_total = fields.Integer(readonly=True, copy=False, exportable=False)
    upload_url = fields.Char(
        string="Upload Link",
        compute="_compute_upload_url",
        groups="invoicing_clerk.group_clerk",
        exportable=False,
        help="The page on which the recipient uploads the documents.",
    )

    @api.depends("state", "asked_of", "link_serial", "link_until")
    def _compute_upload_url(self):
        for request in self:
            is_open = request.state == "open" and request.link_until
            request.upload_url = (
                bool(is_open) and request.asked_of != "colleague" and request._link()
            )

    def _link(self):
        """Return where the recipient answers: the page, or for colleagues the form."""
        self.ensure_one()
        path = f"/document-request/{self.id}/{self._upload_token()}"
        if self.asked_of == "colleague":
            path = f"/odoo/document-requests/{self.id}"
        return url_join(self.get_base_url(), path)

    def _upload_token(self):
        # sudo: the secret of the database, of which only a hash comes back.
        return hmac(self.env(su=True), SCOPE, (self.id, self.link_serial))

    def _is_token(self, token):
        """Return whether a token is that of the link, in constant time."""
        is_text = isinstance(token, str) and token.isascii()
        return is_text and consteq(self._upload_token(), token)

    def _closed_text(self):
        """Return why the page takes nothing, or None."""
        sender = self.company_id.email or self.company_id.name
        if self.state == "done":
            return self.env._("We have received everything. Thank you.")
        if self.state != "open":
            return self.env._("The documents are no longer needed. Thank you.")
        if not self.link_until or self.link_until < fields.Date.context_today(self):
            return self.env._(
                "This link has expired. To receive another one, please write to %s.",
                sender,
            )
        return None

    def _page_rows(self):
        """Return what the page shows of each requested document."""
        labels = {
            "received": self.env._("Received, to be checked"),
            "filed": self.env._("Accepted"),
            "waived": self.env._("No longer needed"),
            "cancelled": self.env._("No longer needed"),
        }
        return [
            {
                "id": item.id,
                "title": item.class_id.name,
                "about": item.about,
                "instructions": item.class_id.instructions,
                "wrong": item.state in WAITING_STATES and item.wrong_reason,
                "status": labels.get(item.state, self.env._("Please send")),
                "is_waiting": item.state in WAITING_STATES,
                "is_open": item.state in (*WAITING_STATES, "received"),
                "is_done": item.state in ("received", *CLOSED_STATES),
            }
            for item in self.item_ids
        ]

    def _outstanding(self):
        """Return what the recipient has to send."""
        return self.item_ids.filtered(lambda item: item.state in WAITING_STATES)

    def _page_item(self, number):
        """Return the requested document with an id that a visitor sent."""
        return self.item_ids.filtered(lambda item: str(item.id) == str(number))

    def _take_upload(self, number, upload, ip):
        """Store what a visitor has sent in quarantine.

        :param number: the id of the item, as the form sends it
        :param upload: the file as ``werkzeug`` gives it
        :raises UserError: nothing is awaited, or the file cannot be used
        """
        if closed := self._closed_text():
            raise UserError(closed)
        self._check_refused()
        item = self._page_item(number)
        if not item:
            raise UserError(self.env._("Select which document this file is."))
        document = self.env["clerk.limited"]._uploaded(upload)
        if not document:
            raise UserError(self.env._("Select a file first."))
        name, content, _kind = document
        return item._receive(name, content, {"ip": ip})

    def _check_refused(self):
        """:raises UserError: too many files were refused"""
        # The file that is being sent is counted already.
        if self.refused_total > MOST_REFUSED:
            raise UserError(
                self.env._(
                    "Too many files could not be used. Please write to %s.",
                    self.company_id.email or self.company_id.name,
                )
            )

    def _begin_upload(self):
        """Count a file as refused before it is opened, if the page is open.

        So it counts even if whatever opens it is stopped.

        :return: whether it is counted
        """
        is_open = not self._closed_text()
        if is_open:
            self._inside().refused_total += 1
        return is_open

    def _end_upload(self):
        """No longer count a file: it was taken, or not opened."""
        if self.refused_total:
            self._inside().refused_total -= 1

    def _takes_no_file(self):
        """Return whether the page takes nothing, after too many unusable files."""
        return self.asked_of != "colleague" and self.refused_total >= MOST_REFUSED

    def _take_message(self, text, ip):
        """Note what a visitor writes, and notify the owner.

        :raises UserError: the text is empty or too long, or there were too many
        """
        if closed := self._closed_text():
            raise UserError(closed)
        checked = self.env["clerk.limited"]
        text = checked._entered_text("comment", text, self.env._("Your message"))
        if not text:
            raise UserError(self.env._("Please enter a message."))
        checked._check_limit(
            "request_messages", self.message_total + 1, self.env._("This request")
        )
        self._begin_step("hear")
        self._write_step("hear", message_total=self.message_total + 1)
        self.message_post(
            body=plaintext2html(
                self.env._(
                    "Message from %(sender)s (%(ip)s): %(text)s",
                    sender=self._recipient().display_name,
                    ip=ip,
                    text=text,
                )
            ),
            partner_ids=self._owner().partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _owner(self):
        """Return the owner, or a supervisor if the owner has left."""
        owner = self.user_id.filtered("active")
        return owner or spread_over_supervisors(self).get(self) or owner

    def _is_of_outsider(self):
        """Return whether the request has a page: others are answered after login."""
        return len(self) == 1 and self.asked_of != "colleague" and self.state != "draft"
