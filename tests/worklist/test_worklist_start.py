from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.models.worklist.worklist_start import STARTS
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorklistStart(WorklistCommon):
    """A worklist starts from names that people know, or from a search on a list."""

    def test_every_start_is_a_list_that_can_be_refreshed(self):
        starts = dict(self.worklists._fields["start_from"].selection)
        self.assertEqual(set(starts), set(STARTS))
        for start, name in starts.items():
            form = Form(self.env["clerk.worklist"].with_user(self.supervisor))
            form.name = name
            form.start_from = start
            worklist = form.save().sudo()
            self.assertEqual(worklist.model, STARTS[start]["model"])
            self.assertTrue(worklist._refresh(), (name, worklist.refresh_error))

    def test_another_start_leaves_nothing_of_the_first(self):
        form = Form(self.env["clerk.worklist"].with_user(self.supervisor))
        form.start_from = "invoices"
        self.assertEqual(form.date_path, "invoice_date_due")
        form.start_from = "customers"
        self.assertFalse(form.date_path)
        self.assertFalse(form.amount_path)
        self.assertEqual(form.partner_path, "id")

    def _new_from(self, user=None, **context):
        worklists = self.env["clerk.worklist"].with_user(user or self.supervisor)
        return worklists.with_context(**context).action_new_from_filter()

    def test_from_the_search_of_a_list(self):
        moves = self._posted((1, 700.0)) | self._posted((1, 20.0))
        for model, domain, expected in (
            ("account.move", [("amount_total", ">", 500), ("id", "in", moves.ids)], 1),
            ("account.move", ["|", ("ref", "=", "x"), ("id", "in", moves.ids)], 2),
            ("res.partner", [("id", "=", self.partner_a.id)], 1),
            ("clerk.receivable", [("id", "=", 0)], 0),
            ("clerk.promise", [("id", "=", 0)], 0),
        ):
            with self.subTest(model=model, domain=domain):
                action = self._new_from(active_model=model, active_domain=domain)
                worklists = self.env["clerk.worklist"].with_user(self.supervisor)
                form = Form(worklists.with_context(**action["context"]))
                form.name = "Of a filter"
                worklist = form.save().sudo()
                self.assertEqual(worklist.model, model)
                self.assertTrue(worklist._refresh(), worklist.refresh_error)
                self.assertEqual(len(self._open_items(worklist)), expected)

    def test_from_every_list_that_offers_it(self):
        actions = self.env["ir.actions.server"].search(
            [("code", "=", "action = model.action_new_from_filter()")]
        )
        self.assertGreaterEqual(len(actions), 12)
        for model in actions.binding_model_id.mapped("model"):
            with self.subTest(model=model):
                domain = [("id", "=", 0)]
                action = self._new_from(active_model=model, active_domain=domain)
                worklists = self.env["clerk.worklist"].with_user(self.supervisor)
                form = Form(worklists.with_context(**action["context"]))
                form.name = "Of a filter"
                worklist = form.save().sudo()
                self.assertTrue(worklist._refresh(), worklist.refresh_error)

    def test_hostile_lists_get_a_sentence(self):
        for context in (
            {},
            {"active_model": "no.such.model"},
            {"active_model": 5},
            {"active_model": "res.partner", "active_domain": "[(1"},
            {"active_model": "res.partner", "active_domain": [("a",)]},
            {"active_model": "res.partner", "active_domain": 5},
        ):
            with self.assertRaises(UserError, msg=str(context)):
                self._new_from(**context)

    def test_only_supervisors_make_worklists(self):
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self._new_from(user, active_model="res.partner")
