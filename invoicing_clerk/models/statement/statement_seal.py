from odoo import api, fields, models
from odoo.tools import SQL

from ..mixin.content import content_sql

SEALED_BALANCE = (
    *("currency_id", "opening", "invoiced", "credited", "paid", "adjusted", "closing"),
    *("bucket_0", "bucket_1", "bucket_2", "bucket_3", "bucket_4", "bucket_5"),
    *("unapplied", "disputed", "promised"),
)
SEALED_LINE = (
    *("section", "entry_id", "name", "ref", "date", "due_date", "currency_id"),
    *("amount", "open_amount", "balance", "disputed", "promised"),
)


class ClerkStatement(models.Model):
    """Seals that show later changes of a statement.

    The content seal covers balances and lines as they are stored, the seal of the PDF
    covers the file that the customer has too.
    """

    _inherit = "clerk.statement"

    content_hash = fields.Char(
        string="Content Seal",
        readonly=True,
        help="SHA-256 of balances and lines as they were computed.",
    )

    def _evidence_problems(self, is_brief=False):
        """Add balances and lines that were changed."""
        problems = super()._evidence_problems(is_brief)
        for statement in (self - self._reduced())._with_broken_seal():
            text = self.env._(
                "Balances or lines of %s have been changed since they were computed. "
                "Do not use them: inform your supervisor and the auditors.",
                statement.display_name,
            )
            problems.setdefault(statement, []).append(("content", text))
        return problems

    def _check_can_be_shown(self):
        """:raises BrokenSealError: balances or lines were changed"""
        result = super()._check_can_be_shown()
        # sudo: see the super method.
        self.sudo()._check_evidence("content")
        return result

    def _with_broken_seal(self):
        """Return the statements whose balances or lines have been changed."""
        if not self.ids:
            return self
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT statement.id FROM clerk_statement AS statement
                     JOIN (%s) AS sealed ON sealed.id = statement.id
                    WHERE statement.content_hash IS DISTINCT FROM sealed.seal""",
                self._seals_sql(),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _seals_sql(self):
        """Return the query for the seal of each statement, as it is stored now."""
        return SQL(
            """SELECT own.id, ENCODE(SHA256(CONVERT_TO(CONCAT_WS(E'\\n', own.name,
                      own.partner_ref, own.type, own.date_from, own.date,
                      balances.content, lines.content), 'UTF8')), 'hex') AS seal
                 FROM clerk_statement AS own
                 LEFT JOIN (%(balances)s) AS balances ON balances.statement_id = own.id
                 LEFT JOIN (%(lines)s) AS lines ON lines.statement_id = own.id
                WHERE own.id = ANY(%(ids)s)""",
            ids=list(self._ids),
            balances=content_sql(
                "clerk_statement_balance", "statement_id", self._ids, SEALED_BALANCE
            ),
            lines=content_sql(
                "clerk_statement_line",
                "statement_id",
                self._ids,
                [*SEALED_LINE, *self._added_columns()],
            ),
        )

    @api.model
    def _added_columns(self):
        """Return the names of the stored columns that other modules add to lines."""
        lines = self.env["clerk.statement.line"]
        added = {**lines._column_sql("open"), **lines._column_sql("movement")}
        return sorted(added)
