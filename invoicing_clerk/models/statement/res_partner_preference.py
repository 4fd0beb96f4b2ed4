from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.plural import plural
from ...rules.statement import statement as rules
from ..mixin.roles import SETTINGS_READERS

# Contacts show the preferences of their company; changes on a contact go to it.
PREFERENCES = [
    "statement_type",
    "statement_frequency",
    "statement_delivery",
    "statement_lang",
    "statement_minimum",
    "statement_stop_reason",
    "statement_stop_until",
]


class ResPartner(models.Model):
    """Statement preferences of a customer, kept on the commercial partner.

    Empty preferences follow the run, so that only customers with preferences of their
    own need any. Not copied: users who cannot read these fields can copy customers.
    """

    _name = "res.partner"
    _inherit = ["clerk.checked", "res.partner"]
    _checked_fields = frozenset({*PREFERENCES, "statement_contact_ids"})

    statement_type = fields.Selection(
        rules.TYPES,
        help="Leave empty to use the type of the statement run.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_frequency = fields.Selection(
        rules.FREQUENCIES,
        help="Leave empty for a statement every month.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_delivery = fields.Selection(
        rules.DELIVERY_WAYS,
        tracking=True,
        help="Leave empty to use the delivery method of the statement run.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Statement Language",
        help="Leave empty to use the language of the statement run or the customer.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    # Like the credit limit: each company sets its own, in its own currency.
    statement_minimum = fields.Float(
        company_dependent=True,
        digits="Account",
        help="No statement is sent for a smaller balance. 0 means the minimum of the "
        "statement run.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_stop_reason = fields.Char(
        string="Reason for Stopping Statements",
        tracking=True,
        help="As long as a reason is given, statement runs exclude the customer.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_stop_until = fields.Date(
        string="Statements Stopped Until",
        tracking=True,
        help="Last day without statements. Leave empty to stop them until the reason "
        "is removed.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    statement_contact_ids = fields.Many2many(
        "res.partner",
        "clerk_statement_contact_rel",
        "partner_id",
        "contact_id",
        string="Statement Contacts",
        help="Leave empty to use the invoice contact or, if there is none, the "
        "customer.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    is_statement_stopped = fields.Boolean(
        string="Statements Stopped",
        compute="_compute_is_statement_stopped",
        search="_search_is_statement_stopped",
        groups=SETTINGS_READERS,
    )

    @api.model
    def _synced_commercial_fields(self):
        names = super()._synced_commercial_fields()
        # Core compares and copies these fields with the rights of whoever edits an
        # address. It passes them on to contacts as superuser.
        readable = self._has_field_access(self._fields["statement_type"], "read")
        return [*names, *PREFERENCES] if readable else names

    @api.depends("statement_stop_reason", "statement_stop_until")
    def _compute_is_statement_stopped(self):
        for partner in self:
            partner.is_statement_stopped = partner._is_statement_stopped()

    def _search_is_statement_stopped(self, operator, value):
        if operator != "in":
            return NotImplemented
        stopped = Domain("statement_stop_reason", "!=", False) & (
            Domain("statement_stop_until", "=", False)
            | Domain("statement_stop_until", ">=", self._statement_today())
        )
        return Domain.OR(
            stopped if is_stopped else ~stopped for is_stopped in set(value)
        )

    @api.onchange("statement_stop_reason")
    def _onchange_statement_stop_reason(self):
        if not self.statement_stop_reason:
            self.statement_stop_until = False

    @api.constrains("statement_stop_reason", "statement_stop_until")
    def _check_statement_stop(self):
        if self.env.context.get("keep_statement_stop"):
            return
        # Contacts have copies, which may be outdated: only the customer counts.
        for partner in self.filtered(lambda each: each == each.commercial_partner_id):
            until = partner.statement_stop_until
            if until and not partner.statement_stop_reason:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: enter the reason why statements are stopped "
                        "until %(until)s, or remove the date.",
                        customer=partner.display_name,
                        until=until,
                    )
                )
            if until and until < self._statement_today():
                raise ValidationError(
                    self.env._(
                        "%(customer)s: %(until)s is in the past. Enter a later date, "
                        "or remove the reason and the date.",
                        customer=partner.display_name,
                        until=until,
                    )
                )

    @api.constrains("statement_minimum")
    def _check_statement_minimum(self):
        for partner in self:
            if partner.statement_minimum < 0:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: the minimum statement balance (%(minimum)s) "
                        "cannot be negative.",
                        customer=partner.display_name,
                        minimum=partner.statement_minimum,
                    )
                )

    @api.model
    def _statement_today(self):
        return fields.Date.context_today(self)

    def _is_statement_stopped(self):
        self.ensure_one()
        until = self.statement_stop_until
        return bool(self.statement_stop_reason) and (
            not until or until >= self._statement_today()
        )

    def _statement_stop_text(self):
        """Return why statements are stopped, and until when if there is a date."""
        self.ensure_one()
        if not self.statement_stop_until:
            return self.statement_stop_reason
        return self.env._(
            "%(reason)s (until %(until)s)",
            reason=self.statement_stop_reason,
            until=format_date(self.env, self.statement_stop_until),
        )

    # Recipients

    def _statement_contacts(self):
        """Return the recipients: the selected contacts, or the invoice contact.

        :return: ``{customer: partners}``, the addressee first; with as many queries for
            one customer as for many
        """
        recipients = {}
        for partner in self:
            chosen = partner.commercial_partner_id.statement_contact_ids
            if not chosen or partner != partner.commercial_partner_id:
                chosen = self.browse(partner.address_get(["invoice"])["invoice"])
            recipients[partner] = (chosen or partner).ids
        all_ids = [contact for ids in recipients.values() for contact in ids]
        return {
            partner: self.browse(ids).with_prefetch(all_ids)
            for partner, ids in recipients.items()
        }

    def _statement_contact(self):
        """Return the addressee: the first of the recipients."""
        self.ensure_one()
        return self._statement_contacts()[self][:1]

    def _is_statement_reachable(self, contacts, default_way):
        """Return whether these contacts of a customer can be reached.

        For the portal, a valid email address or a portal user is enough.

        :param default_way: delivery method for customers without one of their own
        """
        way = self.commercial_partner_id.statement_delivery or default_way
        if way in ("print", "post"):
            return bool(contacts[:1].street and contacts[:1].city)
        has_email = bool((contacts | self)._mailable())
        return has_email or (way == "portal" and bool((self | contacts).user_ids))

    # Deletion

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_statements(self):
        # sudo: only counts; who deletes a customer may not be able to read statements.
        groups = (
            self.env["clerk.statement"]
            .sudo()
            ._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"], limit=1
            )
        )
        for partner, count in groups:
            raise UserError(
                plural(
                    count,
                    self.env._(
                        "%(customer)s has %(count)s statement, which proves what was "
                        "sent. Archive the contact instead of deleting it.",
                        customer=partner.display_name,
                        count=count,
                    ),
                    self.env._(
                        "%(customer)s has %(count)s statements, which prove what was "
                        "sent. Archive the contact instead of deleting it.",
                        customer=partner.display_name,
                        count=count,
                    ),
                )
            )
