from odoo import api, fields, models

from ....rules.audit.test.audit_test import UNRESOLVED_STATES, WITH_OUTCOME
from ....rules.plural import plural
from ....rules.progress import percent
from ...mixin.amount import amount_text
from ..engagement.audit_summary import Section


class ClerkAudit(models.Model):
    """The tests of an engagement, each with its latest run."""

    _inherit = "clerk.audit"

    run_ids = fields.One2many("clerk.audit.run", "audit_id", string="Test Runs")
    test_run_count = fields.Integer(string="Tests Run", compute="_compute_test_count")
    test_exception_count = fields.Integer(
        string="Unresolved Exceptions", compute="_compute_test_count"
    )
    test_waiting_count = fields.Integer(
        string="Tests Waiting",
        compute="_compute_test_count",
        help="Tests that are still to be run in the background.",
    )
    test_progress = fields.Integer(
        string="Progress of Tests", compute="_compute_test_count"
    )

    @api.depends("run_ids.state", "run_ids.is_current")
    @api.depends_context("uid")
    def _compute_test_count(self):
        current = [("audit_id", "in", self.ids), ("is_current", "=", True)]
        runs = self.env["clerk.audit.run"]
        waiting, tests = (
            dict(
                runs._read_group(
                    [*current, ("state", "in", states)], ["audit_id"], ["__count"]
                )
            )
            for states in (("waiting", "running"), WITH_OUTCOME)
        )
        exceptions = dict(
            self.env["clerk.audit.exception"]._read_group(
                [
                    ("run_id", "in", runs._search(current)),
                    ("state", "in", UNRESOLVED_STATES),
                ],
                ["audit_id"],
                ["__count"],
            )
        )
        for audit in self:
            audit.test_waiting_count = waiting.get(audit, 0)
            audit.test_run_count = tests.get(audit, 0)
            audit.test_progress = percent(
                audit.test_run_count, audit.test_run_count + audit.test_waiting_count
            )
            audit.test_exception_count = exceptions.get(audit, 0)

    def _plan_tests(self):
        """Create a run to be run for every test that has none in the engagement."""
        self.ensure_one()
        if self.state == "closed":
            return
        # sudo: includes confidential tests; record rules hide their runs from users who
        # cannot see them.
        runs = self.env["clerk.audit.run"].sudo()
        planned = runs.search([("audit_id", "=", self.id)]).test_id
        missing = self.env["clerk.audit.test"].search([("id", "not in", planned.ids)])
        runs.create([{"audit_id": self.id, "test_id": test.id} for test in missing])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_test_results(self):
        # sudo: runs of confidential tests count as well.
        self.sudo().run_ids._unlink_except_done()

    def action_open_tests(self):
        """Open the tests of the engagement, whether run or not."""
        self.check_access("read")
        self._plan_tests()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_run_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {
                "search_default_current": 1,
                "search_default_by_area": 1,
                "default_audit_id": self.id,
            },
        }

    def action_run_tests(self):
        """Run all tests without a result in the background."""
        self.ensure_one()
        self._check_open()
        self._plan_tests()
        runs = self.env["clerk.audit.run"].search(
            [("audit_id", "=", self.id), ("is_current", "=", True)]
        )
        runs.filtered(lambda run: "queue" in run._allowed_actions())._queue_tests()
        return self.action_open_tests()

    def action_open_test_exceptions(self):
        """Open the unresolved exceptions of the latest runs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_exception_action"
        )
        return {
            **action,
            "domain": [
                ("audit_id", "=", self.id),
                ("run_id.is_current", "=", True),
            ],
            "context": {"search_default_unresolved": 1, "search_default_by_test": 1},
        }

    # Summary

    def _part_sections(self):
        return [*super()._part_sections(), self._test_section()]

    def _test_section(self):
        """Return the latest runs of tests that the caller can read."""
        runs = self.env["clerk.audit.run"].search(
            [("audit_id", "=", self.id), ("is_current", "=", True)]
        )
        if not any(run.state in WITH_OUTCOME for run in runs):
            return None
        done = runs.filtered(lambda run: run.state == "done")
        head = [
            self.env._("Test"),
            self.env._("Records Tested"),
            self.env._("Control Total"),
            self.env._("Exceptions"),
            self.env._("Unresolved"),
            self.env._("Amount"),
        ]
        rows = [
            [
                run.test_id.display_name,
                run.population_count,
                amount_text(self.currency_id, run.population_amount),
                run.exception_count,
                run.open_count,
                amount_text(self.currency_id, run.exception_amount),
            ]
            for run in done
        ]
        return Section(self.env._("Tests"), self._test_sentence(runs, done), head, rows)

    def _test_sentence(self, runs, done):
        without = runs.filtered(lambda run: run.state in ("skipped", "failed"))
        sentences = [
            plural(
                len(runs),
                self.env._(
                    "%(done)s of %(all)s test has a result; %(open)s of %(total)s "
                    "exceptions are unresolved.",
                    done=len(done),
                    all=len(runs),
                    open=sum(done.mapped("open_count")),
                    total=sum(done.mapped("exception_count")),
                ),
                self.env._(
                    "%(done)s of %(all)s tests have a result; %(open)s of %(total)s "
                    "exceptions are unresolved.",
                    done=len(done),
                    all=len(runs),
                    open=sum(done.mapped("open_count")),
                    total=sum(done.mapped("exception_count")),
                ),
            )
        ]
        if without:
            names = ", ".join(without.mapped("test_id.code"))
            sentences.append(self.env._("Without a result: %s.", names))
        return " ".join(sentences)
