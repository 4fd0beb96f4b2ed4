from odoo import fields, models
from odoo.tools import SQL


class ClerkStatement(models.Model):
    """Seals what was computed and what was sent, so that a change of either shows.

    The seal of the content is taken over balances and lines as they are stored; the one
    of the document over the file that customers have too.
    """

    _inherit = "clerk.statement"

    content_hash = fields.Char(
        string="Seal of the Content",
        readonly=True,
        help="SHA-256 over balances and lines as they were computed.",
    )

    def _seal(self):
        """Seal these, as they are stored now."""
        self.env.execute_query(
            SQL(
                """UPDATE clerk_statement AS statement SET content_hash = sealed.seal
                     FROM (%s) AS sealed WHERE sealed.id = statement.id
                RETURNING statement.id""",
                self._seals_sql(),
            )
        )
        self.invalidate_recordset(["content_hash"])

    def _with_broken_seal(self):
        """Those whose balances or lines are no more what was computed."""
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
        """The seal that each of these should bear."""
        return SQL(
            """SELECT own.id, ENCODE(SHA256(CONVERT_TO(CONCAT_WS(E'\\n', own.name,
                      own.partner_ref, own.type, own.date_from, own.date,
                      balances.content, lines.content), 'UTF8')), 'hex') AS seal
                 FROM clerk_statement AS own
                 LEFT JOIN (%(balances)s) AS balances ON balances.statement_id = own.id
                 LEFT JOIN (%(lines)s) AS lines ON lines.statement_id = own.id
                WHERE own.id = ANY(%(ids)s)""",
            ids=list(self._ids),
            balances=self._content_sql(
                "clerk_statement_balance",
                "currency_id, opening, invoiced, credited, paid, adjusted, closing,"
                " bucket_0, bucket_1, bucket_2, bucket_3, bucket_4, bucket_5,"
                " unapplied, disputed, promised",
            ),
            lines=self._content_sql(
                "clerk_statement_line",
                "section, entry_id, name, ref, date, due_date, currency_id, amount,"
                " open_amount, balance, disputed, promised",
            ),
        )

    def _content_sql(self, table, columns):
        return SQL(
            """SELECT statement_id, STRING_AGG(CONCAT_WS('|', %s), E'\\n' ORDER BY id)
                      AS content
                 FROM %s WHERE statement_id = ANY(%s) GROUP BY statement_id""",
            SQL(columns),  # pylint: disable=sql-injection
            SQL.identifier(table),
            list(self._ids),
        )
