from odoo import api, fields, models
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
                    create_uid, write_uid, create_date, write_date)
               SELECT move_id, %(columns)s, %(uid)s, %(uid)s, %(now)s, %(now)s
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
            uid=self.env.uid,
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
            present=SQL(" UNION ALL ").join(self._present_parts()),
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
        kinds = self.env["clerk.invoice.kind"].sudo().search([])
        if not kinds:
            return SQL("NULL::int")
        return SQL(
            "CASE %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", kind._condition_sql(), kind.id) for kind in kinds
            ),
        )

    @api.model
    def _present_parts(self):
        """Return SQL of (move_id, class_id, valid_from, valid_to), for each way from an
        invoice to documents.

        Another module adds the ways of its own records by `_way_sql`.
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
            """SELECT pair.id AS move_id, document.class_id, document.valid_from,
                      document.valid_to
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

    # From documents to invoices

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
