from odoo import api, models
from odoo.tools import SQL

from ..mixin.facts import Reason, facts
from .billing_check_source import found_columns

# A PDF that was sent: Odoo detaches it when its document is reset to draft.
IS_DETACHED = SQL(
    "(file.res_field IS NULL AND file.mimetype = 'application/pdf'"
    " AND file.name ~ '[(].*[)][.]pdf$')"
)


class ClerkBillingCheck(models.Model):
    """ARITH, NUMBER, ZERO, NEGATIVE and STALE: what a document says of itself."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "tax_amount": Reason(
                self.env._("Tax Amount"),
                self.env._(
                    "%(tax_name)s on %(amount_base)s is %(amount_expected)s, not "
                    "%(amount_found)s."
                ),
                self.env._("%(amount_expected)s"),
                self.env._("%(amount_found)s"),
            ),
            "line_amount": Reason(
                self.env._("Line Amount"),
                self.env._(
                    "“%(label)s”: quantity, price and discount make "
                    "%(amount_expected)s, not %(amount_found)s."
                ),
                self.env._("%(amount_expected)s"),
                self.env._("%(amount_found)s"),
            ),
            "total": Reason(
                self.env._("Untaxed Total"),
                self.env._(
                    "The lines add up to %(amount_expected)s, but the untaxed total is "
                    "%(amount_found)s."
                ),
                self.env._("%(amount_expected)s"),
                self.env._("%(amount_found)s"),
            ),
            "number_gap": Reason(
                self.env._("Missing Number"),
                self.env._(
                    "No document has a number between %(number_last)s and %(name)s in "
                    "the series %(series)s."
                ),
                self.env._("%(series)s%(number_next)s"),
                self.env._("%(name)s"),
            ),
            "zero": Reason(
                self.env._("Billed at Zero"),
                self.env._(
                    "“%(label)s” is billed at zero; its sales price is "
                    "%(company_price)s."
                ),
                self.env._("%(company_price)s"),
                self.env._("0"),
            ),
            "negative": Reason(
                self.env._("Negative Total"),
                self.env._(
                    "The total is %(amount_total)s: issue the opposite document "
                    "instead."
                ),
                found=self.env._("%(amount_total)s"),
            ),
            "stale": Reason(
                self.env._("Changed After Sending"),
                self.env._(
                    "It was reset to draft after it had been sent, and posted again: "
                    "the "
                    "customer has a previous version, from %(date_sent)s."
                ),
                found=self.env._("%(date_sent)s"),
            ),
        }

    # ARITH

    def _find_arith(self, books):
        """Find taxes, lines and totals that do not add up.

        Only percentages are computed. A tax may differ by rounding, which depends on
        the number of lines: see `rules.document_check.tax_tolerance`.
        """
        return SQL(
            "WITH document AS MATERIALIZED (%s) %s UNION ALL %s UNION ALL %s",
            self._signed_documents_sql(books),
            self._tax_amounts_sql(books),
            self._line_amounts_sql(books),
            self._totals_sql(),
        )

    @api.model
    def _signed_documents_sql(self, books):
        """Return documents: their entries have amounts of the opposite sign."""
        return SQL(
            """SELECT move.id, move.amount_untaxed,
                      company.tax_calculation_rounding_method = 'round_globally'
                          AS is_rounded_once,
                      CASE move.move_type WHEN 'out_refund' THEN 1 ELSE -1 END AS sign,
                      currency.rounding::numeric AS unit,
                      currency.decimal_places AS places
                 FROM account_move AS move
                 JOIN res_currency AS currency ON currency.id = move.currency_id
                 JOIN res_company AS company ON company.id = move.company_id
                WHERE move.id IN %s""",
            books.documents(),
        )

    def _tax_amounts_sql(self, books):
        """Return taxes that are not base × rate, of documents with such taxes."""
        return SQL(
            """(WITH taxed AS (
                SELECT line.move_id, line.tax_line_id, line.tax_repartition_line_id,
                       SUM(line.amount_currency) AS tax
                  FROM account_move_line AS line
                  JOIN document ON document.id = line.move_id
                 WHERE line.display_type = 'tax' AND line.tax_line_id IS NOT NULL
                 GROUP BY 1, 2, 3),
            part AS (
                SELECT taxed.*, (tax.amount * share.factor_percent / 100)::numeric
                           AS percent,
                       tax.name
                  FROM taxed
                  JOIN account_tax AS tax ON tax.id = taxed.tax_line_id
                  JOIN account_tax_repartition_line AS share
                    ON share.id = taxed.tax_repartition_line_id
                 WHERE tax.amount_type = 'percent'),
            applied AS (
                SELECT rel.account_move_line_id, rel.account_tax_id
                  FROM account_move_line_account_tax_rel AS rel
                UNION
                SELECT rel.account_move_line_id, member.child_tax
                  FROM account_move_line_account_tax_rel AS rel
                  JOIN account_tax_filiation_rel AS member
                    ON member.parent_tax = rel.account_tax_id),
            based AS (
                SELECT part.move_id, part.tax_line_id, part.tax_repartition_line_id,
                       part.percent, part.tax, part.name,
                       SUM(line.amount_currency) AS base, COUNT(*) AS lines
                  FROM part
                  JOIN account_move_line AS line ON line.move_id = part.move_id
                  JOIN applied ON applied.account_move_line_id = line.id
                   AND applied.account_tax_id = part.tax_line_id
                 GROUP BY 1, 2, 3, 4, 5, 6)
            SELECT %(columns)s
              FROM based JOIN document ON document.id = based.move_id
             WHERE ABS(base * percent / 100 - tax)
                   > unit / 2 * (1 + lines) + %(most)s)""",
            most=books.tolerance,
            columns=found_columns(
                "tax_amount",
                SQL("based.move_id"),
                facts(
                    tax_name=SQL("based.tax_line_id"),
                    amount_base=SQL("based.base * document.sign"),
                    amount_expected=SQL(
                        "ROUND(based.base * percent / 100, places) * document.sign"
                    ),
                    amount_found=SQL("based.tax * document.sign"),
                ),
                amount=SQL(
                    "(based.tax - ROUND(base * percent / 100, places)) * document.sign"
                ),
            ),
        )

    def _line_amounts_sql(self, books):
        """Return lines whose amount is not quantity × price less discount.

        Prices that include taxes make other amounts.
        """
        return SQL(
            """(SELECT %(columns)s
                 FROM account_move_line AS line
                 JOIN document ON document.id = line.move_id
                CROSS JOIN LATERAL (SELECT ROUND((line.quantity * line.price_unit
                        * (1 - COALESCE(line.discount, 0) / 100))::numeric, places)
                    AS amount) AS exact
                WHERE line.display_type = 'product'
                  AND ABS(line.price_subtotal - exact.amount) > unit + %(most)s
                  AND NOT EXISTS (
                    SELECT 1 FROM account_move_line_account_tax_rel AS rel
                      JOIN account_tax AS tax ON tax.id = rel.account_tax_id
                     WHERE rel.account_move_line_id = line.id
                       AND (tax.amount_type NOT IN ('percent', 'fixed')
                            OR COALESCE(tax.price_include_override, %(company)s)
                               = 'tax_included')))""",
            most=books.tolerance,
            company=books.company.account_price_include,
            columns=found_columns(
                "line_amount",
                SQL("line.move_id"),
                facts(
                    label=SQL("line.name"),
                    amount_expected=SQL("exact.amount"),
                    amount_found=SQL("line.price_subtotal"),
                ),
                line=SQL("line.id"),
                amount=SQL("line.price_subtotal - exact.amount"),
            ),
        )

    def _totals_sql(self):
        """Return totals that are not the sum of the lines.

        Where taxes are rounded once for the document, each line may be half a unit off.
        """
        return SQL(
            """(SELECT %s FROM (
                SELECT document.id, document.amount_untaxed,
                       document.unit / 2
                           * CASE WHEN document.is_rounded_once THEN COUNT(*) ELSE 1 END
                           AS tolerance,
                       SUM(line.price_subtotal) AS lines
                  FROM document
                  JOIN account_move_line AS line ON line.move_id = document.id
                   AND line.display_type = 'product'
                 GROUP BY document.id, document.amount_untaxed, document.unit,
                       document.is_rounded_once) AS summed
                WHERE ABS(amount_untaxed - lines) > tolerance
                  AND NOT EXISTS (
                    SELECT 1 FROM account_move_line AS line
                     WHERE line.move_id = summed.id
                       AND line.display_type
                           IN ('rounding', 'non_deductible_product')))""",
            found_columns(
                "total",
                SQL("summed.id"),
                facts(
                    amount_expected=SQL("summed.lines"),
                    amount_found=SQL("summed.amount_untaxed"),
                ),
                amount=SQL("summed.amount_untaxed - summed.lines"),
            ),
        )

    # NUMBER

    def _find_number(self, books):
        """Find the document that follows a number which no document has.

        Numbers of cancelled documents and of those reset to draft exist. The first
        number of a series may be any.
        """
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                CROSS JOIN LATERAL (
                    SELECT MAX(earlier.sequence_number) AS number
                      FROM account_move AS earlier
                     WHERE earlier.journal_id = move.journal_id
                       AND earlier.sequence_prefix = move.sequence_prefix
                       AND earlier.sequence_number < move.sequence_number) AS last
                WHERE move.id IN %(documents)s
                  AND move.made_sequence_gap
                  AND last.number < move.sequence_number - 1""",
            documents=books.documents(drafts=False),
            columns=found_columns(
                "number_gap",
                SQL("move.id"),
                facts(
                    name=SQL("move.name"),
                    series=SQL("move.sequence_prefix"),
                    number_last=SQL("last.number"),
                    number_next=SQL("last.number + 1"),
                ),
            ),
        )

    # ZERO, NEGATIVE, STALE

    def _find_zero(self, books):
        """Find lines at price zero of products that have a sales price.

        A discount of 100% is given on purpose, and so are free units beside billed ones
        of the same product.
        """
        return SQL(
            """SELECT %(columns)s
                 FROM account_move_line AS line
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                WHERE line.move_id IN %(documents)s
                  AND line.display_type = 'product'
                  AND line.price_unit = 0 AND line.quantity <> 0
                  AND COALESCE(line.discount, 0) = 0
                  AND template.list_price > %(most)s
                  AND NOT EXISTS (
                    SELECT 1 FROM account_move_line AS other
                     WHERE other.move_id = line.move_id
                       AND other.product_id = line.product_id
                       AND other.price_unit <> 0)""",
            documents=books.documents([("move_type", "!=", "out_refund")]),
            most=books.tolerance,
            columns=found_columns(
                "zero",
                SQL("line.move_id"),
                facts(label=SQL("line.name"), company_price=SQL("template.list_price")),
                line=SQL("line.id"),
                amount=SQL(
                    "-line.quantity * template.list_price * COALESCE((SELECT"
                    " invoice_currency_rate FROM account_move WHERE id = "
                    "line.move_id), 1)"
                ),
            ),
        )

    def _find_negative(self, books):
        """Find documents with a total below zero."""
        return SQL(
            "SELECT %s FROM account_move AS move"
            " WHERE move.id IN %s AND move.amount_total < -%s",
            found_columns(
                "negative",
                SQL("move.id"),
                facts(amount_total=SQL("move.amount_total")),
            ),
            books.documents(),
            books.tolerance,
        )

    def _find_stale(self, books):
        """Find documents that were sent, reset to draft and posted again.

        Odoo detaches the PDF that was sent when a document is reset to draft; it keeps
        the mark that it was sent.
        """
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                CROSS JOIN LATERAL (
                    SELECT MAX(file.create_date) AS day FROM ir_attachment AS file
                     WHERE file.res_model = 'account.move' AND file.res_id = move.id
                       AND %(is_detached)s) AS sent
                WHERE move.id IN %(documents)s
                  AND sent.day IS NOT NULL
                  AND NOT EXISTS (
                    SELECT 1 FROM ir_attachment AS file
                     WHERE file.res_model = 'account.move' AND file.res_id = move.id
                       AND file.res_field = 'invoice_pdf_report_file')""",
            documents=books.documents([("is_move_sent", "=", True)], drafts=False),
            is_detached=IS_DETACHED,
            columns=found_columns(
                "stale", SQL("move.id"), facts(date_sent=SQL("sent.day::date"))
            ),
        )
