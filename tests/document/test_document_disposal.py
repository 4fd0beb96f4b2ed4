from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon

WORK = "odoo.addons.invoicing_clerk.models.document.document_disposal_work"


@tagged("post_install", "-at_install")
class TestDocumentDisposal(DocumentCommon):
    """Documents are disposed of after their term, and never before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice.company_id.sudo().hard_lock_date = "2016-12-31"

    def _old(self, title="Old", **values):
        return self._file(title, **{"date": "2015-03-01", "move_ids": [], **values})

    def _run(self, **values):
        runs = self.env["clerk.document.disposal"].with_user(self.clerk)
        return runs.create(values)

    def test_listed_approved_and_disposed_of(self):
        document = self._old()
        digest = document.file_hash
        run = self._run()
        run.action_propose()
        self.assertEqual(run.line_ids.document_id, document)
        with self.assertRaises(AccessError):
            run.action_approve()
        run.with_user(self.supervisor).action_approve()
        self.assertEqual((run.state, document.state), ("done", "disposed"))
        self.assertEqual(document.file_hash, digest)
        self.assertFalse(document.file)
        self.assertFalse(document.evidence_problem)
        with self.assertRaisesRegex(UserError, "Disposed Of"), self.cr.savepoint():
            document.note = "x"
        with self.assertRaisesRegex(UserError, "no retention"), self.cr.savepoint():
            self._run().action_propose()

    def test_nobody_approves_their_own_list(self):
        self._old()
        runs = self.env["clerk.document.disposal"].with_user(self.supervisor)
        run = runs.create({})
        run.action_propose()
        with self.assertRaisesRegex(UserError, "ask a colleague"):
            run.action_approve()

    def test_nobody_shortens_and_approves(self):
        document = self._old(date="2025-03-01")
        document.with_user(self.supervisor).date = "2015-03-01"
        run = self._run()
        run.action_propose()
        self.assertEqual(run.line_ids.shortened_by_id, self.supervisor)
        with self.assertRaisesRegex(UserError, "You shortened"):
            run.with_user(self.supervisor).action_approve()

    def test_what_has_to_be_kept_is_kept(self):
        held, open_year, entry, changed, plain = (
            self._old("Held"),
            self._old("Open", date="2017-03-01", class_id=self.letter.id),
            self._old("Entry", move_ids=self.invoice.ids),
            self._old("Changed"),
            self._old("Plain"),
        )
        self.company_a.sudo().restrictive_audit_trail = True
        run = self._run()
        run.action_propose()
        held.with_user(self.supervisor).action_hold("Lawsuit")
        changed.date = "2016-04-01"
        run.with_user(self.supervisor).action_approve()
        problems = {line.document_id: line.problem for line in run.line_ids}
        self.assertIn("Lawsuit", problems[held])
        self.assertIn("2017-12-31 is not closed", problems[open_year])
        self.assertIn("restrictive audit trail", problems[entry])
        self.assertIn("has changed", problems[changed])
        self.assertFalse(problems[plain])
        self.assertEqual(run.kept_count, 4)

    def test_what_the_list_shows_as_kept_is_kept(self):
        document = self._old()
        above = document.with_user(self.supervisor)
        above.action_hold("Lawsuit")
        run = self._run()
        run.action_propose()
        above.action_release()
        run.with_user(self.supervisor).action_approve()
        self.assertEqual((run.line_ids.state, document.state), ("kept", "filed"))
        with self.assertRaises(AccessError):
            run.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "not deleted"), self.cr.savepoint():
            run.sudo().line_ids.unlink()
        again = self._run()
        again.action_propose()
        again.action_return()
        self.assertFalse(again.line_ids)

    def test_kept_documents_use_no_place_of_others(self):
        for number in range(3):
            held = self._old(f"Held {number}")
            held.with_user(self.supervisor).action_hold("Lawsuit")
        document = self._old("Free", date="2016-01-01")
        run = self._run()
        with patch(f"{WORK}.MOST", 1), patch(f"{WORK}.CHUNK", 1):
            run.action_propose()
            self._work()
        listed = run.line_ids.filtered(lambda line: line.state == "listed")
        self.assertEqual(listed.document_id, document)

    def test_audits_keep_documents(self):
        audit = (
            self.env["clerk.audit"]
            .with_user(self.supervisor)
            .create(
                {
                    "name": "Audit",
                    "company_id": self.company_a.id,
                    "date_from": "2015-01-01",
                    "date_to": "2015-12-31",
                }
            )
        )
        document = self._old()
        self.assertIn("audit", document._retention_obstacle())
        audit.unlink()
        self.assertFalse(document._retention_obstacle())

    def _work(self, killed_at=None, method=None):
        """Go on with runs, as the scheduler does; stop at the n-th part."""
        runs, parts = type(self.env["clerk.document.disposal"]), []
        method = method or "_list_part"
        part = getattr(runs, method)

        def worked(self):
            part(self)
            parts.append(self.id)
            if len(parts) == killed_at:
                raise KilledError

        with patch.object(runs, method, worked), self._job_env() as env:
            try:
                env["clerk.document.disposal"]._cron_work()
            except KilledError:
                # What was not committed is lost.
                env.cr.rollback()
        self.env.invalidate_all()
        return len(parts)

    def _log(self, run):
        return " ".join(run.message_ids.mapped("body"))

    def test_killed_and_resumed(self):
        documents = sum((self._old(f"Old {each}") for each in range(9)), self._old())
        run = self._run()
        with patch(f"{WORK}.CHUNK", 2):
            run.action_propose()
            self.assertEqual((run.state, len(run.line_ids)), ("listing", 2))
            self._work(killed_at=3)
            self.assertEqual((run.state, len(run.line_ids)), ("listing", 6))
            self.assertEqual(run.sudo().tries, 1)
            self._work()
            self.assertEqual((run.state, run.sudo().tries), ("proposed", 0))
            self.assertEqual(run.line_ids.document_id, documents)
            self.assertEqual(len(run.line_ids), len(documents))
            run.with_user(self.supervisor).action_approve()
            self._work(killed_at=2, method="_dispose_part")
            self.assertEqual(run.state, "disposing")
            self.assertEqual(documents.mapped("state").count("disposed"), 4)
            self._work(method="_dispose_part")
        self.assertEqual(set(documents.mapped("state")), {"disposed"})
        self.assertEqual(run.state, "done")
        self.assertEqual(run.approved_by_id, self.supervisor)

    def test_a_run_that_stops_its_worker_is_set_aside(self):
        documents = sum((self._old(f"Old {each}") for each in range(4)), self._old())
        run = self._run()
        with patch(f"{WORK}.CHUNK", 2):
            run.action_propose()
            for _time in range(3):
                self._work(killed_at=1)
            self._work()
            self.assertEqual((run.state, len(run.line_ids)), ("draft", 0))
            self.assertIn("set aside", self._log(run))
            run.action_propose()
            self._work()
            self.assertEqual(run.line_ids.document_id, documents)

    def test_approvers_who_left_dispose_of_nothing_more(self):
        documents = sum((self._old(f"Old {each}") for each in range(4)), self._old())
        run = self._run()
        run.action_propose()
        with patch(f"{WORK}.CHUNK", 2):
            run.with_user(self.supervisor).action_approve()
            self.supervisor.sudo().active = False
            self._work(method="_dispose_part")
        self.assertEqual(documents.mapped("state").count("disposed"), 2)
        self.assertEqual(run.state, "proposed")
        self.assertIn("is archived", self._log(run))
        with self.assertRaisesRegex(UserError, "disposed of already"):
            run.action_return()
