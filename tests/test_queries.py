from odoo.tests import TransactionCase, tagged

from odoo.addons.invoicing_clerk.tests.queries import QueryCounting


@tagged("post_install", "-at_install")
class TestQueryCounting(QueryCounting, TransactionCase):
    """Counts of queries, by which a few records are compared with many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Ada"})

    def test_records_are_read_anew(self):
        for _time in range(2):
            self.assertEqual(self._count_queries(self.partner.mapped, "name"), 1)

    def test_what_is_read_first_is_not_counted(self):
        def read():
            return self.partner.mapped("name")

        self.assertEqual(self._count_queries(read, first=read), 0)

    def test_what_the_action_changed_is_written(self):
        self.partner.write({"ref": "before"})
        self.assertEqual(self._count_queries(lambda: None), 0)
        self.assertGreater(self._count_queries(self.partner.write, {"ref": "A"}), 0)

    def test_the_smallest_number_of_several_times(self):
        def select():
            self.env.cr.execute("SELECT 1")
            if len(done) != 1:
                self.env.cr.execute("SELECT 2")
            done.append(True)

        for times, number in (1, 2), (3, 1):
            done = []
            with self.subTest(times=times):
                self.assertEqual(self._count_queries(select, times=times), number)
                self.assertEqual(len(done), times)

    def test_growth(self):
        for few, many, margin in (5, 5, 0), (5, 4, 0), (5, 7, 2):
            self._assert_no_more_queries(few, many, margin)
        for few, many, margin in (5, 6, 0), (5, 8, 2):
            with self.subTest(many=many), self.assertRaises(AssertionError):
                self._assert_no_more_queries(few, many, margin)
