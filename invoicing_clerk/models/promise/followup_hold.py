from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.billing_error.billing_error import OPEN_STATES
from ...rules.promise.followup import HELD, LEFT, STATES
from ..mixin.changes import Changes

# The name of the checkpoint of the tables that are read.
HOLDS = "clerk.followup.hold._cron_update"
# What tells that an item is to be written, or its note.
DIFFERS = SQL("state IS DISTINCT FROM next_state OR flag <> next_flag")


class ClerkFollowupHold(models.Model):
    """Note on a journal item that is excluded from follow-up, and by whom.

    While an invoice is in dispute or promised, Odoo's *No Follow-Up* is set on its
    receivable items, and afterwards it is what it was: see `rules.promise.followup`.
    Companies enable it. Nothing happens when invoices are posted: a scheduled action
    compares the few items that are disputed, promised or noted.
    """

    _name = "clerk.followup.hold"
    _description = "Hold of Follow-Up"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "id desc"
    _rec_name = "move_line_id"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(STATES, string="Status", required=True, readonly=True)

    _one = models.Constraint(
        "UNIQUE (move_line_id)", "A journal item can have only one hold of follow-up."
    )

    @api.model
    def _cron_update(self):
        """Set and clear the flag where disputes or promises began or ended."""
        changes = Changes(self.env)
        self.env["ir.cron"]._commit_progress()
        if changes.are_known(HOLDS):
            return
        with changes.reading() as reading:
            is_complete = self._update()
        if is_complete:
            changes.settle(HOLDS, reading)
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _update(self):
        """Bring notes and flags up to date; return False if items were locked."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("%s SELECT line_id FROM step WHERE %s", self._steps_sql(), DIFFERS)
        )
        # sudo: changes nothing but the flag, and shows no item.
        items = self.env["account.move.line"].sudo().browse(id_ for [id_] in rows)
        locked = items.try_lock_for_update(allow_referencing=True)
        # The items of a document have the same flag: it waits if one of them does.
        documents = (items - locked).move_id
        free = locked.filtered(lambda item: item.move_id not in documents)
        if free:
            self.env.cr.execute(self._update_sql(free.ids))
            self._invalidate()
        return free == items

    @api.model
    def _invalidate(self):
        self.env["clerk.followup.hold"].invalidate_model()
        for model in ("account.move.line", "account.move"):
            self.env[model].invalidate_model(["no_followup"])

    @api.model
    def _release(self):
        """Clear the flags that were set, also of items that others are working on."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line AS line SET no_followup = FALSE
                     FROM clerk_followup_hold AS hold
                    WHERE hold.move_line_id = line.id AND hold.state = %s""",
                HELD,
            )
        )
        self._invalidate()

    @api.model
    def _leave(self, items):
        """Note that a person has decided about these items."""
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_followup_hold SET state = %s"
                " WHERE state = %s AND move_line_id = ANY(%s)",
                LEFT,
                HELD,
                items.ids,
            )
        )
        self.env["clerk.followup.hold"].invalidate_model(["state"])

    # The statements

    @api.model
    def _steps_sql(self):
        """Return tables: ``step`` has the items on hold, those with a note, and the
        ``next_state`` and ``next_flag`` of each, as in `rules.promise.followup`."""
        return SQL(
            """WITH wanted AS MATERIALIZED (%(wanted)s),
            known AS (
                SELECT COALESCE(wanted.line_id, hold.move_line_id) AS line_id,
                    wanted.line_id IS NOT NULL AS is_wanted, hold.state
                  FROM wanted
                  FULL JOIN clerk_followup_hold AS hold
                    ON hold.move_line_id = wanted.line_id),
            noted AS (
                SELECT known.*, line.company_id,
                    COALESCE(line.no_followup, FALSE) AS flag
                  FROM known JOIN account_move_line AS line ON line.id = line_id),
            step AS MATERIALIZED (
                SELECT *,
                    CASE WHEN NOT is_wanted THEN NULL
                        WHEN state IS NULL AND NOT flag THEN %(held)s
                        WHEN state = %(held)s AND flag THEN %(held)s
                        ELSE %(left)s END AS next_state,
                    CASE WHEN is_wanted THEN flag OR state IS NULL
                        ELSE flag AND state <> %(held)s END AS next_flag
                  FROM noted)""",
            wanted=self._wanted_sql(),
            held=HELD,
            left=LEFT,
        )

    @api.model
    def _wanted_sql(self):
        """Return what is owed for invoices that are disputed or promised, and other
        items that are promised, in companies that enable it.

        What a person has decided stays known while the reason lasts, also of a draft.
        """
        return SQL(
            """SELECT line.id AS line_id
                 FROM account_move_line AS line
                 JOIN account_account AS account ON account.id = line.account_id
                  AND account.account_type = 'asset_receivable'
                 JOIN account_move AS move ON move.id = line.move_id
                 JOIN res_company AS company ON company.id = line.company_id
                 LEFT JOIN clerk_followup_hold AS hold
                   ON hold.move_line_id = line.id AND hold.state = %(left)s
                WHERE line.move_id = ANY(ARRAY(
                        SELECT rel.move_id FROM clerk_billing_error AS error
                          JOIN clerk_billing_error_move_rel AS rel
                            ON rel.error_id = error.id
                         WHERE error.state IN %(open)s
                         UNION
                        SELECT move_id FROM clerk_promise_line
                         WHERE is_active AND move_id IS NOT NULL))
                  AND (move.move_type <> 'entry' OR line.id = ANY(ARRAY(
                        SELECT move_line_id FROM clerk_promise_line
                         WHERE is_active AND move_line_id IS NOT NULL)))
                  AND line.balance > 0
                  AND (hold.id IS NOT NULL
                    OR line.parent_state = 'posted' AND company.clerk_hold_followup)""",
            open=OPEN_STATES,
            left=LEFT,
        )

    @api.model
    def _update_sql(self, ids):
        return SQL(
            """%(steps)s,
            chosen AS (SELECT * FROM step WHERE line_id = ANY(%(ids)s)),
            flagged AS (
                UPDATE account_move_line AS line
                   SET (no_followup, write_uid, write_date)
                     = (next_flag, %(uid)s, %(now)s)
                  FROM chosen WHERE line.id = line_id AND flag <> next_flag),
            gone AS (
                DELETE FROM clerk_followup_hold AS hold USING chosen
                 WHERE hold.move_line_id = line_id AND next_state IS NULL)
            INSERT INTO clerk_followup_hold (move_line_id, company_id, state,
                    create_uid, write_uid, create_date, write_date)
            SELECT line_id, company_id, next_state, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM chosen WHERE next_state IS NOT NULL
                ON CONFLICT (move_line_id) DO UPDATE
               SET (state, write_uid, write_date)
                 = (EXCLUDED.state, EXCLUDED.write_uid, EXCLUDED.write_date)""",
            steps=self._steps_sql(),
            ids=list(ids),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )
