from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.mixin.common import MixinCommon

TODAY = date(2026, 11, 28)
WORDS = {
    date(2026, 11, 28): "Nov 28, today",
    date(2026, 11, 29): "Nov 29, tomorrow",
    date(2026, 11, 27): "Nov 27, yesterday",
    date(2026, 12, 1): "Dec 1, in 3 days",
    date(2026, 11, 18): "Nov 18, 10 days ago",
    date(2027, 1, 2): "Jan 2, 2027, in 35 days",
    date(2025, 11, 28): "Nov 28, 2025, 365 days ago",
}


@tagged("post_install", "-at_install")
class TestDue(MixinCommon):
    """Deadlines are a date and its distance.

    Would have caught "Next month" for a deadline three days away.
    """

    def test_words(self):
        errors = self.env["clerk.billing.error"]
        for day, words in WORDS.items():
            self.assertEqual(errors._words_for(day, TODAY), words)

    def test_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        errors = self.env["clerk.billing.error"].with_context(lang="de_DE")
        self.assertIn("1. Dez", errors._words_for(date(2026, 12, 1), TODAY))

    @freeze_time("2026-11-28")
    def test_every_model_names_its_date(self):
        adopters = [
            model for model in self._adopters("clerk.due") if not model._abstract
        ]
        self.assertGreaterEqual(len(adopters), 3)
        for model in adopters:
            record = model.new({model._due_field: "2026-12-01"})
            self.assertEqual(record.due_words, "Dec 1, in 3 days", model._name)
            self.assertFalse(model.new({model._due_field: False}).due_words)
