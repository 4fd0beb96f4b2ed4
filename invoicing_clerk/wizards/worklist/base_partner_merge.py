from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of records that are in the same worklist."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _move_references(self, referenced_model, sources, target):
        self._close_double_items(referenced_model, sources | target, target)
        return super()._move_references(referenced_model, sources, target)

    @api.model
    def _close_double_items(self, referenced_model, records, target):
        """Keep one open item per worklist: one in progress, or that of the target."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_work_item AS item
                      SET state = 'left', is_current = FALSE,
                          closed_on = %(now)s, write_date = %(now)s
                     FROM (SELECT id, ROW_NUMBER() OVER (
                                      PARTITION BY worklist_id
                                      ORDER BY state = 'in_progress' DESC,
                                               res_id = %(target)s DESC, id) AS place
                             FROM clerk_work_item
                            WHERE res_model = %(model)s AND res_id IN %(records)s
                              AND state IN %(open)s) AS double
                    WHERE double.id = item.id AND double.place > 1""",
                now=fields.Datetime.now(),
                target=target.id,
                model=referenced_model,
                records=records._ids or (0,),
                open=OPEN_STATES,
            )
        )
        self.env.invalidate_all()
