from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.phone_validation.tools.phone_validation import (
    phone_get_region_data_for_number,
)

from ...rules.call import call_number

# Thousands of customers may have a placeholder for a number, such as 000 000 000.
MAX_CALLERS = 100


def _literal(pattern):
    return "'{}'".format(pattern.replace("'", "''"))


# The tails of the numbers of a field, as in rules/call/call_number.py. The first is
# that of the number that Odoo normalised, or as it was typed if Odoo could not.
TAIL = (
    f"RIGHT(REGEXP_REPLACE(SUBSTRING(%s FROM {_literal(call_number.NUMBER)}),"
    f" '[^0-9]', '', 'g'), {call_number.TAIL_DIGITS})"
)
REST = f"REGEXP_REPLACE(%s, {_literal(call_number.NUMBER)}, '')"
HAS_NUMBER = f"%s ~ {_literal(call_number.FULL_NUMBER)}"
WRITTEN = "TRANSLATE(phone, '{}', '{}')".format(*call_number.OTHER_SCRIPTS)
FIRST = f"COALESCE(phone_sanitized, {WRITTEN})"
SECOND = REST % WRITTEN
THIRD = REST % SECOND
_DIGITS_OF = f"REGEXP_REPLACE(SUBSTRING({WRITTEN} FROM %s), '%s', '', 'g')"
# The digits of a number that is spelt with letters of the keypad.
_SPELT = "TRANSLATE({}, '{}', '{}')".format(
    _DIGITS_OF % (_literal(call_number.KEYPAD), "[^0-9A-Za-z]"), *call_number.LETTERS
)
_KEYPAD = (
    f"RIGHT(SUBSTRING({_SPELT} FROM {_literal(call_number.DIALLED)}),"
    f" {call_number.TAIL_DIGITS})"
)
# The last digits of the first of several lines, and what the others have in common with
# them. No longer text is read.
_FIRST_LINE = (
    f"RIGHT({_DIGITS_OF % (_literal(call_number.LINES), '[^0-9]')},"
    f" {call_number.TAIL_DIGITS})"
)
LINES_START = f"LEFT({_FIRST_LINE}, -{call_number.ENDING_DIGITS})"
FIRST_ENDING = f"RIGHT({_FIRST_LINE}, {call_number.ENDING_DIGITS})"
HAS_LINES = f"LENGTH(phone) <= {call_number.MAX_CHARACTERS} AND {WRITTEN} ~ " + (
    _literal(call_number.LINES)
)
HAS_LETTERS = f"LENGTH(phone) <= {call_number.MAX_CHARACTERS} AND {WRITTEN} ~ " + (
    _literal(call_number.KEYPAD)
)
OTHER_ENDINGS = (
    f"REGEXP_MATCHES(SUBSTRING({WRITTEN} FROM {_literal(call_number.LINE_ENDINGS)}),"
    f" '{call_number.ENDING}', 'g')"
)
# The expression and the condition of each index.
TAILS = (
    (TAIL % FIRST, "phone IS NOT NULL"),
    (TAIL % SECOND, HAS_NUMBER % SECOND),
    (TAIL % THIRD, HAS_NUMBER % THIRD),
    # Odoo takes words and extensions in it for digits.
    (TAIL % WRITTEN, "phone_sanitized IS NOT NULL AND phone ~ '[A-Za-z]'"),
    (_KEYPAD, HAS_LETTERS),
)


