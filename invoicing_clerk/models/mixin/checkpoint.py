from odoo import api, fields, models
from odoo.tools import SQL


class ClerkCheckpoint(models.Model):
    """Moment up to which a scheduled action has read what was written.

    The next run reads only records written since, by ``write_date``. Once a day
    everything is read: writes that leave no date, such as those of other programs in
    SQL, are found then.

    **How to use**

    1. At the start of the scheduled action, before anything else is read::

           horizon = self.env["clerk.checkpoint"]._horizon()
           self.env["ir.cron"]._commit_progress()

    2. Read what was written ``_since(name)`` or later; everything if that is ``None``.
    3. When all of it is done: ``_advance(name, horizon)``.

    Only the scheduled action moves its checkpoint, so that users who need the
    result earlier do not conflict with each other.

    Actions that read tables whole rest while these are not written: see ``changes.py``.
    """

    _name = "clerk.checkpoint"
    _description = "Checkpoint of a Scheduled Action"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "name"

    name = fields.Char(required=True, readonly=True)
    read_up_to = fields.Datetime(required=True, readonly=True)
    whole_on = fields.Datetime(
        string="Everything Read On", required=True, readonly=True
    )
    seen = fields.Json(
        string="Tables Read",
        readonly=True,
        help="The tables that were read, and how often each had been written.",
    )
    seen_until = fields.Datetime(string="Known Until", readonly=True)

    _one = models.Constraint(
        "UNIQUE (name)", "There can be only one checkpoint of each name."
    )

    @api.model
    def _horizon(self):
        """Return the start of the oldest transaction that is running.

        ``write_date`` is the start of a transaction, which is committed later: what
        becomes visible after this query was written since that moment. Transactions
        that end before the commit that follows are visible to the next transaction.
        """
        [[horizon]] = self.env.execute_query(
            SQL(
                """SELECT LEAST(NOW(), MIN(xact_start)) AT TIME ZONE 'UTC'
                     FROM PG_STAT_ACTIVITY
                    WHERE datname = CURRENT_DATABASE()
                      AND backend_type = 'client backend'"""
            )
        )
        return horizon.replace(microsecond=0)

    @api.model
    def _since(self, name):
        """Return the moment from which on to read."""
        return self._named(name).read_up_to or None

    @api.model
    def _is_whole_due(self, name):
        """Return whether everything is to be read: the first time of each day."""
        checkpoint = self._named(name)
        return not checkpoint or checkpoint.whole_on < fields.Datetime.today()

    @api.model
    def _advance(self, name, horizon, whole=False, **values):
        values = {"read_up_to": horizon, **values}
        if whole:
            values["whole_on"] = horizon
        checkpoint = self._named(name)._inside()
        if checkpoint:
            checkpoint.write(values)
        else:
            checkpoint.create({"name": name, "whole_on": horizon, **values})

    @api.model
    def _named(self, name):
        # sudo: a moment, of nothing that the caller could not see.
        return self.sudo().search([("name", "=", name)])
