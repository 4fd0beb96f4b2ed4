from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.call import call_number

# Thousands of customers may have a placeholder for a number, such as 000 000 000.
MAX_CALLERS = 100

# The tail of a number, as in rules/call/call_number.py, from the number that Odoo
# normalised, or as it was typed if Odoo could not.
TAIL = (
    "RIGHT(REGEXP_REPLACE(SUBSTRING(COALESCE(%s, %s)"
    " FROM '^[^0-9]*[0-9][^a-zA-Z#;,]*'), '[^0-9]', '', 'g'), 9)"
)


class ResPartner(models.Model):
    """Fast lookup of callers by number, among millions of contacts.

    It needs no field: one index on the end of the number serves both the exact search
    and the search by the last nine digits.
    """

    _inherit = "res.partner"

    _phone_tail = models.Index(
        f"({TAIL % ('phone_sanitized', 'phone')}) WHERE phone IS NOT NULL"
    )

    @api.model
    def _find_callers(self, number, company=None):
        """Return the contacts with a number that the user may read.

        These are contacts with exactly this number, read as a number of the company's
        country, or else those whose number ends with the same nine digits. Customers
        with overdue or other open items come first; at most a hundred are returned. The
        customers are their ``commercial_partner_id``.

        :param str number: as written, dialled or sent; an extension is ignored
        :param company: the company of the contacts; by default the current one
        :raises UserError: the number is invalid
        """
        company = company or self.env.company
        dialled = self._dialled(number)
        exact = self._phone_format(number=dialled, country=company.country_id)
        tails = {call_number.tail(each) for each in (exact, dialled) if each}
        of_company = Domain(self._check_company_domain(company))
        similar = of_company & self._domain_of_tails(tails)
        callers = self._first_callers(similar & Domain("phone_sanitized", "=", exact))
        callers = callers or self._first_callers(similar)
        return callers._rank_callers(company)

    @api.model
    def _dialled(self, number):
        try:
            return call_number.dialled(number or "")
        except call_number.NotANumberError as error:
            raise UserError(
                self.env._(
                    "“%(number)s” is not a phone number. Enter its digits, optionally "
                    "after + and the country code, or before “ext. 12”.",
                    number=error,
                )
            ) from error

    @api.model
    def _domain_of_tails(self, tails):
        def to_sql(_model, alias, _query):
            columns = (SQL.identifier(alias, c) for c in ("phone_sanitized", "phone"))
            return SQL(
                "(%s = ANY(%s) AND %s IS NOT NULL)",
                SQL(TAIL, *columns),
                list(tails),
                SQL.identifier(alias, "phone"),
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _first_callers(self, domain):
        """Search in an order without an index, so that the database uses the index on
        numbers.
        """
        return self.search(domain, order="customer_rank DESC", limit=MAX_CALLERS)

    def _rank_callers(self, company):
        if len(self) < 2:
            return self
        owing = self._owing_customers(company)
        return self.sorted(
            lambda caller: (
                caller.commercial_partner_id not in owing,
                -caller.customer_rank,
                caller != caller.commercial_partner_id,
                caller.id,
            )
        )

    def _owing_customers(self, company):
        rows = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "child_of", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ],
            ["partner_id"],
        )
        return self.browse().union(*(partner for (partner,) in rows))
