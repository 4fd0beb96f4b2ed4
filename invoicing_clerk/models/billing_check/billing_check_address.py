from odoo import api, models
from odoo.tools import SQL

from ..mixin.facts import Reason, facts
from .billing_check_source import found_columns


class ClerkBillingCheck(models.Model):
    """ADDRESS: the address to which a document was sent."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "address": Reason(
                self.env._("Incomplete Address"),
                self.env._("Missing in the invoice address: %(fields_missing)s."),
                expected=self.env._("%(fields_missing)s"),
            ),
        }

    def _find_address(self, books):
        """Find documents to companies whose address or tax ID is incomplete.

        Private customers may get an invoice without an address. The tax ID is needed
        where the fiscal position requires it. Addresses that were shortened after the
        document was made were longer on it.
        """
        return SQL(
            """SELECT %(columns)s FROM (
                SELECT move.id, ARRAY_REMOVE(ARRAY[%(parts)s], NULL) AS missing
                  FROM account_move AS move
                  JOIN res_partner AS partner ON partner.id = move.partner_id
                  JOIN res_partner AS customer
                    ON customer.id = move.commercial_partner_id
                  LEFT JOIN res_country AS country ON country.id = partner.country_id
                  LEFT JOIN account_fiscal_position AS position
                    ON position.id = move.fiscal_position_id
                 WHERE move.id IN %(documents)s AND customer.is_company
                   AND (move.state = 'draft' OR NOT %(shortened)s OR %(known)s)) AS row
             WHERE row.missing <> '{}'""",
            documents=books.documents(),
            shortened=self._shortened_sql(),
            known=books.known(SQL("move.id")),
            parts=self._missing_sql(),
            columns=found_columns(
                "address", SQL("row.id"), facts(fields_missing=SQL("row.missing"))
            ),
        )

    @api.model
    def _shortened_sql(self):
        """Return whether ``partner`` had more of an address when ``move`` was made.

        Odoo tracks the address as one text.
        """
        address = self.env["ir.model.fields"]._get(
            "res.partner", "contact_address_inline"
        )
        return SQL(
            """EXISTS (
                SELECT 1 FROM (
                    SELECT (ARRAY_AGG(value.old_value_char ORDER BY value.id))[1]
                               AS before,
                           (ARRAY_AGG(value.new_value_char ORDER BY value.id DESC))[1]
                               AS after
                      FROM mail_message AS message
                      JOIN mail_tracking_value AS value
                        ON value.mail_message_id = message.id
                     WHERE message.model = 'res.partner'
                       AND message.res_id = partner.id
                       AND value.field_id = %s
                       AND value.create_date >= move.create_date) AS address
                 WHERE %s > %s)""",
            address.id,
            _words(SQL("address.before")),
            _words(SQL("address.after")),
        )

    @api.model
    def _missing_sql(self):
        """Return names of empty fields: see `rules.document_check.missing_parts`."""
        empty = {
            "street": SQL("CONCAT(TRIM(partner.street), TRIM(partner.street2)) = ''"),
            "zip": SQL(
                "COALESCE(TRIM(partner.zip), '') = ''"
                " AND country.zip_required IS NOT FALSE"
            ),
            "city": SQL("COALESCE(TRIM(partner.city), '') = ''"),
            "country_id": SQL("partner.country_id IS NULL"),
            "vat": SQL(
                "position.vat_required"
                " AND COALESCE(TRIM(customer.vat), '') IN ('', '/')"
            ),
        }
        return SQL(", ").join(
            SQL("CASE WHEN %s THEN %s END", where, name)
            for name, where in empty.items()
        )


def _words(text):
    """Return the number of words in a text, as SQL."""
    return SQL(
        """COALESCE(ARRAY_LENGTH(REGEXP_SPLIT_TO_ARRAY(
            NULLIF(TRIM(%s), ''), '[^[:alnum:]]+'), 1), 0)""",
        text,
    )
