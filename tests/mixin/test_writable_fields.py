from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon
from odoo.addons.invoicing_clerk.tests.mixin.writable_fields import WRITABLE_FIELDS

MODULE = "invoicing_clerk"
ROLES = ("clerk", "supervisor", "auditor")


@tagged("post_install", "-at_install")
class TestWritableFields(AuditCommon, MixinCommon):
    """Every stored field of every model, by role: who may create and write it.

    Would have caught: clerks wrote when a case was opened, how often it was reopened,
    the phone system's id of a call, when it was anonymised, the customer and company of
    a correction and what its lines had billed.

    ``tests/mixin/writable_fields.py`` lists what people may give. A new field that is
    not guarded fails here until somebody adds it to the list, or guards it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guarded = {model._name for model in cls._adopters("clerk.guarded")}
        # What each side may write depends on the engagement.
        cls.records = {
            name: cls.env[name]
            .with_user(cls.auditor)
            .create({"audit_id": cls.audit.id, "name": "Any"})
            for name in ("clerk.audit.request", "clerk.audit.finding")
        }
        finding = cls.records["clerk.audit.finding"]
        finding.condition = "Three invoices were posted after the closing."
        finding.action_report()

    def _stored_fields(self):
        """Return the fields of ours that have a value of their own, by model."""
        found, chatter = {}, self.env["clerk.guarded"]._chatter_names()
        for name, kind in self.env.registry.items():
            model = self.env[name]
            if model._abstract or not kind._auto:
                continue
            ours = model._original_module == MODULE
            skipped = {*MAGIC_COLUMNS, *(chatter if ours else ())}
            names = {
                field.name
                for field in model._fields.values()
                if MODULE in field._modules
                and (field.store or field.inverse)
                and field.name not in skipped
            }
            if names:
                found[name] = names
        return found

    def _writable(self, name, names, user, right):
        """Return the fields of a model that a user may give on create or write."""
        model = self.records.get(name, self.env[name].new({})).with_user(user)
        if not model.browse().has_access(right):
            return set()
        open_fields = {
            each
            for each in names
            if model._has_field_access(model._fields[each], "write")
        }
        if name not in self.guarded:
            return open_fields
        return open_fields - model._forged(dict.fromkeys(names), right == "create")

    def _found(self):
        """Return ``{model: {"role right": fields}}``, without what nobody may give."""
        people = dict(zip(ROLES, self._people(), strict=True))
        return {
            name: {
                f"{role} {right}": writable
                for role, user in people.items()
                for right in ("create", "write")
                if (writable := self._writable(name, names, user, right))
            }
            for name, names in self._stored_fields().items()
        }

    def _decided(self):
        """Return the list of the file in the same form."""
        return {
            name: {
                f"{role} {right}": set(names.split())
                for who, names in decisions.items()
                for role in who.split(":")[0].split()
                for right in who.split(":")[1].split()
            }
            for name, decisions in WRITABLE_FIELDS.items()
        }

    def test_only_listed_fields_are_given_by_people(self):
        found, decided = self._found(), self._decided()
        self.assertGreater(len(found), 60)
        for name in sorted(found.keys() | decided.keys()):
            ways = found.get(name, {}).keys() | decided.get(name, {}).keys()
            for way in sorted(ways):
                with self.subTest(model=name, way=way):
                    self.assertEqual(
                        sorted(found.get(name, {}).get(way, ())),
                        sorted(decided.get(name, {}).get(way, ())),
                        "Guard the field, or list it in tests/mixin/writable_fields.py",
                    )

    def test_nothing_that_steps_set_comes_from_a_context(self):
        """Records that our code creates do not take the defaults of a caller."""
        decided = self._decided()
        for name, names in self._stored_fields().items():
            model = self.env[name].with_user(self.clerk)
            given = decided.get(name, {})
            if model._original_module != MODULE or model._transient:
                continue
            if any(way.endswith("create") for way in given):
                continue
            names -= set().union(*given.values())
            for each in sorted(names):
                with self.subTest(model=name, field=each):
                    forged = model.with_context(**{f"default_{each}": False})
                    self.assertEqual(
                        forged.default_get([each]), model.default_get([each])
                    )
