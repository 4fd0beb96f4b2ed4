from odoo import api, models
from odoo.tools import SQL


class ClerkBillingErrorReport(models.Model):
    """The documents that corrections made for a billing error."""

    _inherit = "clerk.billing.error.report"

    _depends = {"account.move": ["corrected_move_id", "correction_role"]}

    _note_links = ("reversed_entry_id", "debit_origin_id", "corrected_move_id")

    @api.model
    def _is_replacement_sql(self) -> SQL:
        return SQL("move.correction_role IS NOT DISTINCT FROM 'rebill'")

    @api.model
    def _is_write_off_sql(self) -> SQL:
        return SQL("other.correction_role IS NOT DISTINCT FROM 'write_off'")

    @api.model
    def _write_off_sql(self) -> SQL:
        return SQL(
            """
            SELECT
                -SUM(item.amount_currency) AS amount,
                -SUM(item.balance) AS balance
            FROM clerk_billing_error_move_rel rel
            JOIN account_move entry ON entry.corrected_move_id = rel.move_id
            JOIN account_move_line item ON item.move_id = entry.id
            JOIN account_account account ON account.id = item.account_id
            WHERE rel.error_id = error.id
                AND entry.correction_role = 'write_off'
                AND entry.state = 'posted'
                AND entry.create_date >= error.date_opened
                AND account.account_type = 'asset_receivable'
                AND item.currency_id = error.currency_id
            """
        )
