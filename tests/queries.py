from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL


class QueryCounting:
    """Counts the queries of an action, to compare a few records with many."""

    def setUp(self):
        super().setUp()
        # Queries by their number, to say which ones are too many.
        self._counted = {}

    def _count_queries(self, action, *args, times=1, first=None):
        """Return the number of queries of an action and of writing what it changed.

        It starts without cached records. What Odoo caches for longer is cleared when
        it is full, which costs a query more: an action that can be repeated is counted
        several times, and the smallest number is returned.

        :param first: a function of what is not counted, such as what each request reads
        """
        return min(self._count_once(action, args, first) for _time in range(times))

    def _count_once(self, action, args, first):
        self.env.flush_all()
        self.env.invalidate_all()
        if first:
            first()
        before = self.env.cr.sql_log_count
        with self._recorded_queries() as queries:
            action(*args)
            self.env.flush_all()
        number = self.env.cr.sql_log_count - before
        self._counted[number] = Counter(queries)
        return number

    @contextmanager
    def _recorded_queries(self):
        """Collect the queries of the block, without their values."""
        queries, core = [], Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            queries.append(query.code if isinstance(query, SQL) else str(query))
            return core(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", execute):
            yield queries

    def _assert_no_more_queries(self, few, many, margin=0):
        """Check that the queries do not grow with the records, but by a margin."""
        more = self._counted.get(many, Counter()) - self._counted.get(few, Counter())
        self.assertLessEqual(
            many, few + margin, f"Many records cost more queries than a few: {more}"
        )
