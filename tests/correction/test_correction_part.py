from itertools import product

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


def _unlink(correction):
    correction.line_ids[1].unlink()


def _command(*commands):
    def change(correction):
        correction.line_ids = [
            command(correction) if callable(command) else command
            for command in commands
        ]

    return change


def _through_case(correction):
    line = Command.update(correction.line_ids[0].id, {"discount": 5})
    correction.error_id.correction_ids = [
        Command.update(correction.id, {"line_ids": [line]})
    ]


def _new_line(correction):
    return {"correction_id": correction.id, "name": "Fee", "price_unit": 7}


def _create(correction):
    correction.line_ids.create(_new_line(correction))


def _claim(correction):
    """Change what the customer claims, and take that over."""
    correction.error_id.action_load_lines()
    correction.error_id.line_ids[0].claimed_quantity = 2
    correction.action_reload()


# How somebody changes what others have entered.
CHANGES = {
    "written": lambda correction: correction.line_ids[0].write({"quantity": 3}),
    "the same value": lambda each: each.line_ids[0].write({"discount": 0}),
    "removed": _unlink,
    "removed by command": _command(lambda each: Command.unlink(each.line_ids[1].id)),
    "added": _create,
    "added by command": _command(Command.create({"name": "Fee", "price_unit": 7})),
    "through the case": _through_case,
    "replaced": lambda correction: correction.line_ids[0].action_replace(),
    "removed by button": lambda correction: correction.line_ids.filtered(
        lambda line: not line.move_line_id
    ).action_remove(),
    "claim taken over": _claim,
    "reloaded": lambda correction: correction.action_reload(),
    "another remedy": lambda correction: correction.write(
        {"remedy_id": correction.env.ref("invoicing_clerk.remedy_rebill").id}
    ),
    "another date": lambda correction: correction.write({"date": "2026-02-02"}),
}
STATES = ("draft", "waiting", "approved", "refused")


@tagged("post_install", "-at_install")
class TestCorrectionPart(CorrectionCommon):
    """Whoever changes a part of a correction is one of its authors.

    Would have caught: a supervisor who changed what a clerk had entered, by another way
    than the dialog, and approved it.
    """

    @classmethod
    def _allow_clerks_anything(cls):
        """Here limits are the subject."""

    def _in_state(self, state):
        correction = self._correction(self._posted((10, 200.0), (2, 300.0)))
        correction.line_ids[0].quantity = 4
        correction.line_ids = [Command.create({"name": "Trip", "price_unit": 9})]
        if state != "draft":
            correction.action_request_approval()
        decide = correction.with_user(self.second)
        if state == "approved":
            decide.action_approve()
        if state == "refused":
            decide.action_refuse("Which contract?")
        self.assertEqual(correction.state, state)
        return correction

    def test_every_change_makes_an_author(self):
        self.second = self._new_user("second", "invoicing_clerk.group_supervisor")
        limits = self.env["clerk.approval.limit"].sudo()
        limits.create({"user_id": self.second.id, "unlimited": True})
        for state, (name, change) in product(STATES, CHANGES.items()):
            with self.subTest(state=state, change=name):
                correction = self._in_state(state)
                supervised = correction.with_user(self.supervisor)
                change(supervised)
                self.assertEqual(correction.state, "draft")
                self.assertFalse(correction.approved_by_id)
                self.assertIn(self.supervisor, correction.author_ids)
                correction.invalidate_recordset()
                if not correction._is_possible():
                    continue
                correction.action_request_approval()
                with self.assertRaisesRegex(AccessError, "somebody else must"):
                    supervised.action_approve()
