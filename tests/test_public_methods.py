from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests import hostile, surface
from odoo.addons.invoicing_clerk.tests.filled_common import FilledCommon

MISSING = 999_999_999


@tagged("post_install", "-at_install")
class TestPublicMethods(FilledCommon):
    """Every public method of ours, called as every role: refused, or answered rightly.

    Each is called on records of the own company, of another company, on none and on
    missing ones, with no arguments and with hostile ones. Would have caught
    `action_open_record` of changes, which answered anybody, and the erasure of calls
    without a customer, which ended in an error of Python.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, login="portal_x", groups="base.group_portal"
        )
        cls.portal.partner_id.parent_id = cls.partner_a
        cls.strangers = {
            "outsider": cls.outsider,
            "portal": cls.portal,
            "public": cls.env.ref("base.public_user").sudo(),
        }
        cls.roles = {
            "clerk": cls.clerk,
            "supervisor": cls.supervisor,
            "auditor": cls.auditor,
        }

    def _has_company(self, model):
        """Return whether records of a model can be found by their company."""
        field = self.env[model]._fields.get("company_id")
        return bool(field and field.store)

    def _records(self, model, company):
        domain = []
        if self._has_company(model):
            domain = [("company_id", "in", [company.id, False])]
        return self.env[model].sudo().search(domain, limit=2).ids

    def _call(self, user, method, ids, args=()):
        """Call a method as a program does, and undo it.

        :return: the error, or None if the method answered
        """
        records = self.env(user=user, su=False)[method.model]
        all_args = [*args] if method.of_model else [ids, *args]
        self.env.invalidate_all()
        try:
            with (
                self.env.cr.savepoint() as savepoint,
                mute_logger("odoo.sql_db", "odoo.models", "odoo.addons"),
            ):
                call_kw(records, method.name, all_args, {})
                self.env.flush_all()
                savepoint.rollback()
        except Exception as error:  # noqa: BLE001
            self.env.cr.precommit.clear()
            self.env.cr.postcommit.clear()
            self.env.invalidate_all(flush=False)
            return error
        self.env.invalidate_all(flush=False)
        return None

    def _arguments(self, method):
        """Yield no arguments where none are needed, and hostile ones."""
        if not method.needs:
            yield ()
        if method.takes:
            count = max(method.needs, 1)
            for value in hostile.ARGUMENTS:
                yield (value,) * count

    def _check_sentence(self, error):
        kinds = (UserError, IntegrityError)
        known = error is None or isinstance(error, kinds)
        known = known or type(error).__name__ in hostile.SENTENCES
        if not known:
            raise AssertionError(f"{type(error).__name__}: {error}") from error

    def test_every_method_refuses_with_a_sentence(self):
        methods = surface.public_methods(self.env)
        self.assertGreater(len(methods), 200)
        answered = count = 0
        for method in methods:
            ids = self._records(method.model, self.company_a)
            for role, user in self.roles.items():
                for target in ([], [MISSING], ids[:1]):
                    for args in self._arguments(method):
                        where = f"{method.model}.{method.name}"
                        with self.subTest(
                            where, role=role, ids=target, args=str(args)[:40]
                        ):
                            error = self._call(user, method, target, args)
                            count += 1
                            answered += error is None
                            self._check_sentence(error)
        self.assertGreater(answered, 100, "the calls do not even reach the methods")

    def test_strangers_are_refused(self):
        for method in surface.public_methods(self.env):
            if (method.model, method.name) in hostile.ANSWERS_ANYBODY:
                continue
            ids = self._records(method.model, self.company_a)
            for role, user in self.strangers.items():
                for target in ([], ids[:1] or [MISSING]):
                    for args in self._arguments(method):
                        where = f"{method.model}.{method.name}"
                        with self.subTest(
                            where, role=role, ids=target, args=str(args)[:40]
                        ):
                            error = self._call(user, method, target, args)
                            self._check_sentence(error)
                            self.assertTrue(error, "it answered")

    def test_records_of_other_companies_are_refused(self):
        for method in surface.public_methods(self.env):
            if method.of_model or method.model in ("res.partner", "res.users"):
                continue
            if not self._has_company(method.model):
                continue
            ids = self._records(method.model, self.company_a)[:1]
            owner = self.env[method.model].sudo().browse(ids).company_id
            if not owner:
                continue
            for args in self._arguments(method):
                where = f"{method.model}.{method.name}"
                with self.subTest(where, args=str(args)[:40]):
                    error = self._call(self.clerk_b, method, ids, args)
                    self._check_sentence(error)
                    self.assertTrue(error, "it answered")
