from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ...rules import limits
from .incoming_mail import IncomingMail

# The states of a case whose customer is not known yet.
WITHOUT_CUSTOMER = ("new", "cancelled")


class MailThread(models.AbstractModel):
    """Hands on the source of an email that opens a billing error."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        thread = self
        if any(model == "clerk.billing.error" for model, *_rest in routes or ()):
            thread = self.with_context(clerk_source=message)
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )


class ClerkBillingError(models.Model):
    """Billing errors that customers report by email, see the alias of the company.

    The email is sealed as evidence, whoever sent it. Customer and invoices are found by
    the sender's address and the numbers that the email names; clerks complete the rest.
    """

    _name = "clerk.billing.error"
    _inherit = ["clerk.evidence", "clerk.billing.error"]
    _guarded_fields = frozenset({"email_from", "mail_note"})

    origin = fields.Selection(
        selection_add=[("email", "Email"), ("detection",)],
        ondelete={"email": "set default"},
    )
    email_from = fields.Char(
        string="Sender",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The address of the sender, which proves nothing.",
    )
    mail_note = fields.Text(
        string="To Check",
        readonly=True,
        copy=False,
        help="What could not be recognised in the email.",
    )

    @api.constrains("partner_id", "state", "origin")
    def _check_customer(self):
        """Only cases from emails may lack a customer, until work on them starts."""
        for error in self:
            if not error.partner_id and not error._may_lack_customer(error.state):
                raise ValidationError(error._customer_missing())

    def _may_lack_customer(self, state):
        return self.origin == "email" and state in WITHOUT_CUSTOMER

    def _customer_missing(self):
        return self.env._("%s: select the customer first.", self.name)

    def _obstacle(self, step, vals):
        target = self._life().target(step, vals.get("state"))
        if not self.partner_id and not self._may_lack_customer(target):
            return self._customer_missing()
        return super()._obstacle(step, vals)

    @api.model
    def _evidence_hint(self):
        return self.env._("Cancel the billing error instead.")

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        return [("email_from", "=", email_from_normalized)]

    # Incoming emails

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a case for an email to the alias of a company.

        :raises AccessError: it does not come through the mail gateway
        """
        if not self.env.su:
            raise AccessError(self.env._("Only the mail gateway does this."))
        defaults = custom_values or {}
        company = self.env["res.company"].browse(defaults.get("company_id")).exists()
        errors = self._of_gateway(company or self.env.company)
        source = self.env.context.get("clerk_source")
        mail = IncomingMail(errors, errors.env.company, msg_dict, source)
        self._tame_incoming(msg_dict)
        values = {**defaults, **mail.values()}
        error = errors.create({**values, "move_ids": [Command.set(mail.moves.ids)]})
        error.line_ids = error._claim_commands(error.move_ids)
        error._keep_source(source)
        return error

    @api.model
    def _of_gateway(self, company):
        """Return this model as the system has it, whoever a sender claims to be."""
        return self.with_user(SUPERUSER_ID).with_context(
            allowed_company_ids=company.ids,
            lang=company.partner_id.lang or self.env.lang,
            clerk_source=None,
        )

    def _keep_source(self, source):
        """Seal the email as it was received."""
        if source is None:
            return
        content = source.as_bytes()
        if len(content) > limits.maximum("file"):
            self.mail_note = "\n".join(
                filter(None, (self.mail_note, self._too_large(len(content))))
            )
            return
        attachment = self.env["ir.attachment"].create(
            {
                "name": "email.eml",
                "raw": content,
                "mimetype": "message/rfc822",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._seal_evidence("mail", attachment)

    def _too_large(self, size):
        return self.env._(
            "The email has %(size)s MB and was not kept as a whole; at most "
            "%(maximum)s MB are.",
            size=round(size / limits.MEGABYTE),
            maximum=limits.maximum("file") // limits.MEGABYTE,
        )
