from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer.customer_data import is_doubtful


class ResPartner(models.Model):
    """What is missing or doubtful in a customer's data, to be asked of many at once.

    Terms and sending methods differ by company, and a list of customers is for all of
    them: something is missing where it is set in none.
    """

    _inherit = "res.partner"

    has_doubtful_vat = fields.Boolean(
        string="Tax ID Doubtful",
        compute="_compute_has_doubtful_vat",
        store=True,
        help="Format or check digits of the tax number are not those of its country.",
    )
    has_shared_vat = fields.Boolean(
        string="Tax ID Used Twice",
        compute="_compute_doubts",
        search="_search_has_shared_vat",
        help="Another customer or vendor of the same company has this tax number.",
    )
    lacks_email = fields.Boolean(
        string="No E-mail to Send Invoices To",
        compute="_compute_doubts",
        search="_search_lacks_email",
        help="Without an e-mail address, and no other way of sending is chosen.",
    )
    lacks_terms = fields.Boolean(
        string="No Payment Terms",
        compute="_compute_doubts",
        search="_search_lacks_terms",
        help="In no company, neither of its own nor by default.",
    )

    @api.depends("vat", "country_id")
    def _compute_has_doubtful_vat(self):
        for partner in self:
            partner.has_doubtful_vat = is_doubtful(partner.vat, partner.country_id.code)

    @api.depends("vat", "email", "commercial_partner_id", "company_id")
    def _compute_doubts(self):
        known = self.with_context(active_test=False)
        for name in ("has_shared_vat", "lacks_email", "lacks_terms"):
            found = known.search(
                [("id", "in", self._origin.ids), (name, "=", True)], order="id"
            )
            for partner in self:
                partner[name] = partner._origin in found

    @api.model
    def _search_lacks_email(self, operator, value):
        if operator != "in":
            return NotImplemented
        other_way = self._set_somewhere("invoice_sending_method", SQL("<> 'email'"))
        lacking = Domain("email", "in", (False, "")) & ~other_way
        return lacking if True in value else ~lacking

    @api.model
    def _search_lacks_terms(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacking = ~self._set_somewhere("property_payment_term_id", SQL("IS NOT NULL"))
        if self._has_usual("property_payment_term_id"):
            lacking = Domain.FALSE
        return lacking if True in value else ~lacking

    @api.model
    def _has_usual(self, name):
        """Whether a company gives a value to customers that have none of their own."""
        # sudo: asks of every company, and tells only whether there is one.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        usual = self._fields[name].get_company_dependent_fallback
        return any(usual(self.sudo().with_company(company)) for company in companies)

    @api.model
    def _set_somewhere(self, name, condition):
        """Customers whose value of a field by company fits in at least one of them."""
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
        """Whose number another one has too, but for spaces, dots and case.

        Only who would be met in the same company is compared: what another company
        knows of a customer is not told.
        """
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
