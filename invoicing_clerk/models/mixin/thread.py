from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models

from ...rules.limits import storable

# An email that quotes itself grows without end: what is longer is cut off.
MAX_BODY = 100_000
MAX_FILES, MAX_FILES_SIZE = 10, 10 * 1024 * 1024


class ClerkThread(models.AbstractModel):
    """Chatter of users of the company, which neither links nor emails steer.

    **Links.** Whoever holds the link to a page of a record opens that page. Core would
    take its token also for the chatter: messages, followers and all attachments. Here
    neither a token nor the login of a customer opens a chatter.

    **Visitors** of a page are all one user. What they cause is signed as the system, or
    each of them could read and edit it. Customers with a login do not follow what they
    cause.

    **Statuses to follow.** ``_state_subtypes`` names the message subtype of a status.
    Where the status is not tracked, the step calls ``_tell_followers``.

    **Incoming emails.** A sender's address proves nothing. An email that answers one of
    ours is noted, within limits: its sender is not an author, nobody becomes a
    follower, and only users of the company are notified.
    """

    _name = "clerk.thread"
    _description = "Internal Chatter"
    _inherit = ["mail.thread"]

    # Who may write the email templates of the model, besides administrators.
    _template_writers = "invoicing_clerk.group_supervisor"

    # Message subtypes that users can follow: {state: XML id}.
    _state_subtypes = {}
    _followed_field = "state"

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self
        if self.env.user.share:
            quiet = self.with_context(mail_create_nosubscribe=True)
        return super(ClerkThread, quiet).create(vals_list).with_env(self.env)

    # Statuses to follow

    def _track_subtype(self, init_values):
        if self._followed_field in init_values and (subtype := self._state_subtype()):
            return subtype
        return super()._track_subtype(init_values)

    def _state_subtype(self):
        name = self._state_subtypes.get(self[self._followed_field])
        if not name:
            return None
        return self.env.ref(name if "." in name else f"invoicing_clerk.{name}", False)

    def _tell_followers(self):
        """Post the status of records that somebody follows for it."""
        # sudo: only tells which of these records are followed.
        followers = self.env["mail.followers"].sudo()
        for records in self.grouped(self._followed_field).values():
            if not (subtype := records[0]._state_subtype()):
                continue
            followed = followers.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", records.ids),
                    ("subtype_ids", "in", subtype.ids),
                ]
            ).mapped("res_id")
            for record in records.filtered(lambda each, ids=followed: each.id in ids):
                record.message_post(subtype_id=subtype.id)

    # Emails to customers

    def _compose_action(self, recipient, template):
        """Open an email about a record, to be read, changed and sent.

        :param recipient: contact in the title
        :param template: email template of the model
        """
        template._check_fits(self._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to %s", recipient.display_name),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_partner_ids": recipient.ids,
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    # Links

    @api.model
    def _get_allowed_access_params(self):
        return super()._get_allowed_access_params() - {"hash", "pid", "token"}

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, hash=None, pid=None, token=None, **kwargs
    ):
        """Return the record for users of the company, by their access rights only."""
        if not self.env.user._is_internal():
            return self.browse()
        return super()._get_thread_with_access(thread_id, **kwargs)

    # Visitors

    def _message_compute_author(self, author_id=None, email_from=None):
        author_id, email_from = super()._message_compute_author(author_id, email_from)
        user = self.env.user
        if user._is_public() and author_id == user.partner_id.id:
            system = self.env.ref("base.partner_root")
            return system.id, system.email_formatted
        return author_id, email_from

    def _message_create(self, values_list):
        """Let the system create what visitors cause: core lets creators read it.

        Our pages post as superuser. What visitors call themselves is refused by core.
        """
        if not (self.env.user.share and self.env.su):
            return super()._message_create(values_list)
        system = self.with_user(SUPERUSER_ID)
        messages = super(ClerkThread, system)._message_create(values_list)
        return messages.with_env(self.env)

    # Incoming emails

    def message_update(self, msg_dict, update_vals=None):
        self._tame_incoming(msg_dict)
        return super().message_update(msg_dict, update_vals)

    def _tame_incoming(self, msg_dict):
        """Drop what would notify others, before the email is posted."""
        for name in ("parent_id", "to_filtered", "cc_filtered"):
            msg_dict.pop(name, None)
        for name, value in msg_dict.items():
            if isinstance(value, str):
                safe = storable(value)
                msg_dict[name] = Markup(safe) if isinstance(value, Markup) else safe
        self._shorten_incoming(msg_dict)

    def message_post(self, *, message_type="notification", **values):
        thread = self
        if message_type == "email":
            values |= {"partner_ids": [], "author_id": False}
            thread = self.with_context(
                mail_post_autofollow=False, mail_post_autofollow_author_skip=True
            )
        return super(ClerkThread, thread).message_post(
            message_type=message_type, **values
        )

    def _shorten_incoming(self, msg_dict):
        notes = []
        body = msg_dict.get("body") or ""
        if len(body) > MAX_BODY:
            # The field mends what the cut leaves open.
            body = Markup(str(body)[:MAX_BODY])
            notes.append(self.env._("The email was longer. The remainder was cut off."))
        kept, left_out = self._split_incoming_files(msg_dict.get("attachments") or [])
        if left_out:
            notes.append(
                self.env._(
                    "Attachments that were not kept: %s.",
                    ", ".join(str(file[0])[:64] for file in left_out[:MAX_FILES]),
                )
            )
        for note in notes:
            body = Markup("%s<p>%s</p>") % (Markup(body), note)
        msg_dict.update(body=body, attachments=kept)

    def _split_incoming_files(self, files):
        """Return the files that are kept, and those that are too many or too large."""
        kept, left_out, size = [], [], 0
        for file in files:
            size += len(file[1] or b"")
            fits = len(kept) < MAX_FILES and size <= MAX_FILES_SIZE
            (kept if fits else left_out).append(file)
        return kept, left_out

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify only users of the company of an incoming email."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        kind = (msg_vals or {}).get("message_type") or message.message_type
        if kind != "email":
            return recipients
        return [each for each in recipients if not each.get("share", True)]
