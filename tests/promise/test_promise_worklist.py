from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseWorklist(PromiseCommon):
    """Broken promises are on a worklist until they are renewed."""

    def test_a_broken_promise_is_listed_until_renewed(self):
        worklist = self.env.ref("invoicing_clerk.worklist_promise_broken").sudo()
        promise = self._judged(None)
        kept = self._judged(-9)
        items = self.env["clerk.work.item"].sudo()

        def listed():
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            return items.search(
                [
                    ("worklist_id", "=", worklist.id),
                    ("state", "=", "open"),
                    ("res_id", "in", (promise + kept).ids),
                ]
            )

        item = listed()
        self.assertEqual(item.res_id, promise.id)
        self.assertEqual(item.user_id, self.clerk)
        self.assertEqual(item.partner_id, self.partner_a)
        self.assertEqual(item.amount, 100.0)
        self._promise(promise.move_ids)
        self.assertFalse(listed())

    def test_a_worklist_judges_before_it_lists(self):
        worklist = self.env.ref("invoicing_clerk.worklist_promise_broken").sudo()
        promise = self._old_promise(self._untaxed())
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        self.assertEqual(promise.state, "broken")
        self.assertTrue(promise.in_worklist)

    def test_the_list_shows_no_promise_whose_invoice_is_paid(self):
        """Broken promises of a year ago, paid since, filled the list of promises."""
        broken, paid = self._judged(None), self._judged(None)
        self._paid_on(paid.move_ids, 0)
        view = self.env.ref("invoicing_clerk.clerk_promise_view_search")
        [listed] = etree.fromstring(view.arch).xpath("//filter[@name='unkept']/@domain")
        found = broken.search(literal_eval(listed))
        self.assertEqual(found & (broken + paid), broken)
        self.assertEqual(found, found.search(found._unkept_domain()))
