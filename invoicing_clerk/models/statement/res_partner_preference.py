from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.statement import statement as rules

# A contact shows what its company has, and what is written on it reaches that.
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
    """How a customer wants statements, kept on the commercial partner.

    What is empty follows the run, so that only the customers who want it otherwise
    need anything at all. The fields bear no groups: core copies them between a company
    and its contacts with the rights of whoever edits the address.
    """

    _inherit = "res.partner"

    statement_type = fields.Selection(
        rules.TYPES, help="Empty: as the run that makes them."
    )
    statement_frequency = fields.Selection(
        rules.FREQUENCIES, help="Empty: every month."
    )
    statement_delivery = fields.Selection(
        rules.DELIVERY_WAYS,
        string="Statements Go",
        tracking=True,
        help="Empty: as the run that makes them.",
    )
    statement_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Statement Language",
        help="Empty: as the run says, or the customer's own.",
    )
    # As core's credit limit: each company sets its own, in its own currency.
    statement_minimum = fields.Float(
        company_dependent=True,
        digits="Account",
        help="Who owes less than this gets none. 0: as the run says.",
    )
    statement_stop_reason = fields.Char(
        string="Statements Stopped Because",
        tracking=True,
        help="While there is a reason, a run leaves the customer out and says why.",
    )
    statement_stop_until = fields.Date(
        string="Stopped Until",
        tracking=True,
        help="The last day without statements. Empty: until the reason is removed.",
    )
    statement_contact_ids = fields.Many2many(
        "res.partner",
        "clerk_statement_contact_rel",
        "partner_id",
        "contact_id",
        string="Statements Go To",
        help="Empty: the contact for invoices, and the customer where there is none.",
    )
    is_statement_stopped = fields.Boolean(
        string="Statements Stopped",
        compute="_compute_is_statement_stopped",
        search="_search_is_statement_stopped",
    )

    @api.model
    def _synced_commercial_fields(self):
        return [*super()._synced_commercial_fields(), *PREFERENCES]

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
        return Domain.OR(stopped if wanted else ~stopped for wanted in set(value))

    @api.onchange("statement_stop_reason")
    def _onchange_statement_stop_reason(self):
        if not self.statement_stop_reason:
            self.statement_stop_until = False

    @api.constrains("statement_stop_reason", "statement_stop_until")
    def _check_statement_stop(self):
        if self.env.context.get("keep_statement_stop"):
            return
        # Contacts carry copies, which may be old: only where it counts.
        for partner in self.filtered(lambda each: each == each.commercial_partner_id):
            until = partner.statement_stop_until
            if until and not partner.statement_stop_reason:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: say why statements are stopped until %(until)s, "
                        "or remove the date.",
                        customer=partner.display_name,
                        until=until,
                    )
                )
            if until and until < self._statement_today():
                raise ValidationError(
                    self.env._(
                        "%(customer)s: %(until)s has passed, so it would stop nothing. "
                        "Give a later day, or remove the reason and the day.",
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
                        "%(customer)s: the smallest statement cannot be below zero "
                        "(%(minimum)s).",
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

    def _statement_stop_words(self):
        """Why, and until when if somebody said so."""
        self.ensure_one()
        if not self.statement_stop_until:
            return self.statement_stop_reason
        return self.env._(
            "%(reason)s (until %(until)s)",
            reason=self.statement_stop_reason,
            until=format_date(self.env, self.statement_stop_until),
        )

    # Who is reached

    def _statement_contacts(self):
        """Who gets it: those chosen, else the contact for invoices, else himself.

        :return: for each of these customers the partners, the one to whom it is
            addressed first; asked in as many queries for one as for all
        """
        found = {}
        for partner in self:
            chosen = partner.commercial_partner_id.statement_contact_ids
            if not chosen or partner != partner.commercial_partner_id:
                chosen = self.browse(partner.address_get(["invoice"])["invoice"])
            found[partner] = (chosen or partner).ids
        everybody = [contact for ids in found.values() for contact in ids]
        return {
            partner: self.browse(ids).with_prefetch(everybody)
            for partner, ids in found.items()
        }

    def _statement_contact(self):
        """To whom it is addressed: the first of those who get it."""
        self.ensure_one()
        return self._statement_contacts()[self][:1]

    def _is_statement_reachable(self, contacts, otherwise):
        """Whether these contacts of a customer can be reached by his way of delivery,
        or the one of the run where he has none. A mail is enough to tell of the portal.
        """
        way = self.commercial_partner_id.statement_delivery or otherwise
        if way in ("print", "post"):
            return bool(contacts[:1].street and contacts[:1].city)
        has_email = any(contacts.mapped("email")) or bool(self.email)
        return has_email or (way == "portal" and bool((self | contacts).user_ids))

    # What there is

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_statements(self):
        # sudo: only counts; who deletes a customer may not read what was sent to him.
        groups = (
            self.env["clerk.statement"]
            .sudo()
            ._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"], limit=1
            )
        )
        for partner, count in groups:
            raise UserError(
                self.env._(
                    "%(customer)s is on %(count)s statements, which prove what was "
                    "sent. Archive the contact instead of deleting it.",
                    customer=partner.display_name,
                    count=count,
                )
            )
