import hashlib
import json

from odoo import fields, models
from odoo.tools import SQL, split_every

from ....rules.audit.request.audit_request import digest_line
from ....rules.plural import plural
from ...mixin.amount import amount_text
from ...mixin.context_defaults import without_defaults
from ..engagement.audit_population import POPULATIONS

# Number of records in memory at once.
BATCH = 1000


class ClerkAuditSnapshot(models.Model):
    """The result of a query at a point in time, with the query as it was then.

    It is either the delivered answer or the result of a later comparison, and never
    changes. Individual records are kept for deliveries only.
    """

    _name = "clerk.audit.snapshot"
    _description = "Audit Query Snapshot"
    _inherit = ["clerk.guarded", "clerk.audit.part"]
    _guards_all = True
    _order = "id desc"

    name = fields.Char(string="Query", readonly=True)
    request_id = fields.Many2one(
        "clerk.audit.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(
        [("delivery", "Delivery"), ("comparison", "Comparison")],
        string="Type",
        required=True,
        readonly=True,
    )
    model_id = fields.Many2one(
        "ir.model", string="Queried Model", readonly=True, ondelete="cascade"
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    domain = fields.Char(string="Filter", readonly=True)
    columns = fields.Char(readonly=True)
    amount_path = fields.Char(string="Amount", readonly=True)
    date = fields.Date(string="As Of", readonly=True)
    population = fields.Selection(
        POPULATIONS, string="Standard Population", readonly=True
    )
    taken_on = fields.Datetime(
        string="Date", readonly=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one("res.users", string="Run By", readonly=True)
    record_count = fields.Integer(string="Records", readonly=True, aggregator=None)
    control_total = fields.Monetary(readonly=True, aggregator=None)
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Hash of ids and values: it is the same as long as nothing has changed.",
    )
    line_ids = fields.One2many(
        "clerk.audit.snapshot.line", "snapshot_id", string="Snapshot Lines"
    )
    change_ids = fields.One2many(
        "clerk.audit.snapshot.change", "snapshot_id", string="Changes"
    )
    added_count = fields.Integer(string="Added", readonly=True, aggregator=None)
    removed_count = fields.Integer(string="Removed", readonly=True, aggregator=None)
    changed_count = fields.Integer(string="Changed", readonly=True, aggregator=None)

    def _capture(self, request, query, kind):
        """Run a query with the rights of the caller, and keep the result.

        :raises UserError: the query can no longer be run
        :raises AccessError: the caller cannot read the queried records
        """
        query = self._new_query(request, self._query_values(query))
        count, total = query._totals()
        # sudo: nobody creates or changes snapshots by hand; the caller may read the
        # queried records.
        snapshot = without_defaults(self.sudo(), self._fields).create(
            {
                **self._query_values(query),
                "audit_id": request.audit_id.id,
                "request_id": request.id,
                "kind": kind,
                "user_id": self.env.uid,
                "record_count": count,
                "control_total": total,
            }
        )
        snapshot.digest = snapshot._fill(query)
        snapshot.invalidate_recordset(["line_ids"])
        return snapshot.with_env(self.env)

    def _query_values(self, query):
        columns = query._paths()
        if query.amount_path and query.amount_path not in columns:
            # Every change of the control total shows as a change of a value.
            columns.append(query.amount_path)
        return {
            "name": query.name,
            "model_id": query.model_id.id,
            "domain": query.domain,
            "columns": ",".join(columns),
            "amount_path": query.amount_path,
            "date": query.date,
            "population": query.population,
        }

    def _query(self):
        """Return the query as it was, even if it has been changed or deleted since."""
        self.ensure_one()
        names = ("name", "domain", "columns", "amount_path", "date", "population")
        values = {name: self[name] for name in names}
        values["model_id"] = self.model_id.id
        return self._new_query(self.request_id, values)

    def _new_query(self, request, values):
        return self.env["clerk.audit.query"].new(
            {**values, "audit_id": request.audit_id.id}
        )

    def _fill(self, query):
        """Keep all records found with their values, and return the SHA-256 of them."""
        rows = self.env.execute_query(
            SQL("SELECT id, amount FROM (%s) AS row ORDER BY id", query._rows())
        )
        digest = hashlib.sha256()
        for batch in split_every(BATCH, rows, list):
            amounts = dict(batch)
            records = query._model().browse(amounts)
            values = query._values(records)
            for record_id in amounts:
                digest.update(digest_line(record_id, values[record_id]))
            self._insert_lines(records.with_context(lang="en_US"), amounts, values)
            records.invalidate_recordset()
        return digest.hexdigest()

    def _insert_lines(self, records, amounts, values):
        rows = [
            {
                "res_id": record.id,
                "name": record.display_name,
                "amount": amounts[record.id],
                "content": values[record.id],
            }
            for record in records
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO clerk_audit_snapshot_line
                    (snapshot_id, res_id, name, amount, content)
                SELECT %s, res_id, name, ROUND(amount, %s), content
                  FROM jsonb_to_recordset(%s::jsonb)
                    AS row (res_id int, name text, amount numeric, content jsonb)
                """,
                self.id,
                self.currency_id.decimal_places,
                json.dumps(rows, default=str),
            )
        )

    def _summary(self):
        """Return the result as a sentence."""
        self.ensure_one()
        return plural(
            self.record_count,
            self.env._(
                "%(query)s: %(count)s record, control total %(total)s, SHA-256 "
                "%(digest)s",
                query=self.name,
                count=self.record_count,
                total=amount_text(self.currency_id, self.control_total),
                digest=self.digest,
            ),
            self.env._(
                "%(query)s: %(count)s records, control total %(total)s, SHA-256 "
                "%(digest)s",
                query=self.name,
                count=self.record_count,
                total=amount_text(self.currency_id, self.control_total),
                digest=self.digest,
            ),
        )

    # Comparison

    def _compare(self, before):
        """Keep only the differences between an earlier snapshot and this one."""
        self.ensure_one()
        if self.digest != before.digest:
            self.env.cr.execute(self._change_sql(before))
        self.env.cr.execute(
            SQL("DELETE FROM clerk_audit_snapshot_line WHERE snapshot_id = %s", self.id)
        )
        self.invalidate_recordset()
        kinds = self.env.execute_query(
            SQL(
                "SELECT kind, COUNT(DISTINCT res_id) FROM clerk_audit_snapshot_change"
                " WHERE snapshot_id = %s GROUP BY kind",
                self.id,
            )
        )
        # sudo: see `_capture`.
        self.sudo().write({f"{kind}_count": count for kind, count in kinds})

    def _change_sql(self, before):
        """Insert records that were added, removed or have different values."""
        return SQL(
            """
            WITH pair AS (
                SELECT COALESCE(was.res_id, now.res_id) AS res_id,
                       COALESCE(now.name, was.name) AS name,
                       was.id IS NULL AS is_added, now.id IS NULL AS is_removed,
                       was.amount AS was_amount, now.amount AS now_amount,
                       was.content AS was_content, now.content AS now_content
                  FROM (SELECT * FROM clerk_audit_snapshot_line
                         WHERE snapshot_id = %(before)s) AS was
             FULL JOIN (SELECT * FROM clerk_audit_snapshot_line
                         WHERE snapshot_id = %(now)s) AS now
                    ON now.res_id = was.res_id
            )
            INSERT INTO clerk_audit_snapshot_change
                (snapshot_id, kind, res_id, name, path, before, after)
            SELECT %(now)s, CASE WHEN is_added THEN 'added' ELSE 'removed' END,
                   res_id, name, NULL, was_amount::text, now_amount::text
              FROM pair
             WHERE is_added OR is_removed
             UNION ALL
            SELECT %(now)s, 'changed', res_id, name, path,
                   was_content ->> path, now_content ->> path
              FROM pair
             CROSS JOIN LATERAL jsonb_object_keys(was_content || now_content) AS path
             WHERE was_content IS DISTINCT FROM now_content
               AND was_content ->> path IS DISTINCT FROM now_content ->> path
             ORDER BY 2, 4, 3, 5
            """,
            before=before.id,
            now=self.id,
        )

    def _change_summary(self):
        """Return the result of a comparison as a sentence."""
        self.ensure_one()
        if not (self.added_count or self.removed_count or self.changed_count):
            return self.env._("no changes, the SHA-256 is the same.")
        return self.env._(
            "%(added)s added, %(removed)s removed, %(changed)s changed.",
            added=self.added_count,
            removed=self.removed_count,
            changed=self.changed_count,
        )
