import hashlib
import json

from odoo import fields, models
from odoo.tools import SQL, formatLang, split_every

from ....rules.audit.request.audit_request import digest_line
from ...mixin.context_defaults import without_defaults
from ..engagement.audit_population import POPULATIONS

# How many records are in memory at once.
BATCH = 1000


class ClerkAuditSnapshot(models.Model):
    """What a query found at a moment, and the question as it was then.

    Nobody changes it: it is the answer that the auditors got, or what the same
    question found later. Only the records of deliveries are kept one by one.
    """

    _name = "clerk.audit.snapshot"
    _description = "Answer of an Audit Query"
    _inherit = ["clerk.audit.part"]
    _order = "id desc"

    name = fields.Char(readonly=True)
    request_id = fields.Many2one(
        "clerk.audit.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(
        [("delivery", "Delivered"), ("comparison", "Compared")],
        required=True,
        readonly=True,
    )
    model_id = fields.Many2one(
        "ir.model", string="Records Of", readonly=True, ondelete="cascade"
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    domain = fields.Char(string="Filter", readonly=True)
    columns = fields.Char(readonly=True)
    amount_path = fields.Char(string="Amount", readonly=True)
    date = fields.Date(string="As Of", readonly=True)
    population = fields.Selection(POPULATIONS, readonly=True)
    taken_on = fields.Datetime(
        string="Asked", readonly=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    record_count = fields.Integer(string="Records", readonly=True, aggregator=None)
    control_total = fields.Monetary(readonly=True, aggregator=None)
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Of ids and values: it is equal as long as nothing has changed.",
    )
    line_ids = fields.One2many(
        "clerk.audit.snapshot.line", "snapshot_id", string="Records Found"
    )
    drift_ids = fields.One2many("clerk.audit.drift", "snapshot_id", string="Changes")
    added_count = fields.Integer(string="Added", readonly=True, aggregator=None)
    gone_count = fields.Integer(string="Gone", readonly=True, aggregator=None)
    changed_count = fields.Integer(string="Changed", readonly=True, aggregator=None)

    def _take(self, request, question, kind):
        """Ask a question with the caller's rights, and keep what it finds.

        :raises UserError: it cannot be asked (any more)
        :raises AccessError: the caller may not read what it asks for
        """
        question = self._new_question(request, self._question_values(question))
        count, total = question._totals()
        # sudo: nobody makes or changes one by hand; the caller may read all of it.
        snapshot = without_defaults(self.sudo(), self._fields).create(
            {
                **self._question_values(question),
                "audit_id": request.audit_id.id,
                "request_id": request.id,
                "kind": kind,
                "user_id": self.env.uid,
                "record_count": count,
                "control_total": total,
            }
        )
        snapshot.digest = snapshot._fill(question)
        snapshot.invalidate_recordset(["line_ids"])
        return snapshot.with_env(self.env)

    def _question_values(self, question):
        columns = question._paths()
        if question.amount_path and question.amount_path not in columns:
            # A change of the control total is explained by a change of a value.
            columns.append(question.amount_path)
        return {
            "name": question.name,
            "model_id": question.model_id.id,
            "domain": question.domain,
            "columns": ",".join(columns),
            "amount_path": question.amount_path,
            "date": question.date,
            "population": question.population,
        }

    def _question(self):
        """The question as it was, whatever became of the query since."""
        self.ensure_one()
        kept = ("name", "domain", "columns", "amount_path", "date", "population")
        values = {name: self[name] for name in kept}
        values["model_id"] = self.model_id.id
        return self._new_question(self.request_id, values)

    def _new_question(self, request, values):
        return self.env["clerk.audit.query"].new(
            {**values, "audit_id": request.audit_id.id}
        )

    def _fill(self, question):
        """Keep every record found, with its values, and say their SHA-256."""
        rows = self.env.execute_query(
            SQL("SELECT id, amount FROM (%s) AS row ORDER BY id", question._rows())
        )
        total = hashlib.sha256()
        for batch in split_every(BATCH, rows, list):
            amounts = dict(batch)
            found = question._model().browse(amounts)
            values = question._values(found)
            for record in amounts:
                total.update(digest_line(record, values[record]))
            self._keep(found.with_context(lang="en_US"), amounts, values)
            found.invalidate_recordset()
        return total.hexdigest()

    def _keep(self, found, amounts, values):
        rows = [
            {
                "res_id": record.id,
                "name": record.display_name,
                "amount": amounts[record.id],
                "content": values[record.id],
            }
            for record in found
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
        """What was found, in a sentence."""
        self.ensure_one()
        return self.env._(
            "%(query)s: %(count)s records, control total %(total)s, SHA-256 %(digest)s",
            query=self.name,
            count=self.record_count,
            total=formatLang(
                self.env, self.control_total, currency_obj=self.currency_id
            ),
            digest=self.digest,
        )

    # What has changed since

    def _compare(self, before):
        """Keep what changed between an earlier answer and this one, and only that."""
        self.ensure_one()
        if self.digest != before.digest:
            self.env.cr.execute(self._drift_sql(before))
        self.env.cr.execute(
            SQL("DELETE FROM clerk_audit_snapshot_line WHERE snapshot_id = %s", self.id)
        )
        self.invalidate_recordset()
        kinds = self.env.execute_query(
            SQL(
                "SELECT kind, COUNT(DISTINCT res_id) FROM clerk_audit_drift"
                " WHERE snapshot_id = %s GROUP BY kind",
                self.id,
            )
        )
        # sudo: see `_take`.
        self.sudo().write({f"{kind}_count": count for kind, count in kinds})

    def _drift_sql(self, before):
        """Rows of both answers side by side: only here, only there, or different."""
        return SQL(
            """
            WITH both_answers AS (
                SELECT COALESCE(was.res_id, now.res_id) AS res_id,
                       COALESCE(now.name, was.name) AS name,
                       was.id IS NULL AS is_added, now.id IS NULL AS is_gone,
                       was.amount AS was_amount, now.amount AS now_amount,
                       was.content AS was_content, now.content AS now_content
                  FROM (SELECT * FROM clerk_audit_snapshot_line
                         WHERE snapshot_id = %(before)s) AS was
             FULL JOIN (SELECT * FROM clerk_audit_snapshot_line
                         WHERE snapshot_id = %(now)s) AS now
                    ON now.res_id = was.res_id
            )
            INSERT INTO clerk_audit_drift
                (snapshot_id, kind, res_id, name, path, before, after)
            SELECT %(now)s, CASE WHEN is_added THEN 'added' ELSE 'gone' END,
                   res_id, name, NULL, was_amount::text, now_amount::text
              FROM both_answers
             WHERE is_added OR is_gone
             UNION ALL
            SELECT %(now)s, 'changed', res_id, name, path,
                   was_content ->> path, now_content ->> path
              FROM both_answers
             CROSS JOIN LATERAL jsonb_object_keys(was_content || now_content) AS path
             WHERE was_content IS DISTINCT FROM now_content
               AND was_content ->> path IS DISTINCT FROM now_content ->> path
             ORDER BY 2, 4, 3, 5
            """,
            before=before.id,
            now=self.id,
        )

    def _drift(self):
        """What a comparison found, in a sentence."""
        self.ensure_one()
        if not (self.added_count or self.gone_count or self.changed_count):
            return self.env._("Nothing has changed: the SHA-256 is the same.")
        return self.env._(
            "%(added)s added, %(gone)s gone, %(changed)s changed.",
            added=self.added_count,
            gone=self.gone_count,
            changed=self.changed_count,
        )
