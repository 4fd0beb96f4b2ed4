from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditSnapshot(RequestCommon):
    """A delivered result is frozen, and later changes are listed exactly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._posted((1, 100.0), taxes=cls.env["account.tax"])
        cls.second = cls._posted((1, 200.0), taxes=cls.env["account.tax"])

    def _delivered(self, **values):
        values = {"columns": "name,ref,partner_id", **values}
        request = self._request()
        self._deliver(request, query_id=self._query(user=self.clerk, **values).id)
        return request

    def _changes(self, request, user=None):
        request.with_user(user or self.auditor).action_compare()
        return [
            (change.kind, change.res_id, change.path, change.before, change.after)
            for change in request.change_ids
        ]

    def test_a_delivery_is_frozen(self):
        request = self._delivered()
        snapshot = request.snapshot_id
        self.assertRecordValues(
            snapshot,
            [{"record_count": 2, "control_total": 300.0, "user_id": self.clerk.id}],
        )
        self.assertEqual(len(snapshot.digest), 64)
        self.assertEqual(
            snapshot.line_ids.mapped("res_id"), (self.first + self.second).ids
        )
        self.assertEqual(
            snapshot.line_ids[0].content["partner_id"], self.partner_a.display_name
        )
        for user in (self.clerk, self.supervisor, self.auditor):
            for record in (snapshot, snapshot.line_ids):
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
            with self.assertRaises(AccessError):
                snapshot.with_user(user).digest = "x"
        self.assertEqual(request.change_state, "unknown")
        self.assertFalse(request.with_user(self.auditor).current_text)

    def test_written_states_freeze_the_result_too(self):
        request = self._request(query_id=self._query().id)
        request.with_user(self.clerk).write({"state": "delivered"})
        self.assertEqual(request.snapshot_id.record_count, 2)

    def test_nothing_changed(self):
        request = self._delivered()
        self.assertEqual(self._changes(request), [])
        self.assertEqual(request.change_state, "same")
        self.assertIn("no changes", request.change_text)

    def test_added_and_changed(self):
        request = self._delivered()
        third = self._posted((1, 50.0), taxes=self.env["account.tax"])
        self.first.ref = "PO 7"
        self.assertEqual(
            self._changes(request),
            [
                ("added", third.id, False, False, "50.00"),
                ("changed", self.first.id, "ref", "", "PO 7"),
            ],
        )
        self.assertIn("1 added, 0 removed, 1 changed", request.change_text)
        self.assertIn("3 records", request.with_user(self.auditor).current_text)

    def test_removed(self):
        request = self._delivered(
            domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]"
        )
        self.second.button_draft()
        self.assertEqual(
            self._changes(request),
            [("removed", self.second.id, False, "200.00", False)],
        )
        self.assertRecordValues(
            request.comparison_id,
            [{"added_count": 0, "removed_count": 1, "changed_count": 0}],
        )
        self.assertEqual(request.change_state, "changed")
        self.assertIn("1 record,", request.with_user(self.auditor).current_text)

    def test_an_amount_that_no_column_shows(self):
        request = self._delivered(columns="name")
        self.assertEqual(request.snapshot_id.columns, "name,amount_total_signed")
        self.second.button_draft()
        self.second.invoice_line_ids.price_unit = 250
        self.second.action_post()
        [(kind, record, path, before, after)] = self._changes(request)
        self.assertEqual((kind, record), ("changed", self.second.id))
        self.assertEqual(
            (path, before, after), ("amount_total_signed", "200.00", "250.00")
        )
        self.assertEqual(request.change_ids.label, "Total Signed")

    def test_the_delivered_query_runs_again(self):
        """A later change of the query does not change the delivered answer."""
        request = self._delivered()
        request.query_id.with_user(self.clerk).domain = "[('id', '=', 0)]"
        self.assertEqual(self._changes(request), [])
        self.assertEqual(request.comparison_id.record_count, 2)

    def test_comparing_again_and_delivering_again(self):
        request = self._delivered()
        self.first.ref = "PO 7"
        self.assertEqual(len(self._changes(request)), 1)
        self.first.ref = False
        self.assertEqual(self._changes(request, user=self.clerk), [])
        self.first.ref = "PO 8"
        request.with_user(self.auditor)._clarify("Is that all?")
        self._deliver(request)
        self.assertEqual(request.change_state, "unknown")
        self.assertEqual(self._changes(request), [])
        self.assertEqual(
            request.snapshot_ids.mapped("kind"),
            ["comparison", "delivery", "comparison", "comparison", "delivery"],
        )
        frozen = request.snapshot_ids.filtered("line_ids")
        self.assertEqual(frozen.mapped("kind"), ["delivery", "delivery"])

    def test_readers_of_other_languages_see_the_same(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.auditor.lang = "fr_FR"
        request = self._delivered(columns="name,state,move_type,date")
        self.assertEqual(self._changes(request), [])

    def test_readers_in_other_time_zones_see_the_same(self):
        self.clerk.tz, self.auditor.tz = "Asia/Tokyo", "America/New_York"
        request = self._delivered(columns="name,create_date")
        self.assertEqual(self._changes(request), [])

    def test_read_access(self):
        request = self._delivered()
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login):
                for record in (
                    request.snapshot_id,
                    request.snapshot_id.line_ids,
                ):
                    self.assertFalse(record.with_user(user).has_access("read"))
                with self.assertRaises(AccessError):
                    request.with_user(user).action_compare()

    def test_changes_belong_to_the_engagement(self):
        request = self._delivered()
        self.first.ref = "PO 7"
        self._changes(request)
        changes = request.change_ids
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertTrue(changes.with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                changes.with_user(user).after = "nothing"
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            self.assertFalse(changes.with_user(user).has_access("read"), user.login)

    def test_nothing_to_compare(self):
        request = self._request()
        self._deliver(request)
        with self.assertRaisesRegex(UserError, "no query was delivered"):
            request.with_user(self.auditor).action_compare()

    def test_deleted_records_are_listed(self):
        partner = self.env["res.partner"].create({"name": "Passing by", "ref": "Z"})
        request = self._delivered(
            model="res.partner",
            domain="[('ref', '=', 'Z')]",
            columns="name,ref",
            amount_path=False,
        )
        partner.unlink()
        [(kind, _record, _path, before, after)] = self._changes(request)
        self.assertEqual((kind, before, after), ("removed", False, False))
        with self.assertRaisesRegex(UserError, "“Passing by” has been deleted"):
            request.change_ids.with_user(self.auditor).action_open_record()

    def test_invalid_delivered_queries_are_explained(self):
        request = self._delivered()
        request.snapshot_id.sudo()._write({"domain": "[('no_such', '=', 1)]"})
        self.env.invalidate_all()
        self.assertIn("no_such", request.with_user(self.auditor).current_text)
        with self.assertRaisesRegex(UserError, "no_such"):
            request.with_user(self.auditor).action_compare()

    def test_queries_of_comparisons_do_not_grow(self):
        counts = []
        partners = self.env["res.partner"]
        for number in (3, 60):
            partners.create(
                [{"name": f"Of {number}", "ref": "Q"} for _each in range(number)]
            )
            request = self._delivered(
                model="res.partner",
                domain="[('ref', '=', 'Q')]",
                columns="name,ref,country_id",
                amount_path=False,
            )
            partners.search([("ref", "=", "Q")]).name = "Changed"
            delivered = request.with_user(self.auditor)
            counts.append(self._count_queries(delivered.action_compare))
            self.assertEqual(len(request.change_ids), number)
        self._assert_no_more_queries(*counts)
