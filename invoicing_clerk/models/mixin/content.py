"""SQL of stored rows as one text, over which seals are computed."""

from odoo.tools import SQL


def content_sql(table, owner, ids, columns):
    """Return rows (owner, content): for each record the text of its stored rows.

    :param owner: the column that names the record to which a row belongs
    :param columns: names of the columns that the seal covers, in their order
    """
    return SQL(
        """SELECT %(owner)s, STRING_AGG(CONCAT_WS('|', %(columns)s), E'\\n' ORDER BY id)
                  AS content
             FROM %(table)s WHERE %(owner)s = ANY(%(ids)s) GROUP BY %(owner)s""",
        owner=SQL.identifier(owner),
        columns=SQL(", ").join(map(SQL.identifier, columns)),
        table=SQL.identifier(table),
        ids=list(ids),
    )
