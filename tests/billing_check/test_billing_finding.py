from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus

STEPS = (
    *("action_accept", "action_reopen", "action_open_billing_error"),
    *("action_correct_together", "action_open_document"),
)
# Values that would end a finding without a step.
FORGED = (
    {"state": "accepted"},
    {"severity": "info"},
    {"fingerprint": "x"},
    {"accepted_fingerprint": "x"},
    {"amount": 0},
)


@tagged("post_install", "-at_install")
class TestBillingFinding(Corpus):
    """Findings as an attacker tries them, by every way that programs have.

    It would have caught a way by which others read a finding, or anybody ends one
    without its step: by another record, a default, an import, a file or a message.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "portal_f", groups="base.group_portal")

    def setUp(self):
        super().setUp()
        self.move = self.wrong_dup(0)
        self.portal.partner_id.parent_id = self.move.partner_id
        self.checks.browse()._run_all(self.company_a)
        self.finding = self.findings.sudo().search(
            [("move_id", "=", self.move.id), ("check_id.code", "=", "DUP")]
        )
        self.assertEqual(self.finding.state, "open")

    def _row(self):
        self.env.flush_all()
        query = "SELECT * FROM clerk_billing_finding WHERE id = %s"
        [row] = self.env.execute_query(SQL(query, self.finding.id))
        env = self.env(su=True)
        files = env["ir.attachment"].search_count(
            [("res_model", "=", self.finding._name)]
        )
        messages = env["mail.message"].search_count(
            [("model", "=", self.finding._name)]
        )
        return row, files, messages

    def _try(self, user, act):
        """Act as a user, undo it, and return what came of it and what changed."""
        before, result = self._row(), None
        with (
            mute_logger("odoo.sql_db", "odoo.models"),
            self.env.cr.savepoint() as savepoint,
        ):
            try:
                result = act(self.finding.with_user(user))
                self.env.flush_all()
                changed = self._row() != before
            except UserError:
                changed = False
            savepoint.rollback()
        self.env.invalidate_all()
        return result, changed

    def _ways_to_read(self):
        ids, names = self.finding.ids, ["explanation", "facts", "partner_id", "amount"]
        found = [("id", "in", ids)]
        return {
            "read": lambda each: each.read(names),
            "web_read": lambda each: each.web_read(dict.fromkeys(names, {})),
            "export": lambda each: each.export_data(names)["datas"],
            "search": lambda each: each.search_read(found, names),
            "count": lambda each: each.search_count(found),
            "groups": lambda each: each.formatted_read_group(found, ["partner_id"]),
            "names": lambda each: each.name_search("", found),
            "sentence": lambda each: each.explanation,
            "of the document": lambda each: each.move_id.billing_findings,
            "of the check": lambda each: each.check_id.open_count,
            "of a dialog": lambda each: (
                each.env["clerk.billing.finding.accept"]
                .create({"finding_ids": [Command.set(ids)], "reason": "x"})
                .web_read({"finding_ids": {"fields": {"explanation": {}}}})[0][
                    "finding_ids"
                ]
            ),
            "in a form": lambda each: (
                each.env["clerk.billing.finding.accept"]
                .with_context(default_finding_ids=ids)
                .onchange({}, [], {"finding_ids": {"fields": {"explanation": {}}}})[
                    "value"
                ]
                .get("finding_ids")
            ),
            **{
                f"step {name}": lambda each, n=name: getattr(each, n)()
                for name in STEPS
            },
        }

    def test_others_read_nothing(self):
        for user in (self.clerk_b, self.outsider, self.portal):
            for name, act in self._ways_to_read().items():
                with self.subTest(name, user=user.login):
                    result, changed = self._try(user, act)
                    self.assertFalse(result)
                    self.assertFalse(changed)

    def test_clerks_read_it_in_these_ways(self):
        """The ways exist: otherwise they would prove nothing."""
        for name, act in self._ways_to_read().items():
            # Exports need a right of their own.
            if name != "export" and not name.startswith("step"):
                with self.subTest(name):
                    self.assertTrue(self._try(self.clerk, act)[0])

    def _ways_to_forge(self, values):
        [name] = values
        of_finding = {"res_model": self.finding._name, "res_id": self.finding.id}
        yield "write", lambda each: each.write(values)
        yield "web_save", lambda each: each.web_save(values, {})
        yield "create", lambda each: each.create({**each.copy_data()[0], **values})
        yield "import", lambda each: each.load([".id", name], [[each.id, "x"]])
        yield (
            "default",
            lambda each: (
                each.with_context(**{f"default_{name}": values[name]})
                .env["clerk.billing.check"]
                ._check_moves(each.move_id)
            ),
        )
        yield (
            "by the document",
            lambda each: each.move_id.write(
                {"billing_findings": {f"finding_{each.id}": values}}
            ),
        )
        yield (
            "by the dialog",
            lambda each: each.env["clerk.billing.finding.accept"].create(
                {
                    "finding_ids": [Command.update(each.id, values)],
                    "reason": "x",
                }
            ),
        )
        yield "delete", lambda each: each.unlink()
        yield (
            "file",
            lambda each: each.env["ir.attachment"].create(
                {"name": "x.txt", "raw": b"x", **of_finding}
            ),
        )
        yield (
            "message",
            lambda each: each.env["mail.message"].create(
                {"model": each._name, "res_id": each.id, "body": "x"}
            ),
        )

    def test_nobody_ends_a_finding_without_a_step(self):
        people = (self.clerk, self.supervisor, self.auditor, self.clerk_b, self.portal)
        tried = 0
        for values in FORGED:
            for user in people:
                for name, act in self._ways_to_forge(values):
                    with self.subTest(name, user=user.login, values=values):
                        self.assertFalse(self._try(user, act)[1])
                        tried += 1
        self.assertEqual(tried, len(FORGED) * len(people) * 10)

    def test_checks_are_changed_by_supervisors_only(self):
        check = self.finding.check_id.sudo()
        tolerant = {"severity": "info", "tolerance": 9.0, "days": 1, "active": False}
        tolerant["domain"] = "[('id', '=', 0)]"
        for user in (
            self.clerk,
            self.auditor,
            self.clerk_b,
            self.outsider,
            self.portal,
        ):
            for name, value in tolerant.items():
                for act in (
                    lambda each, v={name: value}: each.check_id.write(v),
                    lambda each, v={name: value}: each.check_id.web_save(v, {}),
                ):
                    with self.subTest(user=user.login, field=name):
                        before = check.read([name])
                        self._try(user, act)
                        self.assertEqual(check.read([name]), before)
