from odoo.models import BaseModel
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.gate import is_of_ours
from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon

# What Odoo sets in the context while it uninstalls, and what anybody may send.
KEY = "_force_unlink"


def checks_of_ours(model):
    """Return the checks of deletions of ours that Odoo skips at uninstallation."""
    return [
        check.__name__
        for check in model._ondelete_methods
        if not check._ondelete and is_of_ours(check.__module__.split(".")[2])
    ]


@tagged("post_install", "-at_install")
class TestUninstall(MixinCommon):
    """Nobody deletes anything by pretending that the addon is being uninstalled.

    It would have caught: a supervisor deleted the own approval limit, and a clerk the
    tracked changes of an invoice, by a key of the context.
    """

    def test_the_key_reaches_no_model_with_such_checks(self):
        names = [
            name
            for name in self.env
            if checks_of_ours(self.env[name]) and not self.env[name]._abstract
        ]
        self.assertGreater(len(names), 15)
        self.assertIn("mail.message", names)
        self._open_error(self._posted())
        self._pay(self._posted())
        for name in names:
            with self.subTest(model=name):
                self.assertFalse(self._key_of_deletion(self.env[name]))

    def _key_of_deletion(self, model):
        """Return the key that core sees when a caller sent it.

        Core may delete records of other models first, without checks of ours.
        """
        seen = {}

        def unlink(records):
            seen.setdefault(records._name, records.env.context.get(KEY))

        self.patch(BaseModel, "unlink", unlink)
        records = model.sudo().search([], limit=1).with_context(**{KEY: True})
        (records or records.browse(2**30)).unlink()
        return seen[model._name]
