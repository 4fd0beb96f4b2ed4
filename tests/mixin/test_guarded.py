import json
from itertools import product

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon
from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

# Values that fields of a type can hold; 1 for all others.
PLAUSIBLE = {
    **dict.fromkeys(("char", "text", "html"), "x"),
    **dict.fromkeys(("one2many", "many2many"), []),
    "date": "2026-01-01",
    "datetime": "2026-01-01 00:00:00",
    "boolean": True,
    "binary": "eA==",
    "reference": False,
}
REFUSED = "You are not allowed to change"


@tagged("post_install", "-at_install")
class TestGuardedSweep(MixinCommon):
    """Of every model with guarded fields: nobody writes one, in no way."""

    def _sweep(self, check, *attributes):
        """Check each guarded field of each model, as each of the people."""
        for model, user in product(self._adopters("clerk.guarded"), self._people()):
            names = model._guarded_names().union(*map(model._declared, attributes))
            for name in sorted(names):
                with self.subTest(model=model._name, user=user.login, field=name):
                    check(model.with_user(user), name)

    def test_there_are_some(self):
        names = {model._name for model in self._adopters("clerk.guarded")}
        self.assertLessEqual(
            {"account.move", "account.move.line", "clerk.correction", "clerk.promise"},
            names,
        )

    def test_guarded_fields_exist(self):
        self._sweep(
            lambda model, name: self.assertIn(name, model._fields),
            "_final_fields",
            "_writable_fields",
        )

    def test_they_are_not_written(self):
        def check(model, name):
            with self.assertRaisesRegex(AccessError, REFUSED):
                model.new({}).write({name: False})

        self._sweep(check, "_final_fields")

    def test_nothing_is_created_with_them(self):
        def check(model, name):
            with self.assertRaisesRegex(AccessError, REFUSED):
                model.create({name: False})

        self._sweep(check)

    def test_they_are_not_given_by_calls_of_the_client(self):
        """In one call for new records, several records, or a copy with other values."""

        def check(model, name):
            for call in (
                lambda: model.web_save({name: False}, {}),
                lambda: model.new({}).web_save_multi([{name: False}], {}),
                lambda: model.new({}).copy({name: False}),
            ):
                with self.assertRaises(UserError):
                    call()

        self._sweep(check)

    def test_they_are_not_imported(self):
        """As supervisor: the guard does not depend on who imports."""
        found = 0
        for model in self._adopters("clerk.guarded"):
            supervised = model.with_user(self.supervisor)
            for name in sorted(model._guarded_names()):
                with self.subTest(model=model._name, field=name):
                    answer = supervised.load([name], [[""]])
                    self.assertFalse(answer["ids"])
                    self.assertIn(REFUSED, str(answer["messages"]))
                    found += 1
        self.assertGreater(found, 300)

    def test_they_have_no_defaults_of_the_context(self):
        def check(model, name):
            forged = model.with_context(**{f"default_{name}": False})
            self.assertEqual(forged.default_get([name]), model.default_get([name]))

        self._sweep(check)

    @freeze_time("2026-11-28 09:00:00")  # the hour is a default of some
    def test_steps_take_no_defaults_of_the_context(self):
        """Would have caught: whoever proposed how a payment applies marked the
        proposal as applied, by a default in the context of the call."""

        def check(model, name):
            forged = model.with_context(**{f"default_{name}": "forged"})
            inside = forged._inside()
            self.assertTrue(inside._is_inside())
            self.assertNotIn(f"default_{name}", inside.env.context)
            self.assertEqual(inside.default_get([name]), model.default_get([name]))

        self._sweep(check)

    @freeze_time("2026-11-28 09:00:00")  # the hour is a default of some
    def test_they_have_no_defaults_that_people_keep(self):
        """Would have caught: any employee set a default of a guarded field for
        themselves, and core gave it to each record that they created."""
        defaults, found = self.env["ir.default"], 0
        fields = self.env["ir.model.fields"].sudo()
        for model, user in product(self._adopters("clerk.checked"), self._people()):
            own, mine = defaults.with_user(user), model.with_user(user)
            names = sorted(model._never_by_default())
            before = mine.default_get(names)
            own.create(
                [
                    {
                        "field_id": fields._get(model._name, name).id,
                        "user_id": user.id,
                        "json_value": json.dumps(self._plausible(model, name)),
                    }
                    for name in names
                ]
            )
            with self.subTest(model=model._name, user=user.login):
                self.assertEqual(mine.default_get(names), before)
            found += len(names)
        self.assertGreater(found, 1000)

    def _plausible(self, model, name):
        field = model._fields[name]
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return PLAUSIBLE.get(field.type, 1)

    def test_copies_do_not_have_them(self):
        def check(model, name):
            self.assertNotIn(name, model.new({}).copy_data()[0])

        self._sweep(check)


