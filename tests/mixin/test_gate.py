from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.gate import gated_methods
from odoo.addons.invoicing_clerk.tests import surface
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# What programs may send in place of a list of ids.
ODD_IDS = (
    *("abc", ["a"], ["1"], [None], [1.5], [True], [2**31], [2**70], [-(2**70)]),
    *([[1, 2]], {"a": 1}, [{}], ["\x00"], [float("nan")]),
)


@tagged("post_install", "-at_install")
class TestGate(ClerkCommon):
    """Each public method of ours asks who calls it, whatever it does then."""

    def test_every_public_method_passes_the_gate(self):
        found = surface.public_methods(self.env)
        self.assertGreater(len(found), 150)
        for method in found:
            model = self.env.registry[method.model]
            with self.subTest(method=f"{method.model}.{method.name}"):
                self.assertIn(method.name, gated_methods(model))
                self.assertTrue(getattr(model, method.name)._clerk_gate)

    def test_people_without_a_role_are_refused(self):
        for records in (
            self.partner_a,
            self._posted(),
            self.env["clerk.billing.error"],
            self.env["clerk.receivable"],
        ):
            records = records.with_user(self.outsider)
            for name in gated_methods(type(records)):
                with self.subTest(records=records), self.assertRaises(AccessError):
                    getattr(records, name)()

    def test_odd_calls_end_with_a_sentence(self):
        """Texts, fractions, lists or huge numbers in place of ids, and too many, too
        few or unknown arguments were errors of the database and of Python."""
        methods = surface.public_methods(self.env)
        people = (self.clerk, self.supervisor, self.auditor)
        for turn, method in enumerate(methods):
            odd = [(ids, (), {}) for ids in ODD_IDS]
            odd = [] if method.of_model else odd[turn % 3 :: 3]
            odd += [([], [1] * (method.takes + 1), {}), ([], [], {"no_such": 1})]
            if method.needs:
                odd.append(([], [], {}))
            for user, (ids, args, kwargs) in product(people, odd):
                sent = args if method.of_model else [ids, *args]
                records = self.env(user=user, su=False)[method.model]
                with (
                    self.subTest(method=method, ids=ids, args=args, kwargs=kwargs),
                    self.assertRaises(UserError),
                ):
                    call_kw(records, method.name, list(sent), dict(kwargs))

    def test_one_record_is_needed(self):
        with self.assertRaisesRegex(UserError, "Select one record: Billing Error"):
            self.env["clerk.billing.error"].with_user(
                self.clerk
            ).action_propose_correction()
        with self.assertRaisesRegex(UserError, "Select one record: Contact"):
            self.env["res.partner"].with_user(self.clerk).action_view_calls()

    def test_core_keeps_its_own_error(self):
        with self.assertRaisesRegex(ValueError, "Expected singleton"):
            self.env["res.partner"].ensure_one()
