from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit_request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestAuditRequestDrift(RequestCommon):
    """A delivered query is frozen, and what changes afterwards is told exactly."""

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

    def _drift(self, request, user=None):
        request.with_user(user or self.auditor).action_compare()
        return [
            (drift.kind, drift.res_id, drift.path, drift.before, drift.after)
            for drift in request.drift_ids
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
        self.assertEqual(request.drift_state, "unknown")
        self.assertFalse(request.with_user(self.auditor).current_text)

    def test_nothing_changed(self):
        request = self._delivered()
        self.assertEqual(self._drift(request), [])
        self.assertEqual(request.drift_state, "same")
        self.assertIn("Nothing has changed", request.drift_text)

    def test_added_gone_and_changed(self):
        request = self._delivered()
        third = self._posted((1, 50.0), taxes=self.env["account.tax"])
        self.second.button_draft()
        self.second.move_type  # noqa: B018
        self.first.ref = "PO 7"
        self.second.button_cancel()
        drift = self._drift(request)
        self.assertIn(("added", third.id, None, None, "50.00"), drift)
        self.assertIn(("changed", self.first.id, "ref", "", "PO 7"), drift)

    def test_gone(self):
        request = self._delivered(
            domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]"
        )
        self.second.button_draft()
        self.assertEqual(
            self._drift(request), [("gone", self.second.id, False, "200.00", False)]
        )
        self.assertRecordValues(
            request.comparison_id,
            [{"added_count": 0, "gone_count": 1, "changed_count": 0}],
        )
        self.assertEqual(request.drift_state, "drifted")
        self.assertIn("1 records", request.with_user(self.auditor).current_text)
