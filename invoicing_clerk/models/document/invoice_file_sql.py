from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COLUMNS = ("company_id", "partner_id", "date", "kind_id")


class ClerkInvoiceFile(models.Model):
    """The statements that compare the files of invoices with what they need.

    Everything is read as superuser, for whoever may read the invoice: which documents
    are missing says nothing about those that are there.
    """

    _inherit = "clerk.invoice.file"

    @api.model
    def _refresh(self, ids=None):
        """Write the files of these invoices, by default of all."""
        self.env.flush_all()
        self.env.cr.execute(self._upsert_sql(ids))
        self.env.cr.execute(
            SQL(
                """DELETE FROM clerk_invoice_file AS file
                    USING account_move AS move
                    WHERE move.id = file.move_id AND move.state <> 'posted'%s""",
                SQL(" AND file.move_id = ANY(%s)", ids) if ids is not None else SQL(),
            )
        )
        self.invalidate_model()

    @api.model
    def _status_rows(self, ids):
        """Return invoices and classes of which documents are missing, as of now."""
        if not ids:
            return []
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT move_id, missing FROM (%s) AS status WHERE missing_count > 0",
                self._status_sql(ids),
            )
        )
        return rows

    @api.model
    def _upsert_sql(self, ids):
        names = (*COLUMNS, "required_count", "missing_count", "missing")
        columns = SQL(", ").join(map(SQL.identifier, names))
        return SQL(
            """INSERT INTO clerk_invoice_file AS file (move_id, %(columns)s,
                    create_date, write_date)
               SELECT move_id, %(columns)s, %(now)s, %(now)s
                 FROM (%(status)s) AS status
                   ON CONFLICT (move_id) DO UPDATE SET %(pairs)s, write_date = %(now)s
                WHERE %(differs)s""",
            columns=columns,
            pairs=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                for name in names
            ),
            differs=SQL(" OR ").join(
                SQL(
                    "file.%s IS DISTINCT FROM EXCLUDED.%s",
                    SQL.identifier(name),
                    SQL.identifier(name),
                )
                for name in names
            ),
            status=self._status_sql(ids),
            now=fields.Datetime.now(),
        )

    @api.model
    def _status_sql(self, ids=None):
        """Return move, kind, and the number and classes of missing documents."""
        return SQL(
            """WITH move AS MATERIALIZED (%(moves)s),
            present AS MATERIALIZED (%(present)s),
            required AS (
                SELECT move.id AS move_id, rel.clerk_document_class_id AS class_id,
                       move.date
                  FROM move
                  JOIN clerk_document_class_clerk_invoice_kind_rel AS rel
                    ON rel.clerk_invoice_kind_id = move.kind_id
                  JOIN clerk_document_class AS class
                    ON class.id = rel.clerk_document_class_id AND class.active),
            state AS (
                SELECT required.move_id, required.class_id,
                       BOOL_OR(present.move_id IS NOT NULL) AS is_present
                  FROM required
                  LEFT JOIN present
                    ON present.move_id = required.move_id
                   AND present.class_id = required.class_id
                   AND COALESCE(present.valid_from <= required.date, TRUE)
                   AND COALESCE(present.valid_to >= required.date, TRUE)
                 GROUP BY 1, 2),
            counted AS (
                SELECT move_id, COUNT(*) AS required_count,
                       COUNT(*) FILTER (WHERE NOT is_present) AS missing_count,
                       JSONB_AGG(class_id ORDER BY class_id)
                            FILTER (WHERE NOT is_present) AS missing
                  FROM state
                 GROUP BY 1)
            SELECT move.id AS move_id, move.company_id, move.partner_id, move.date,
                   move.kind_id, COALESCE(counted.required_count, 0) AS required_count,
                   COALESCE(counted.missing_count, 0) AS missing_count,
                   counted.missing
              FROM move
              LEFT JOIN counted ON counted.move_id = move.id""",
            moves=self._moves_sql(ids),
            present=SQL(" UNION ALL ").join(self._present_parts(whole=True)),
        )

    @api.model
    def _moves_sql(self, ids):
        """Return posted invoices with their kinds."""
        among = SQL("AND line.move_id = ANY(%s)", ids) if ids is not None else SQL()
        return SQL(
            """SELECT move.id, move.company_id, move.invoice_date AS date,
                      move.commercial_partner_id AS partner_id, %(kind)s AS kind_id
                 FROM account_move AS move
                 JOIN res_company AS company ON company.id = move.company_id
                 JOIN res_partner AS home ON home.id = company.partner_id
                 LEFT JOIN res_partner AS ship
                   ON ship.id = COALESCE(move.partner_shipping_id, move.partner_id)
                 LEFT JOIN (
                    SELECT DISTINCT line.move_id
                      FROM account_move_line AS line
                      JOIN product_product AS product ON product.id = line.product_id
                      JOIN product_template AS template
                        ON template.id = product.product_tmpl_id
                     WHERE line.display_type = 'product' AND template.type <> 'service'
                       %(among)s) AS goods ON goods.move_id = move.id
                WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                      %(only)s""",
            kind=self._kind_sql(),
            among=among,
            only=SQL(" AND move.id = ANY(%s)", ids) if ids is not None else SQL(),
        )

    @api.model
    def _kind_sql(self):
        # sudo: which documents an invoice needs, for whoever may read it.
        # Those in use only, also for packs, which see archived records.
        kinds = (
            self.env["clerk.invoice.kind"].sudo().search(Domain("active", "=", True))
        )
        if not kinds:
            return SQL("NULL::int")
        return SQL(
            "CASE %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", kind._condition_sql(), kind.id) for kind in kinds
            ),
        )

    @api.model
    def _present_parts(self, whole=False):
        """Return SQL of documents in the files of invoices, for each way to them.

        Columns are move_id, res_id, document_id, class_id, valid_from and valid_to.

        Another module adds the ways of its own records by `_way_sql`.

        :param whole: leave out documents of some of several records that all need one
        """
        yield self._way_sql(SQL("SELECT id, id AS res_id FROM move"), "account.move")
        yield self._way_sql(
            SQL("SELECT id, partner_id AS res_id FROM move"), "res.partner", "customer"
        )

    @api.model
    def _way_sql(self, pairs, model, *places):
        """Return documents of records that invoices lead to.

        :param pairs: SQL of the ids of invoices and of records: ``id, res_id``
        :param places: where documents of a class are found, for it to count this way
        """
        return SQL(
            """SELECT pair.id AS move_id, pair.res_id, document.id AS document_id,
                      document.class_id, document.valid_from, document.valid_to
                 FROM (%(pairs)s) AS pair
                 JOIN move AS owner ON owner.id = pair.id
                 JOIN clerk_document_link AS link
                   ON link.res_model = %(model)s AND link.res_id = pair.res_id
                 JOIN clerk_document AS document
                   ON document.id = link.document_id AND document.state = 'filed'
                  AND document.company_id = owner.company_id
                 JOIN clerk_document_class AS class ON class.id = document.class_id
                WHERE %(counts)s""",
            pairs=pairs,
            model=model,
            counts=SQL("class.place = ANY(%s)", list(places))
            if places
            else SQL("TRUE"),
        )

    @api.model
    def _whole_way_sql(self, pairs, model, *places):
        """Return documents as `_way_sql`, if each record of an invoice has one."""
        return SQL(
            """SELECT way.move_id, MIN(way.res_id) AS res_id,
                      MIN(way.document_id) AS document_id, way.class_id,
                      NULL::date AS valid_from, NULL::date AS valid_to
                 FROM (%(way)s) AS way
                 JOIN move AS owner ON owner.id = way.move_id
                 JOIN (SELECT id, COUNT(*) AS number FROM (%(pairs)s) AS pair
                        GROUP BY 1) AS needed ON needed.id = way.move_id
                WHERE COALESCE(way.valid_from <= owner.date, TRUE)
                  AND COALESCE(way.valid_to >= owner.date, TRUE)
                GROUP BY way.move_id, way.class_id, needed.number
               HAVING COUNT(DISTINCT way.res_id) = needed.number""",
            way=self._way_sql(pairs, model, *places),
            pairs=pairs,
        )

    @api.model
    def _documents_of(self, ids):
        """Return the documents in the files of invoices that the user may read.

        :return: ``{id of the invoice: documents}``
        """
        if not ids:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH move AS MATERIALIZED (%s)
                   SELECT DISTINCT present.move_id, present.document_id
                     FROM (%s) AS present
                     JOIN move ON move.id = present.move_id
                    WHERE COALESCE(present.valid_from <= move.date, TRUE)
                      AND COALESCE(present.valid_to >= move.date, TRUE)""",
                self._moves_sql(ids),
                SQL(" UNION ALL ").join(self._present_parts()),
            )
        )
        documents = self.env["clerk.document"]
        readable = documents.search([("id", "in", [number for _move, number in rows])])
        found = {}
        for move_id, number in rows:
            found.setdefault(move_id, set()).add(number)
        return {
            move_id: readable.filtered(lambda each, ids=numbers: each.id in ids)
            for move_id, numbers in found.items()
        }

    # From documents to invoices

    @api.model
    def _last_entries(self, documents):
        """Return the date of the last entry of documents: ``{id: date}``."""
        if not documents.ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT document_id, MAX(date) FROM (%s) AS reached
                        WHERE date IS NOT NULL GROUP BY 1""",
                    self._reached_sql(documents),
                )
            )
        )

    @api.model
    def _ids_with_entries(self, documents, join, condition):
        """Return the ids of documents of which an entry meets a condition.

        :param join: SQL of what is joined to ``reached``
        """
        if not documents.ids:
            return set()
        return self._ids_of(
            SQL(
                "SELECT DISTINCT reached.document_id FROM (%s) AS reached %s WHERE %s",
                self._reached_sql(documents),
                join,
                condition,
            )
        )

    @api.model
    def _entries_of(self, documents):
        """Return the ids of documents and of their entries, as pairs."""
        if not documents.ids:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT document_id, move_id FROM (%s) AS reached",
                self._reached_sql(documents),
            )
        )

    @api.model
    def _reached_sql(self, documents):
        """Return the entries of documents: ``document_id, move_id, date``.

        These are the entries that are linked to them, those of other records that are,
        and the invoices in whose files they are.
        """
        self.env.flush_all()
        # sudo: which records keep a document, whoever may read them.
        invoices = list(self._moves_of(documents.sudo().link_ids._linked_ids()))
        return SQL(
            """SELECT link.document_id, linked.id AS move_id,
                      GREATEST(linked.date, linked.invoice_date) AS date
                 FROM clerk_document_link AS link
                 JOIN (%(entries)s) AS way
                   ON way.model = link.res_model AND way.id = link.res_id
                 JOIN account_move AS linked ON linked.id = way.move_id
                WHERE link.document_id = ANY(%(ids)s)
                UNION
               SELECT found.document_id, found.move_id, found.date
                 FROM (
                    WITH move AS MATERIALIZED (%(moves)s)
                    SELECT present.document_id, present.move_id, move.date
                      FROM (%(present)s) AS present
                      JOIN move ON move.id = present.move_id
                     WHERE COALESCE(present.valid_from <= move.date, TRUE)
                       AND COALESCE(present.valid_to >= move.date, TRUE)) AS found
                WHERE found.document_id = ANY(%(ids)s)""",
            ids=documents.ids,
            entries=SQL(" UNION ALL ").join(self._entry_parts()),
            moves=self._moves_sql(invoices),
            present=SQL(" UNION ALL ").join(self._present_parts()),
        )

    @api.model
    def _entry_parts(self):
        """Yield SQL of records and their entries: ``model, id, move_id``."""
        yield SQL("SELECT 'account.move' AS model, id, id AS move_id FROM account_move")
        yield SQL(
            """SELECT 'clerk.billing.error', error_id, move_id
                 FROM clerk_billing_error_move_rel"""
        )
        yield SQL("SELECT 'clerk.call', call_id, move_id FROM clerk_call_move_rel")

    @api.model
    def _moves_of(self, links):
        """Return the ids of the invoices whose files have what is linked to records.

        :param links: ``{model: ids}``
        """
        ids = set(links.get("account.move", ()))
        if partners := links.get("res.partner"):
            ids |= self._ids_of(
                SQL(
                    """SELECT id FROM account_move
                        WHERE commercial_partner_id = ANY(%s) AND state = 'posted'
                          AND move_type = 'out_invoice'""",
                    list(partners),
                )
            )
        return ids

    @api.model
    def _ids_of(self, query):
        return {number for (number,) in self.env.execute_query(query)}