class ResPartner(models.Model):
    """Fast lookup of callers by number, among millions of contacts.

    It needs no field: an index on the end of the number serves both the exact search
    and the search by the last nine digits. Others have the few fields with several
    numbers, with letters, or with several lines in short.
    """

    _inherit = "res.partner"

    _phone_tail = models.Index("({}) WHERE {}".format(*TAILS[0]))
    _phone_tail_2 = models.Index("({}) WHERE {}".format(*TAILS[1]))
    _phone_tail_3 = models.Index("({}) WHERE {}".format(*TAILS[2]))
    _phone_tail_4 = models.Index("({}) WHERE {}".format(*TAILS[3]))
    _phone_keypad = models.Index("({}) WHERE {}".format(*TAILS[4]))
    _phone_lines = models.Index(f"({LINES_START}) WHERE {HAS_LINES}")

    @api.model
    def _find_callers(self, number, company=None):
        """Return the contacts with a number that the user may read.

        These are contacts with exactly this number, read as a number of the company's
        country, or else those with a number that ends with the same nine digits, or is
        the same without country code and trunk zero. Customers with overdue or other
        open items come first; at most a hundred are returned. The customers are their
        ``commercial_partner_id``.

        :param str number: as written, dialled or sent; names, extensions and prefixes
            of phone systems are ignored, and each of several numbers is looked up
        :param company: the company of the contacts; by default the current one
        :raises UserError: the number is invalid
        """
        company = company or self.env.company
        exact, tails = set(), set()
        for dialled in self._dialled_numbers(number):
            formatted = self._phone_format(number=dialled, country=company.country_id)
            data = phone_get_region_data_for_number(formatted) if formatted else {}
            exact.add(formatted)
            tails |= call_number.similar_tails(dialled)
            tails |= call_number.similar_tails(
                formatted or dialled, data.get("national_number", "")
            )
        of_company = Domain(self._check_company_domain(company))
        similar = of_company & self._domain_of_tails(tails)
        is_exact = Domain("phone_sanitized", "in", list(exact - {False}))
        callers = self._first_callers(similar & is_exact)
        callers = callers or self._first_callers(similar)
        return callers._rank_callers(company)

    @api.model
    def _dialled(self, number):
        """Return the first number of a text, as it is dialled.

        :raises UserError: there is none
        """
        return self._dialled_numbers(number)[0]

    @api.model
    def _dialled_numbers(self, number):
        try:
            return call_number.numbers(number or "")
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
            # The conditions of the indexes, in which columns have no alias. Each is a
            # query of its own: only then does PostgreSQL use what it knows about the
            # numbers, and expect a few contacts rather than thousands.
            queries = [
                SQL(
                    "SELECT id FROM res_partner WHERE %s = ANY(%s) AND %s",
                    SQL(tail),
                    list(tails),
                    SQL(condition),
                )
                for tail, condition in TAILS
            ]
            return SQL(
                "%s.id IN (%s)",
                SQL.identifier(alias),
                SQL(" UNION ALL ").join([*queries, self._of_lines_sql(tails)]),
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _of_lines_sql(self, tails):
        """Return SQL of the contacts with several lines in short, of which one has one
        of the tails.
        """
        parts = [
            (tail[: -call_number.ENDING_DIGITS], tail[-call_number.ENDING_DIGITS :])
            for tail in sorted(tails)
        ]
        return SQL(
            """SELECT id FROM res_partner
                WHERE %(start)s = ANY(%(starts)s) AND %(has_lines)s AND EXISTS (
                    SELECT 1
                      FROM UNNEST(%(starts)s, %(endings)s) AS dialled (start, ending),
                           LATERAL (SELECT %(first)s AS ending) AS first,
                           LATERAL %(others)s AS other (found),
                           LATERAL (SELECT LEFT(first.ending, -LENGTH(found[2]))
                                           || found[2] AS ending) AS last
                     WHERE dialled.start = %(start)s
                       AND CASE WHEN found[1] ~ %(through)s
                           THEN dialled.ending BETWEEN first.ending AND last.ending
                           ELSE dialled.ending IN (first.ending, last.ending) END)""",
            start=SQL(LINES_START),
            starts=[start for start, _ending in parts],
            endings=[ending for _start, ending in parts],
            has_lines=SQL(HAS_LINES),
            first=SQL(FIRST_ENDING),
            others=SQL(OTHER_ENDINGS),
            through=call_number.THROUGH,
        )

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
                ("is_unsettled", "=", True),
                ("balance", ">", 0),
            ],
            ["partner_id"],
        )
        return self.browse().union(*(partner for (partner,) in rows))
