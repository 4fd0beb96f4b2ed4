from itertools import product
from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.lifecycle import SYSTEM
from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

REFUSED = "this action is not available|You are not allowed to change"


@tagged("post_install", "-at_install")
class TestLifecycleSweep(MixinCommon):
    """Of every model with a lifecycle: no other steps than those declared."""

    def _sweep(self, check):
        """Check a record in each state of each lifecycle, as each of the people."""
        for model, user in product(self._adopters("clerk.lifecycle"), self._people()):
            for state in model._life().keys:
                with self.subTest(model=model._name, user=user.login, state=state):
                    check(model.with_user(user).new({"state": state}), state)

    def test_there_are_some(self):
        names = [model._name for model in self._adopters("clerk.lifecycle")]
        self.assertIn("clerk.promise", names)

    def test_states_are_those_of_the_field(self):
        for model in self._adopters("clerk.lifecycle"):
            with self.subTest(model=model._name):
                states = dict(model._fields["state"]._description_selection(self.env))
                self.assertEqual(model._life().keys, tuple(states))
                first = model.default_get(["state"])["state"]
                self.assertIn(first, model._life().starts)

    def test_undeclared_pairs_are_refused(self):
        def check(record, before):
            life = record._life()
            for after in set(life.keys) - {before}:
                if record._writable_state and life.between(before, after):
                    continue
                with self.assertRaisesRegex(UserError, REFUSED, msg=after):
                    record.write({"state": after})

        self._sweep(check)

    def test_steps_are_refused_elsewhere(self):
        def check(record, state):
            for name, step in record._life().steps.items():
                if state not in step.sources:
                    with self.assertRaisesRegex(UserError, "is not available"):
                        record._check_step(name)
                elif step.role and step.role not in record._roles():
                    with self.assertRaisesRegex(AccessError, "is not available"):
                        record._check_step(name)

        self._sweep(check)

    def test_what_is_offered_can_be_taken(self):
        def check(record, _state):
            for step in record.allowed_actions or []:
                record._check_step(step)
                self.assertNotEqual(record._life().steps[step].role, SYSTEM)

        self._sweep(check)

    def test_nothing_begins_in_the_middle(self):
        def check(record, state):
            if state in record._life().starts:
                return
            model = record.browse()
            with self.assertRaisesRegex(UserError, f"{REFUSED}|has the status"):
                model.create({"state": state})
            defaults = model.with_context(default_state=state).default_get(["state"])
            self.assertIn(defaults["state"], record._life().starts)

        self._sweep(check)


@tagged("post_install", "-at_install")
class TestLifecyclePromise(PromiseCommon):
    """The mixin at work, on the model with the smallest life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = cls._promise(cls._untaxed())

    def test_a_step_is_taken_once(self):
        self.assertEqual(self.promise.allowed_actions, ["withdraw"])
        self.promise._take_step("withdraw", withdrawn_reason="Mistake")
        self.assertEqual(self.promise.state, "withdrawn")
        self.assertFalse(self.promise.allowed_actions)
        with self.assertRaisesRegex(
            UserError, "is Withdrawn: this action is not available"
        ):
            self.promise._take_step("withdraw", withdrawn_reason="Mistake")

    def test_all_or_none(self):
        other = self._promise(self._untaxed(50))
        other._take_step("withdraw", withdrawn_reason="Mistake")
        with self.assertRaisesRegex(UserError, "is not available"):
            (self.promise | other)._take_step("withdraw", withdrawn_reason="Both")
        self.assertEqual(self.promise.state, "open")

    def test_who_comes_second_hears_it(self):
        kind = type(self.promise)
        with (
            patch.object(kind, "lock_for_update", side_effect=LockError("")),
            self.assertRaisesRegex(LockError, "Somebody else is working on partner_a"),
        ):
            self.promise._take_step("withdraw", withdrawn_reason="Mistake")
        self.assertEqual(self.promise.state, "open")

    def test_a_step_says_what_it_needs(self):
        with self.assertRaisesRegex(UserError, ": Enter a reason"):
            self.promise._take_step("withdraw", withdrawn_reason="")

    def test_people_take_no_steps_of_the_system(self):
        with self.assertRaisesRegex(AccessError, "This step is taken automatically"):
            self.promise._take_step("replace")

    def test_readers_take_no_steps(self):
        with self.assertRaises(AccessError):
            self.promise.with_user(self.auditor)._take_step(
                "withdraw", withdrawn_reason="Mistake"
            )
        self.assertFalse(self.promise.with_user(self.auditor).allowed_actions)
