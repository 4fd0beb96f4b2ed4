from odoo import api, models
from odoo.tools import SQL


class ClerkInvoiceFile(models.Model):
    """Documents that are in the file of an invoice by the contracts that it bills."""

    _inherit = "clerk.invoice.file"

    @api.model
    def _present_parts(self, whole=False):
        yield from super()._present_parts(whole)
        pairs = SQL(
            """SELECT DISTINCT move.id, billed.contract_id AS res_id
                 FROM move
                 JOIN account_move_line AS line ON line.move_id = move.id
                 JOIN contract_line AS billed ON billed.id = line.contract_line_id"""
        )
        yield self._way_sql(pairs, "contract.contract", "contract")

    @api.model
    def _moves_of(self, links):
        ids = super()._moves_of(links)
        if contracts := links.get("contract.contract"):
            ids |= self._ids_of(
                SQL(
                    """SELECT line.move_id
                         FROM contract_line AS billed
                         JOIN account_move_line AS line
                           ON line.contract_line_id = billed.id
                        WHERE billed.contract_id = ANY(%s)""",
                    list(contracts),
                )
            )
        return ids
