import re
from pathlib import Path

import polib
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

DOCS = Path(file_path("invoicing_clerk")).resolve().parent
MARKED = re.compile(r"(\*\*|(?<!\*)\*)(?=[^\s*])([^*]+?)(?<=\S)\1(?!\*)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
ARROW = " → "
# Names and labels of Odoo and of other apps.
OF_ODOO = {
    *("automation rules", "online payment", "payment – account", "reset to draft"),
    *("restrict template rendering", "schedule activity", "snail mail"),
    "users & companies",
}
# Terms that are explained where they are marked, examples and titles of books.
TERMS = {
    *("1.1", "31.12.2026", "18 sent, 2 not", "audit sampling", "call pad", "cleared"),
    *("commented", "examine the items", "missing documents are always reported"),
    *("net promised", "number, area, request, details, due, owner", "pbc-1", "plan"),
    *("root hash", "strata", "the user who requested it", "/my/statements"),
    *("first-call resolution", "phone system: logs calls"),
}


def plain(text):
    """Return a label as it is read: without tags, case and final full stop."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split()).lower().removesuffix(".")


def marked():
    """Yield each text in italics or bold of the guides, with the name of the page."""
    for page in [
        *sorted(DOCS.glob("docs/*.md")),
        *sorted(DOCS.glob("readme/[CU]*.md")),
    ]:
        for match in MARKED.finditer(CODE.sub("", page.read_text())):
            yield page.name, " ".join(match[2].split()).removesuffix(".")


def labels_of_bridges():
    """Return the labels of the bridges beside the addon."""
    exports = DOCS.glob("invoicing_clerk_*/i18n/*.pot")
    return {plain(entry.msgid) for export in exports for entry in polib.pofile(export)}


@tagged("at_install", "-post_install")
class TestDocs(TransactionCase):
    """Labels that the guides name are on the screen.

    This would have caught settings looked for under Invoicing that are under
    Invoicing Clerk, and an activity type and a worklist under former names.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reader = TranslationModuleReader(cls.env.cr, modules=["invoicing_clerk"])
        cls.of_bridges = labels_of_bridges()
        own = {plain(term[4]) for term in reader}
        cls.labels = own | cls.of_bridges | OF_ODOO | TERMS
        menus = cls.env["ir.ui.menu"].sudo().search([])
        cls.paths = {menu.complete_name.lower().replace("/", ARROW) for menu in menus}
        cls.actions = {
            action.name.lower()
            for action in cls.env["ir.actions.actions"].search(
                [("binding_model_id", "!=", False)]
            )
        }

    def _settings(self):
        """Return the paths of the settings of the app, down to their fields."""
        view = self.env.ref("account.res_config_settings_view_form")
        app = etree.fromstring(view.get_combined_arch()).find(
            ".//app[@name='invoicing_clerk']"
        )
        names = self.env["res.config.settings"].fields_get(attributes=["string"])
        app_path = f"Settings{ARROW}{app.get('string')}"
        for block in app.iter("block"):
            head = app_path + ARROW + block.get("title")
            yield head
            for setting in block.iter("setting"):
                labels = [
                    names[field.get("name")]["string"]
                    for field in setting.iter("field")
                ]
                for label in [setting.get("string"), *labels]:
                    if label:
                        # The guides leave out blocks where the label is enough.
                        yield from (head + ARROW + label, app_path + ARROW + label)

    def _is_there(self, path, settings):
        steps = path.removesuffix(f"{ARROW}new").split(ARROW)
        if steps[0] == "actions":
            return steps[1] in self.actions
        return (
            path in settings
            or self._is_menu(steps)
            # A menu of a bridge, which is not installed here.
            or (self._is_menu(steps[:-1]) and steps[-1] in self.of_bridges)
        )

    def _is_menu(self, steps):
        path = ARROW + ARROW.join(steps)
        return any(f"{ARROW}{menu}".endswith(path) for menu in self.paths)

    def test_paths_of_menus_settings_and_actions(self):
        settings = {path.lower() for path in self._settings()}
        paths = {(page, text) for page, text in marked() if ARROW in text}
        self.assertGreater(len(paths), 35)
        for page, path in sorted(paths):
            with self.subTest(page=page, path=path):
                self.assertTrue(self._is_there(path.lower(), settings))

    def test_labels(self):
        labels = {(page, text) for page, text in marked() if ARROW not in text}
        self.assertGreater(len(labels), 250)
        for page, label in sorted(labels):
            with self.subTest(page=page, label=label):
                self.assertIn(plain(label), self.labels)