@tagged("post_install", "-at_install")
class TestGuardedLine(PromiseCommon):
    """The guard at work, on journal items and promises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._untaxed()
        cls.line = cls.invoice.invoice_line_ids
        cls.promise = cls._promise(cls.invoice)

    def test_a_line_corrects_another_by_steps_only(self):
        mine = self._draft().invoice_line_ids.with_user(self.clerk)
        with self.assertRaisesRegex(
            AccessError, "Corrects Line of .*buttons of the correction"
        ):
            mine.corrected_line_id = self.line
        mine._inside().corrected_line_id = self.line
        self.assertEqual(mine.corrected_line_id, self.line)
        self.assertFalse(mine.copy().corrected_line_id)

    def test_a_mark_cannot_be_forged(self):
        mine = self._draft().invoice_line_ids.with_user(self.clerk)
        for mark in (True, "object", [1], {}):
            with self.assertRaisesRegex(AccessError, REFUSED):
                mine.with_context(clerk_inside=mark).corrected_line_id = self.line

    def test_commands_of_the_document_do_not_pass(self):
        draft = self._draft().with_user(self.clerk)
        line = draft.invoice_line_ids
        forged = {"corrected_line_id": self.line.id}
        for command in ((1, line.id, forged), (0, 0, {"name": "New", **forged})):
            with self.assertRaisesRegex(AccessError, REFUSED):
                draft.write({"invoice_line_ids": [command]})

    def test_defaults_do_not_reach_lines(self):
        moves = self.env["account.move"].with_user(self.clerk)
        move = moves.with_context(default_corrected_line_id=self.line.id).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_line_ids": [(0, 0, {"name": "New", "price_unit": 1})],
            }
        )
        self.assertFalse(move.line_ids.corrected_line_id)

    def test_what_is_computed_of_guarded_fields_is_guarded(self):
        promises = self.env["clerk.promise"]
        self.assertLessEqual({"deadline", "amount_missing"}, promises._guarded_names())

    def test_final_fields_are_given_once(self):
        self.assertTrue(self.promise.amount)
        with self.assertRaisesRegex(AccessError, "Amount of .*cannot be changed"):
            self.promise.amount = 1

    def test_copies_ask_no_less(self):
        copied = self.promise.copy_data()[0]
        self.assertFalse(copied.keys() & {"grace_days", "tolerance", "state"})
        with self.assertRaisesRegex(AccessError, REFUSED):
            self.promise.copy({"state": "kept"})

    def _draft(self):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_line_ids": [(0, 0, {"name": "Draft", "price_unit": 1})],
            }
        )


@tagged("post_install", "-at_install")
class TestGuardedCommands(CorrectionCommon):
    """Values written along with a step of another record have their own guard."""

    def test_a_correction_is_not_approved_along_with_its_billing_error(self):
        correction = self._correction(self._posted((1, 100.0)))
        forged = Command.update(correction.id, {"state": "approved"})
        case = correction.error_id
        for commands in (
            {"correction_ids": [forged]},
            {"move_ids": [Command.update(case.move_ids.id, {"correction_ids": []})]},
        ):
            with self.assertRaisesRegex(AccessError, REFUSED):
                case.write({"state": "investigating", **commands})
        self.assertEqual(correction.state, "draft")

    def test_nothing_returned_by_create_passes_the_guard(self):
        case = self._case(self._posted((1, 100.0)))
        self.assertFalse(case._is_inside())
        self.assertFalse(self._correction(case.move_ids, case=case)._is_inside())
