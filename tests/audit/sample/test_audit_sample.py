import gzip
from hashlib import sha256

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)


@tagged("post_install", "-at_install")
class TestAuditSampleAccess(AuditSampleCommon):
    """Access rights: auditors of the engagement write, the team reads."""

    def _parts(self, sample):
        return (sample, sample.item_ids, sample.stratum_ids, sample.change_ids)

    def test_readers(self):
        sample = self._drawn()
        self._invoice(33)
        sample.action_compare()
        parts = self._parts(sample)
        for part in parts:
            self.assertTrue(part)
            for user in (self.clerk, self.supervisor, self.auditor):
                part.with_user(user).read(["company_id"])
            for stranger in (self.other_auditor, self.outsider, self.clerk_b):
                with self.assertRaises(AccessError, msg=(part, stranger.login)):
                    part.with_user(stranger).read(["company_id"])

    def test_population_downloads_are_logged(self):
        with self.assertRaisesRegex(UserError, "draw the sample first"):
            self._sample()._log_population_download()
        sample = self._drawn()
        for user in (self.clerk, self.supervisor, self.auditor):
            with self.assertRaises(AccessError):
                sample.with_user(user).read(["population_file"])
        for stranger in (self.other_auditor, self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                sample.with_user(stranger)._log_population_download()
        file = sample.with_user(self.auditor)._log_population_download()
        self.assertEqual(
            sha256(gzip.decompress(file.raw)).hexdigest(), sample.fingerprint
        )
        log = (
            self.env["clerk.audit.access"]
            .sudo()
            .search([("audit_id", "=", self.audit.id)])
        )
        self.assertEqual((log.action, log.user_id), ("export", self.auditor))
        self.assertIn(sample.display_name, log.description)

    def test_only_auditors_write(self):
        sample = self._drawn()
        item = sample.item_ids[0]
        for user in (self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                self._sample(user=user)
            for step in ("action_draw", "action_evaluate", "action_compare"):
                with self.assertRaises(AccessError):
                    getattr(sample.with_user(user), step)()
            with self.assertRaises(AccessError):
                item.with_user(user).audited_amount = 1
            with self.assertRaises(AccessError):
                item.with_user(user).action_agree()
            with self.assertRaises(AccessError):
                sample.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self._sample(user=self.other_auditor)

    def test_computed_fields_are_guarded(self):
        sample = self._drawn()
        for values in ({"state": "evaluated"}, {"over_upper": 1}, {"size": 3}):
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                sample.write(values)
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                self._sample(**values)
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            self.env["clerk.audit.sample"].with_user(self.auditor).with_context(
                default_state="evaluated"
            ).create({"audit_id": self.audit.id})
        item = sample.item_ids[0]
        for values in ({"book_amount": 1}, {"unit": 1}, {"name": "Other"}):
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                item.write(values)
        for part in (sample.stratum_ids, item):
            with self.assertRaises(AccessError):
                part.unlink()
        with self.assertRaises(AccessError):
            item.copy()
        with self.assertRaises(AccessError):
            sample.stratum_ids[0].size = 1

    def test_closed_engagement_cannot_be_changed(self):
        sample = self._drawn()
        audit = self.audit.with_user(self.auditor)
        audit.action_report()
        audit.action_close()
        for change in (
            lambda: self._sample(),
            lambda: sample.action_compare(),
            lambda: sample.item_ids.action_agree(),
            lambda: sample.write({"note": "More"}),
        ):
            with self.assertRaisesRegex(UserError, "is closed"):
                change()

    def test_population_is_limited_to_readable_records(self):
        """Unreadable records are not drawn, and show as a difference to the ledger."""
        hidden = self._invoice(700, partner=self.partner_b)
        self.env["ir.rule"].sudo().create(
            {
                "name": "Partner B is secret",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": f"[('partner_id', '!=', {self.partner_b.id})]",
                "groups": [
                    Command.link(self.env.ref("invoicing_clerk.group_auditor").id)
                ],
            }
        )
        self.env["ir.rule"].sudo().search(
            [
                ("model_id.model", "=", "account.move"),
                ("groups", "in", self.auditor.all_group_ids.ids),
                ("name", "!=", "Partner B is secret"),
            ]
        ).active = False
        sample = self._drawn()
        self.assertNotIn(hidden.id, sample.item_ids.mapped("res_id"))
        self.assertEqual(sample.population_total, 5000)
        self.assertEqual(sample.ledger_difference, -700)

    def test_samples_of_an_engagement(self):
        sample = self._drawn()
        audit = self.audit.with_user(self.auditor)
        self.assertEqual(audit.sample_count, 1)
        action = audit.action_view_samples()
        found = self.env["clerk.audit.sample"].with_user(self.auditor)
        self.assertEqual(found.search(action["domain"]), sample)


@tagged("post_install", "-at_install")
class TestAuditSampleFile(AuditSampleCommon, HttpCase):
    """Download of the population in the browser."""

    def test_download(self):
        sample = self._drawn()
        password = self.auditor.login + "-Secret-1"
        self.auditor.password = password
        self.authenticate(self.auditor.login, password)
        answer = self.url_open(sample.action_download_population()["url"])
        self.assertEqual(answer.status_code, 200)
        name = f"population-{sample.id}.csv.gz"
        self.assertIn(name, answer.headers["Content-Disposition"])
        self.assertTrue(gzip.decompress(answer.content).startswith(b"id,amount"))
