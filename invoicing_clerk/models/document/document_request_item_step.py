from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ClerkDocumentRequestItem(models.Model):
    """Steps of a requested document, from the recipient to the file.

    What is received waits in quarantine; to accept it is to file it.
    """

    _inherit = "clerk.document.request.item"
    _guarded_fields = frozenset(
        {
            *("received_on", "wrong_reason", "waived_reason", "checked_by_id"),
            *("checked_on", "document_ids", "upload_ids"),
        }
    )

    received_on = fields.Datetime(readonly=True, copy=False)
    wrong_reason = fields.Char(
        string="Why Wrong",
        readonly=True,
        copy=False,
        help="Why what was received cannot be used. The recipient reads it.",
    )
    waived_reason = fields.Char(readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_on = fields.Datetime(readonly=True, copy=False)
    document_date = fields.Date(copy=False, help="Today, if it is left empty.")
    valid_from = fields.Date(copy=False)
    valid_to = fields.Date(string="Valid Until", copy=False)
    upload_ids = fields.One2many(
        "clerk.document.upload", "item_id", string="Received Files", copy=False
    )
    pending_ids = fields.One2many(
        "clerk.document.upload",
        "item_id",
        string="Files to Check",
        domain=[("state", "=", "quarantine")],
        copy=False,
    )
    document_ids = fields.Many2many(
        "clerk.document", string="Filed Documents", readonly=True, copy=False
    )

    def _ask(self):
        """Let the items of requests that are sent be requested."""
        self._inside()._write_step("ask")

    def _receive(self, name, content, sender):
        """Put a file of the recipient into quarantine, and note that it was received.

        :param sender: values of the file that say who has sent it, and from where
        :raises UserError: the file cannot be used, or nothing is awaited any longer
        """
        self.ensure_one()
        self._lock_step()
        self._check_step("receive")
        upload = self.env["clerk.document.upload"]._store(self, name, content, sender)
        self._inside()._write_step("receive", received_on=fields.Datetime.now())
        self.request_id._settle_activities()
        return upload

    # Steps

    def action_accept(self):
        """Accept what was received, and file it."""
        self._begin_step("accept")
        self._check_needs("accept", {})
        for item in self:
            documents = item.pending_ids._file()
            item._write_step(
                "accept",
                document_ids=[Command.link(each.id) for each in documents],
                **item._checked(),
            )
        self.request_id._complete()

    def action_refuse(self, reason):
        """Ask for another document instead of what was received, and say why."""
        reason = self.request_id._reason_of(reason)
        self._begin_step("refuse")
        for item in self:
            item.pending_ids._refuse()
            item._write_step("refuse", wrong_reason=reason, **item._checked())
        self.request_id._ask_again(self)

    def action_waive(self, reason):
        """Do without documents, and say why."""
        reason = self.request_id._reason_of(reason)
        self._begin_step("waive")
        for item in self:
            item.pending_ids._refuse()
            item._write_step("waive", waived_reason=reason, **item._checked())
        self.request_id._settle_activities()
        self.request_id._complete()

    def action_ask_reason(self):
        """Open the dialog for the reason of the step that its button names."""
        step = self.env.context.get("step")
        if step not in ("refuse", "waive"):
            raise UserError(self.env._("This action is not available."))
        self._check_step(step)
        dialog = self.env["clerk.document.reason"]
        steps = dict(dialog._fields["step"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": steps[step],
            "res_model": dialog._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_ids": self.ids, "default_step": step},
        }

    def _checked(self):
        return {"checked_by_id": self.env.uid, "checked_on": fields.Datetime.now()}

    def _obstacle(self, step, vals):
        if step == "accept" and not self.pending_ids:
            return self.env._("No file is waiting to be checked.")
        if step == "accept" and self.class_id.expires and not self.valid_to:
            return self.env["clerk.document"]._refuse_endless(self.class_id)
        return super()._obstacle(step, vals)

    def _document_values(self):
        """Return the values of the documents that are filed for the item."""
        links = [record for records in self._links()._records() for record in records]
        if not links and self.partner_id:
            links = [self.partner_id]
        return {
            "class_id": self.class_id.id,
            "company_id": self.company_id.id,
            "date": self.document_date or fields.Date.context_today(self),
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "link_ids": self.env["clerk.document"]._values_of_links(links),
        }
