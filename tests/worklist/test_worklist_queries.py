from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorklistQueries(WorklistCommon):
    """More items cost no more queries, and Next takes its item in one statement."""

    def _specification(self, model, xmlid):
        view = self.env.ref(f"invoicing_clerk.{xmlid}")
        names = self.env[model].with_user(self.clerk).get_view(view.id)["models"]
        return {name: {} for name in names[model]}

    def _lists_of_both_models(self):
        """Return a list of customers and one of invoices."""
        self._posted((1, 10.0))
        self._partners(1)
        worklists = self._customers_list() + self._invoices_list()
        for worklist in worklists:
            worklist._refresh()
        return worklists

    def _more(self, worklists):
        self._partners(90)
        for _index in range(5):
            self._posted((1, 10.0))
        for worklist in worklists:
            worklist._refresh()

    def test_desk(self):
        worklists = self._lists_of_both_models()
        desk = self.env["clerk.worklist"].with_user(self.clerk)
        spec = self._specification(desk._name, "clerk_worklist_view_desk")

        def read():
            desk.web_search_read([("id", "in", worklists.ids)], spec)

        read()
        few = self._count_queries(read)
        self._more(worklists)
        many = self._count_queries(read)
        self._assert_no_more_queries(few, many)
        self.assertLess(many, 25)

    def test_lists_are_read_in_the_order_of_an_index(self):
        """Table: the filters with which lists open -> the index that gives the order.

        Would have caught: to show 80 of a million items, all were checked and sorted.
        """
        worklist = self._customers_list()
        self._partners(3)
        worklist._refresh()
        items = self.env["clerk.work.item"].with_user(self.clerk)
        todo = Domain("state", "in", ("open", "in_progress"))
        unfinished = Domain("state", "in", ("open", "in_progress", "snoozed"))
        of_list = Domain("worklist_id", "=", worklist.id)
        mine = Domain("user_id", "=", self.clerk.id)
        # Tables of tests are too small for an index.
        for name in ("seqscan", "sort", "bitmapscan"):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL(f"enable_{name}")))
        for domain, index in (
            *((todo & of_list, "list"), (unfinished & of_list, "list")),
            *((Domain("state", "=", "open") & of_list, "(list|queue)"),),
            *((todo, "urgent"), (unfinished, "urgent")),
            *((todo & mine, "assigned"), (unfinished & mine, "assigned")),
        ):
            with self.subTest(domain=domain):
                query = items._search(domain, order=items._order, limit=80)
                plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                text = "\n".join(line for [line] in plan)
                self.assertRegex(text, f"clerk_work_item_{index}")
                self.assertNotRegex(text, "Sort|Seq Scan on clerk_work_item")

    def test_pages_are_those_of_the_whole(self):
        """Pages of any size, one after another, have what one page of all has."""
        worklists = self._lists_of_both_models()
        self._more(worklists)
        items = self.env["clerk.work.item"].with_user(self.clerk)
        domain = [("worklist_id", "in", worklists.ids), ("state", "=", "open")]
        whole = items.search(domain)
        self.assertEqual(
            whole.ids,
            whole.sorted(lambda each: (-each.score, each.deadline, each.id)).ids,
        )
        for size in (1, 7, 40, 1000):
            pages = [
                items.search(domain, offset=start, limit=size)
                for start in range(0, len(whole), size)
            ]
            self.assertEqual([each for page in pages for each in page.ids], whole.ids)

    def test_list_of_eighty(self):
        worklists = self._lists_of_both_models()
        items = self.env["clerk.work.item"].with_user(self.clerk)
        spec = self._specification(items._name, "clerk_work_item_view_list")
        domain = [("worklist_id", "in", worklists.ids)]

        def read(limit=80):
            return items.web_search_read(domain, spec, limit=limit)

        read()
        # A full page is counted, of two records as of eighty.
        few = self._count_queries(read, 2)
        self._more(worklists)
        many = self._count_queries(read)
        self.assertEqual(len(read()["records"]), 80)
        self._assert_no_more_queries(few, many)
        one_kind = [("worklist_id", "=", worklists[0].id)]
        few = self._count_queries(
            lambda: items.web_search_read(one_kind, spec, limit=80)
        )
        self.assertLess(few, 15)

    def test_next(self):
        self._partners(100)
        worklist = self._customers_list()
        worklist._refresh()
        items = self.env["clerk.work.item"].with_user(self.clerk)

        def press():
            self.assertTrue(items._take_next(worklist.with_user(self.clerk)))

        press()
        first = self._count_queries(press)
        # The next item is found as fast when many are taken already.
        for _press in range(60):
            press()
        self._assert_no_more_queries(first, self._count_queries(press))
        self.assertLess(first, 10)

    def test_models_with_items_are_cached(self):
        worklists = self._lists_of_both_models()
        items = self.env["clerk.work.item"].with_user(self.clerk)
        domain = [("worklist_id", "in", worklists.ids)]
        items.search_count(domain)
        # The second one is of core: access to an activity depends on its document.
        with self.assertQueryCount(2):
            items.search_count(domain)

    def test_a_list_of_a_new_model_shows_its_items(self):
        items = self.env["clerk.work.item"].with_user(self.clerk)
        items.search_count([])
        worklist = self._worklist([], model="account.account")
        worklist._refresh()
        self.assertTrue(items.search_count([("worklist_id", "=", worklist.id)]))
