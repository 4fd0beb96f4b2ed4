from odoo import api, models
from odoo.tools import SQL

from ..mixin.facts import Reason, facts
from .billing_check_source import found_columns


class ClerkBillingCheck(models.Model):
    """TAX, TERMS, RATE and LIMIT: a document against the data it is made from.

    What was right when the document was made is not reported because products,
    customers or rates have been changed since.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "tax": Reason(
                self.env._("Taxes of the Product"),
                self.env._(
                    "“%(label)s” is billed with %(taxes_found)s, but its product has "
                    "%(taxes_expected)s."
                ),
                self.env._("%(taxes_expected)s"),
                self.env._("%(taxes_found)s"),
            ),
            "position": Reason(
                self.env._("Fiscal Position"),
                self.env._(
                    "The customer has the fiscal position %(position_expected)s, but "
                    "%(position_found)s was used."
                ),
                self.env._("%(position_expected)s"),
                self.env._("%(position_found)s"),
            ),
            "terms": Reason(
                self.env._("Payment Terms"),
                self.env._(
                    "The payment terms of the customer are %(term_expected)s, but the "
                    "document has %(term_found)s."
                ),
                self.env._("%(term_expected)s"),
                self.env._("%(term_found)s"),
            ),
            "rate": Reason(
                self.env._("Exchange Rate"),
                self.env._(
                    "The rate is %(rate_found)s, but %(rate_expected)s according to "
                    "the rate table (%(share_off)s off)."
                ),
                self.env._("%(rate_expected)s"),
                self.env._("%(rate_found)s"),
            ),
            "no_rate": Reason(
                self.env._("No Exchange Rate"),
                self.env._(
                    "There was no rate for %(date_rate)s or before: %(rate_found)s was "
                    "used."
                ),
                found=self.env._("%(rate_found)s"),
            ),
            "limit": Reason(
                self.env._("Over the Credit Limit"),
                self.env._(
                    "With this document the customer owes %(company_total)s, more than "
                    "the credit limit of %(company_limit)s."
                ),
                self.env._("%(company_limit)s"),
                self.env._("%(company_total)s"),
            ),
        }

    # TAX

    def _find_tax(self, books):
        """Find lines with other taxes than their product has by the fiscal position.

        Products without taxes, lines without products, taxes that have been archived,
        and products that were changed after the document was made are excluded.
        """
        return SQL(
            """WITH %(lines)s,
            should AS (
                SELECT line.id, ARRAY_AGG(DISTINCT COALESCE(other.dest_tax_id, tax.id)
                       ORDER BY COALESCE(other.dest_tax_id, tax.id)) AS taxes
                  FROM line
                  JOIN product_taxes_rel AS rel ON rel.prod_id = line.template_id
                  JOIN account_tax AS tax ON tax.id = rel.tax_id AND tax.active
                   AND tax.company_id = ANY(%(companies)s)
                  LEFT JOIN (
                    SELECT alternative.src_tax_id, alternative.dest_tax_id,
                           mapped.account_fiscal_position_id AS position_id
                      FROM account_tax_alternatives AS alternative
                      JOIN account_fiscal_position_account_tax_rel AS mapped
                        ON mapped.account_tax_id = alternative.dest_tax_id) AS other
                    ON other.src_tax_id = tax.id
                   AND other.position_id = line.fiscal_position_id
                 GROUP BY line.id),
            has AS (
                SELECT line.id, ARRAY_AGG(tax.id ORDER BY tax.id) AS taxes,
                       BOOL_AND(tax.active) AS are_active
                  FROM line
                  JOIN account_move_line_account_tax_rel AS rel
                    ON rel.account_move_line_id = line.id
                  JOIN account_tax AS tax ON tax.id = rel.account_tax_id
                 GROUP BY line.id),
            compared AS (
                SELECT line.*, COALESCE(has.taxes, '{}') AS found,
                       CASE WHEN line.fiscal_position_id IS NULL OR EXISTS (
                            SELECT 1
                              FROM account_fiscal_position_account_tax_rel AS mapped
                             WHERE mapped.account_fiscal_position_id
                                   = line.fiscal_position_id)
                            THEN should.taxes ELSE '{}' END AS expected
                  FROM line JOIN should USING (id) LEFT JOIN has USING (id)
                 WHERE COALESCE(has.are_active, TRUE))
            SELECT %(columns)s FROM compared WHERE found <> expected
            UNION ALL %(positions)s""",
            lines=self._taxed_lines_sql(books),
            companies=(books.company | books.company.parent_ids).ids,
            positions=self._positions_sql(books),
            columns=found_columns(
                "tax",
                SQL("compared.move_id"),
                facts(
                    label=SQL("compared.label"),
                    taxes_expected=SQL("compared.expected"),
                    taxes_found=SQL("compared.found"),
                ),
                line=SQL("compared.id"),
                amount=self._tax_effect_sql(),
            ),
        )

    def _taxed_lines_sql(self, books):
        return SQL(
            """line AS MATERIALIZED (
                SELECT line.id, line.move_id, line.name AS label, line.price_subtotal,
                       move.fiscal_position_id, template.id AS template_id
                  FROM account_move AS move
                  JOIN account_move_line AS line ON line.move_id = move.id
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template
                    ON template.id = product.product_tmpl_id
                 WHERE move.id IN %(documents)s
                   AND line.display_type = 'product'
                   AND line.price_subtotal <> 0
                   AND (template.write_date <= move.create_date OR %(known)s))""",
            documents=books.documents(),
            known=books.known(SQL("move.id"), SQL("line.id")),
        )

    @api.model
    def _tax_effect_sql(self):
        """Return what the percentages of the taxes make too much or too little."""
        return SQL(
            """compared.price_subtotal / 100 * (SELECT
                COALESCE(SUM(tax.amount) FILTER (WHERE tax.id = ANY(compared.found)), 0)
                - COALESCE(SUM(tax.amount) FILTER (
                    WHERE tax.id = ANY(compared.expected)), 0)
                  FROM account_tax AS tax
                 WHERE tax.id = ANY(compared.found || compared.expected)
                   AND tax.amount_type = 'percent')"""
        )

    def _positions_sql(self, books):
        """Return documents without the fiscal position that was set on the customer."""
        expected = books.partner_column("partner", "property_account_position_id")
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                 JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
                 JOIN account_fiscal_position AS position ON position.id = %(expected)s
                WHERE move.id IN %(documents)s AND position.active
                  AND move.fiscal_position_id IS DISTINCT FROM position.id
                  AND (partner.write_date <= move.create_date OR %(known)s)""",
            documents=books.documents([("move_type", "!=", "out_refund")]),
            expected=expected,
            known=books.known(SQL("move.id")),
            columns=found_columns(
                "position",
                SQL("move.id"),
                facts(
                    position_expected=SQL("position.id"),
                    position_found=SQL("move.fiscal_position_id"),
                ),
            ),
        )

    # TERMS

    def _find_terms(self, books):
        """Find invoices with other payment terms than the customer has.

        Customers without terms have agreed to nothing; what was paid the same day needs
        none.
        """
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                 JOIN res_partner AS partner ON partner.id = move.partner_id
                 JOIN account_payment_term AS term ON term.id = %(expected)s
                WHERE move.id IN %(documents)s AND term.active
                  AND move.invoice_payment_term_id IS DISTINCT FROM term.id
                  AND NOT (move.payment_state IN ('paid', 'in_payment')
                           AND move.invoice_date_due <= move.invoice_date)
                  AND (partner.write_date <= move.create_date OR %(known)s)
                  AND %(decides)s""",
            documents=books.documents([("move_type", "=", "out_invoice")]),
            decides=self._customer_decides_sql(),
            expected=books.partner_column("partner", "property_payment_term_id"),
            known=books.known(SQL("move.id")),
            columns=found_columns(
                "terms",
                SQL("move.id"),
                facts(
                    term_expected=SQL("term.id"),
                    term_found=SQL("move.invoice_payment_term_id"),
                ),
            ),
        )

    def _customer_decides_sql(self):
        """Return whether the customer decides the terms of ``move``, as SQL."""
        return SQL("TRUE")

    # RATE

    def _find_rate(self, books):
        """Find documents in foreign currency at another rate than the rate table has.

        Rates that were entered later do not count. Without any rate Odoo uses the first
        later one, or 1.
        """
        return SQL(
            """WITH document AS MATERIALIZED (
                SELECT move.id, move.amount_total, move.create_date,
                       move.currency_id, COALESCE(move.invoice_date, move.date) AS day,
                       NULLIF(move.invoice_currency_rate, 0)::numeric AS found,
                       CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign
                  FROM account_move AS move
                 WHERE move.id IN %(documents)s AND move.currency_id <> %(currency)s),
            rated AS (
                SELECT document.*, %(now)s AS expected, %(then)s AS expected_then,
                       %(own)s AS own
                  FROM document)
            SELECT %(off)s FROM rated
             WHERE expected IS NOT NULL
               AND ABS(found / (expected / own) - 1) > %(most)s
               AND (expected_then IS NULL
                    OR ABS(found / (expected_then / own) - 1) > %(most)s)
            UNION ALL
            SELECT %(none)s FROM rated WHERE expected IS NULL AND found IS NOT NULL""",
            documents=books.documents(),
            currency=books.currency.id,
            most=books.tolerance / 100,
            now=self._rate_sql(books, SQL("document.currency_id")),
            then=self._rate_sql(books, SQL("document.currency_id"), known=True),
            own=SQL("COALESCE(%s, 1)", self._rate_sql(books, books.currency.id)),
            off=self._rate_columns(),
            none=found_columns(
                "no_rate",
                SQL("rated.id"),
                facts(date_rate=SQL("rated.day"), rate_found=SQL("rated.found")),
            ),
        )

    @api.model
    def _rate_columns(self):
        expected = SQL("(rated.expected / rated.own)")
        return found_columns(
            "rate",
            SQL("rated.id"),
            facts(
                rate_expected=SQL("ROUND(%s, 6)", expected),
                rate_found=SQL("ROUND(rated.found, 6)"),
                share_off=SQL("ROUND(ABS(rated.found / %s - 1), 4)", expected),
            ),
            company_amount=SQL(
                "rated.sign * rated.amount_total * (1 / rated.found - 1 / %s)", expected
            ),
        )

    def _rate_sql(self, books, currency, known=False):
        """Return the rate of a currency on the day of a document, as Odoo selects it.

        :param known: only among rates that were entered before the document was made
        """
        return SQL(
            """(SELECT rate.rate::numeric FROM res_currency_rate AS rate
                 WHERE rate.currency_id = %s AND rate.name <= document.day
                   AND COALESCE(rate.company_id, %s) = %s AND %s
                 ORDER BY rate.company_id, rate.name DESC LIMIT 1)""",
            currency,
            books.company.root_id.id,
            books.company.root_id.id,
            SQL("rate.create_date <= document.create_date") if known else SQL("TRUE"),
        )

    # LIMIT

    def _find_limit(self, books):
        """Find the latest invoice of customers who owe more than their credit limit."""
        return SQL(
            """WITH owed AS MATERIALIZED (
                SELECT contact.commercial_partner_id AS customer,
                       SUM(line.amount_residual) AS total
                  FROM account_move_line AS line
                  JOIN account_account AS account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner AS contact ON contact.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                 GROUP BY 1),
            latest AS (
                SELECT DISTINCT ON (move.commercial_partner_id) move.id,
                       COALESCE(owed.total, 0) + CASE move.state WHEN 'draft'
                            THEN move.amount_total_signed ELSE 0 END AS total,
                       %(limit)s::numeric AS credit_limit
                  FROM account_move AS move
                  JOIN res_partner AS customer
                    ON customer.id = move.commercial_partner_id
                  LEFT JOIN owed ON owed.customer = move.commercial_partner_id
                 WHERE move.id IN %(documents)s
                   AND (move.state = 'draft' OR move.amount_residual > 0)
                 ORDER BY move.commercial_partner_id, move.state = 'draft' DESC,
                       move.invoice_date DESC, move.id DESC)
            SELECT %(columns)s FROM latest
             WHERE %(used)s AND credit_limit > 0 AND total > credit_limit""",
            company=books.company.id,
            used=bool(books.company.account_use_credit_limit),
            limit=books.partner_column("customer", "credit_limit"),
            documents=books.documents([("move_type", "=", "out_invoice")]),
            columns=found_columns(
                "limit",
                SQL("latest.id"),
                facts(
                    company_limit=SQL("latest.credit_limit"),
                    company_total=SQL("latest.total"),
                ),
            ),
        )
