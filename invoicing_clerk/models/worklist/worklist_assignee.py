from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES


class ClerkWorklist(models.Model):
    """Assignment of new items, before anybody takes a step."""

    _inherit = "clerk.worklist"

    def _assignee_sql(self):
        """Return the user to whom a new item is assigned, if they can work on it.

        Next skips items of others: assigned to a user who is not a clerk, or not in
        the record's company, an item would wait forever.
        """
        user = {
            "user": SQL("%s::int", self.user_id.id or None),
            "responsible": SQL("source.user_id"),
        }.get(self.assignment)
        if user is None:
            return SQL("NULL::int")
        return SQL(
            "(SELECT id FROM res_users WHERE id = %s AND id = ANY(%s) AND %s)",
            user,
            self._workers().ids,
            self._may_enter_sql(
                SQL.identifier("res_users", "id"),
                SQL.identifier("source", "company_id"),
            ),
        )

    def _workers(self):
        """Return the clerks who see the list, so that items can be assigned to them."""
        clerk = self.env.ref("invoicing_clerk.group_clerk")
        workers = Domain("share", "=", False) & Domain("all_group_ids", "in", clerk.ids)
        if self.members_only:
            supervisor = self.env.ref("invoicing_clerk.group_supervisor")
            workers &= Domain("id", "in", self.member_ids.ids) | Domain(
                "all_group_ids", "in", supervisor.ids
            )
        # sudo: who is a clerk, of all companies; only their ids are used.
        return self.env["res.users"].sudo().search(workers)

    @api.model
    def _may_enter_sql(self, user, company):
        """Return whether a user may enter the company of a record, if it has one."""
        return SQL(
            "(%(company)s IS NULL OR EXISTS (SELECT 1 FROM res_company_users_rel AS rel"
            " WHERE rel.user_id = %(user)s AND rel.cid = %(company)s))",
            user=user,
            company=company,
        )

    def _assign_by_load(self):
        """Assign unassigned items of a balanced list, the next to the lowest load.

        Each member has a slot for one more item, for two more, and so on; items go to
        the slots in order of the resulting load. Members get items of the companies
        they may enter; members who are away today get none.
        """
        if self.assignment != "balanced":
            return
        able = self.member_ids & self._workers()
        members = self.env["clerk.absence"]._filter_present(able)
        if not members:
            return
        self.env.cr.execute(
            SQL(
                """WITH free AS (
                    SELECT id, company_id, ROW_NUMBER() OVER (
                        PARTITION BY company_id ORDER BY score DESC, id) AS place
                      FROM clerk_work_item
                     WHERE worklist_id = %(worklist)s AND state = 'open'
                       AND user_id IS NULL),
                needed AS (
                    SELECT company_id, COUNT(*) AS items FROM free GROUP BY company_id),
                load AS (
                    SELECT member.id AS user_id, COUNT(item.id) AS items
                      FROM UNNEST(%(members)s) AS member (id)
                      LEFT JOIN clerk_work_item AS item
                        ON item.user_id = member.id AND item.state IN %(open)s
                     GROUP BY member.id),
                slots AS (
                    SELECT load.user_id, needed.company_id, ROW_NUMBER() OVER (
                        PARTITION BY needed.company_id
                        ORDER BY load.items + more.items, load.user_id) AS place
                      FROM load CROSS JOIN needed
                      CROSS JOIN GENERATE_SERIES(1, needed.items) AS more (items)
                     WHERE %(may_enter)s)
                UPDATE clerk_work_item AS item
                   SET user_id = slots.user_id
                  FROM free JOIN slots ON slots.place = free.place
                    AND slots.company_id IS NOT DISTINCT FROM free.company_id
                 WHERE item.id = free.id""",
                worklist=self.id,
                members=members.ids,
                open=OPEN_STATES,
                may_enter=self._may_enter_sql(
                    SQL.identifier("load", "user_id"),
                    SQL.identifier("needed", "company_id"),
                ),
            )
        )
