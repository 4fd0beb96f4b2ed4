class QueryCounting:
    """Counts the queries of an action, to compare a few records with many."""

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
        action(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _assert_no_more_queries(self, few, many, margin=0):
        """Check that the queries do not grow with the records, but by a margin."""
        self.assertLessEqual(
            many, few + margin, "Many records cost more queries than a few."
        )
