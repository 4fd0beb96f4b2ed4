from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer.customer_data import is_doubtful
from ..mixin.roles import SETTINGS_READERS
from ..mixin.traces import reads


class ResPartner(models.Model):
    """Missing or doubtful master data of customers, searchable for worklists.

    Core does not ask for the right to read a field before it calls its search method.

    Payment terms and sending methods depend on the company, while a list of customers
    covers all companies: a value is missing where no company has one.
    """

    _name = "res.partner"
    _inherit = ["clerk.guarded", "res.partner"]
    _guarded_fields = frozenset({"has_doubtful_vat"})
    _guards_computed = False

    has_doubtful_vat = fields.Boolean(
        string="Doubtful Tax ID",
        compute="_compute_has_doubtful_vat",
        store=True,
        help="The tax ID does not have the format or check digits of its country.",
        groups=SETTINGS_READERS,
    )
    has_shared_vat = fields.Boolean(
        string="Duplicate Tax ID",
        compute="_compute_doubts",
        search="_search_has_shared_vat",
        help="Another customer or vendor of the same company has the same tax ID.",
        groups=SETTINGS_READERS,
    )
    lacks_email = fields.Boolean(
        string="No Email for Invoices",
        compute="_compute_doubts",
        search="_search_lacks_email",
        help="No email address, and no other sending method is set.",
        groups=SETTINGS_READERS,
    )
    lacks_terms = fields.Boolean(
        string="No Payment Terms",
        compute="_compute_doubts",
        search="_search_lacks_terms",
        help="The customer has no payment terms in any company, and no company has "
        "default payment terms.",
        groups=SETTINGS_READERS,
    )

    @api.depends("vat", "country_id")
    def _compute_has_doubtful_vat(self):
        for partner in self:
            partner.has_doubtful_vat = is_doubtful(partner.vat, partner.country_id.code)

    @api.depends("vat", "email", "commercial_partner_id", "company_id")
    def _compute_doubts(self):
        partners = self.with_context(active_test=False)
        for name in ("has_shared_vat", "lacks_email", "lacks_terms"):
            found = partners.search(
                [("id", "in", self._origin.ids), (name, "=", True)], order="id"
            )
            for partner in self:
                partner[name] = partner._origin in found

    @api.model
    @reads("email", "invoice_sending_method")
    def _search_lacks_email(self, operator, value):
        self._check_field_access(self._fields["lacks_email"], "read")
        if operator != "in":
            return NotImplemented
        other_way = self._set_somewhere("invoice_sending_method", SQL("<> 'email'"))
        lacking = Domain("email", "in", (False, "")) & ~other_way
        return lacking if True in value else ~lacking

    @api.model
    @reads("property_payment_term_id")
    def _search_lacks_terms(self, operator, value):
        self._check_field_access(self._fields["lacks_terms"], "read")
        if operator != "in":
            return NotImplemented
        lacking = ~self._set_somewhere("property_payment_term_id", SQL("IS NOT NULL"))
        if self._has_default("property_payment_term_id"):
            lacking = Domain.FALSE
        return lacking if True in value else ~lacking

    @api.model
    def _has_default(self, name):
        """Return True if a company has a default for customers without a value."""
        # sudo: reads the defaults of all companies, and returns only True or False.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        default = self._fields[name].get_company_dependent_fallback
        return any(default(self.sudo().with_company(company)) for company in companies)

    @api.model
    def _set_somewhere(self, name, condition):
        """Return a domain: a company-dependent field meets a condition anywhere."""
        self.flush_model([name])
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT id FROM res_partner WHERE EXISTS (SELECT 1"
                " FROM JSONB_EACH_TEXT(%s) AS own (company, value) WHERE value %s))",
                SQL.identifier(name),
                condition,
            ),
        )

    @api.model
    def _search_has_shared_vat(self, operator, value):
        """Search tax IDs that occur twice, regardless of spaces, dots and case.

        Only partners of the same company are compared, so that nothing is disclosed
        about the customers of another.
        """
        self._check_field_access(self._fields["has_shared_vat"], "read")
        if operator != "in":
            return NotImplemented
        self.flush_model(["vat", "commercial_partner_id", "company_id", "active"])
        twice = SQL(
            """(WITH numbered AS (
                    SELECT id, company_id, UPPER(REGEXP_REPLACE(
                        vat, '[^[:alnum:]]', '', 'g')) AS number
                      FROM res_partner
                     WHERE active AND commercial_partner_id = id AND LENGTH(vat) > 1)
                SELECT one.id FROM numbered AS one
                 WHERE EXISTS (
                    SELECT 1 FROM numbered AS other
                     WHERE other.number = one.number AND other.id <> one.id
                       AND (other.company_id IS NULL OR one.company_id IS NULL
                            OR other.company_id = one.company_id)))"""
        )
        shared = Domain("id", "in", twice)
        return shared if True in value else ~shared
