import logging
import xmlrpc.client

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from ...rules import limits
from ...rules.billing_error import incoming_mail as rules
from .incoming_mail import IncomingMail

_logger = logging.getLogger(__name__)

# The states of a case whose customer is not known yet.
WITHOUT_CUSTOMER = ("new", "cancelled")
OURS = "clerk.billing.error"


class MailThread(models.AbstractModel):
    """Hands on the original of an email that opens a billing error."""

    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        thread = self.with_context(clerk_original=message)
        return super(MailThread, thread).message_process(
            model, message, *args, **kwargs
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        ours = any(route[0] == OURS for route in routes or ())
        if ours:
            routes = [
                route
                for route in routes
                if not self._is_answer_to_alias(route, message, message_dict)
            ]
        thread = self.with_context(
            clerk_original=self.env.context.get("clerk_original") if ours else None,
            clerk_source=message if ours else None,
        )
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )

    @api.model
    def _is_answer_to_alias(self, route, message, message_dict):
        """Return whether an email would open a case, though no person wrote it."""
        if route[0] != OURS or route[1]:
            return False
        if rules.is_answer(message.items()) or self._is_own_sender(message_dict):
            _logger.info(
                "Ignored automatic email %s from %s to the alias for billing errors",
                message_dict.get("message_id"),
                message_dict.get("email_from"),
            )
            return True
        return False

    @api.model
    def _is_own_sender(self, message_dict):
        """Return whether an email says that it comes from an address of this "
        "database."""
        address = email_normalize(message_dict.get("email_from") or "")
        # sudo: only tells whether an address is among these.
        domains = self.env["mail.alias.domain"].sudo().search(Domain.TRUE)
        own = {
            domain[name]
            for domain in domains
            for name in ("bounce_email", "catchall_email", "default_from_email")
        }
        # sudo: only compared with the address.
        aliases = self.env["mail.alias"].sudo()
        return bool(address) and (
            address in own or bool(aliases.search([("alias_full_name", "=", address)]))
        )


class ClerkBillingError(models.Model):
    """Billing errors that customers report by email, see the alias of the company.

    The email is sealed as evidence, whoever sent it. Customer and invoice are
    recognised only where the sender's address and the numbers in the email leave no
    choice; nothing is disputed before a clerk has selected what was not recognised.
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
        help="Address of the sender. It is not verified.",
    )
    mail_note = fields.Text(
        string="To Check",
        readonly=True,
        copy=False,
        help="Parts of the email that could not be recognised.",
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

    # Incoming emails

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        return [("email_from", "=", email_from_normalized)]

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a case for an email to the alias of a company.

        :raises AccessError: it does not come through the mail gateway
        """
        if not self.env.su:
            raise AccessError(self.env._("Only the mail gateway can do this."))
        context = self.env.context
        company = self.env["res.company"].browse(
            (custom_values or {}).get("company_id")
        )
        errors = self._of_gateway(company.exists() or self.env.company)
        source = context.get("clerk_source")
        mail = IncomingMail(errors, errors.env.company, msg_dict, source)
        self._tame_incoming(msg_dict)
        moves = [Command.set(mail.move.ids)]
        error = errors.create({**mail.values(), "move_ids": moves})
        error.line_ids = error._claim_commands(error.move_ids)
        error._keep_original(_as_bytes(context.get("clerk_original"), source))
        return error

    @api.model
    def _of_gateway(self, company):
        """Return this model as the system has it, whoever a sender claims to be."""
        return self.with_user(SUPERUSER_ID).with_context(
            allowed_company_ids=company.ids,
            lang=company.partner_id.lang or self.env.lang,
            clerk_original=None,
            clerk_source=None,
        )

    def _keep_original(self, content):
        """Seal the email as it was received."""
        if len(content) > limits.maximum("file"):
            notes = (self.mail_note, self._too_large(len(content)))
            self.mail_note = "\n".join(filter(None, notes))
        elif content:
            attachment = self.env["ir.attachment"].create(
                {
                    "name": "email.eml",
                    "raw": content,
                    "mimetype": "message/rfc822",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            self._seal_evidence("email", attachment)

    def _too_large(self, size):
        return self.env._(
            "The email (%(size)s MB) exceeds the limit of %(maximum)s MB and was not "
            "stored in full.",
            size=round(size / limits.MEGABYTE),
            maximum=limits.maximum("file") // limits.MEGABYTE,
        )


def _as_bytes(original, source):
    """Return an email as it was received: text, bytes or what scripts send."""
    if isinstance(original, xmlrpc.client.Binary):
        return bytes(original.data)
    if isinstance(original, str):
        return original.encode("utf-8", "surrogateescape")
    return original or (source.as_bytes() if source else b"")
