import re
from pathlib import Path

from lxml import etree

import odoo
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

VIEWS = Path(file_path("invoicing_clerk/views"))
# Dialogs, and panes of views that we do not have: their keys are not heard in ours.
# Keys of the last three files belong to widgets, see below; our status bars are not
# clickable.
ELSEWHERE = re.compile(
    r"dialog|relational_utils|composer|discuss|scale_selector|thread_actions"
    r"|statusbar_field|priority_field|assign_user_command"
)
WIDGETS = {
    "priority": {"r"},
    "many2one_avatar_user": {"i", "shift+i", "shift+u"},
}
# Buttons of core's own dialogs: Save, Save & New, Discard and Remove.
DIALOGS = ("form/form_controller", "form_view_dialog", "fields/relational_utils")
# Every dialog of core's apps has these on its first button and on Discard.
CUSTOM = {"q", "x"}
LITERAL = re.compile(r"""data-hotkey="(?:[^"]*')?([a-z0-9+]+)['"]""")
# A key in the table of the documentation.
ROW = re.compile(r"^\|[^|]*\| `Alt\+([^`]+)` \|", re.MULTILINE)
COMMAND = re.compile(r"""hotkey: ["']alt\+([a-z+]+)["']""")


def static_files(suffix):
    addons = Path(odoo.__path__[0]) / "addons"
    for module in ("web", "mail"):
        for path in (addons / module / "static" / "src").rglob(f"*.{suffix}"):
            if not ELSEWHERE.search(str(path)):
                yield path


def core_hotkeys():
    """Return the keys of core's own buttons and commands around every view."""
    keys = set()
    for suffix, pattern in (("xml", LITERAL), ("js", COMMAND)):
        for path in static_files(suffix):
            keys.update(pattern.findall(path.read_text()))
    # The template of forms has Remove of a dialog's record.
    return keys - {"x"}


def dialog_hotkeys():
    """Return the keys that core's dialogs have on buttons of their own."""
    views = Path(odoo.__path__[0]) / "addons" / "web" / "static" / "src" / "views"
    keys = set()
    for path in views.rglob("*.xml"):
        if str(path.with_suffix("")).endswith(DIALOGS):
            keys.update(LITERAL.findall(path.read_text()))
    return keys


def our_views():
    """Yield each view of ours with the name of its file."""
    for path in sorted(VIEWS.rglob("*.xml")):
        for record in etree.parse(path).iterfind(".//record[@model='ir.ui.view']"):
            yield path.name, record


def our_hotkeys():
    """Yield each key outside a dialog of ours: key, inherited view, place, taken."""
    for name, record in our_views():
        parent = record.find("field[@name='inherit_id']")
        for node in record.xpath(".//*[@data-hotkey][not(ancestor::footer)]"):
            place = f"{name}:{node.sourceline}"
            yield node.get("data-hotkey"), parent, place, widget_keys(record)


def our_footers():
    """Yield the place and the buttons with keys of each dialog of ours."""
    for name, record in our_views():
        for footer in record.iterfind(".//footer"):
            if buttons := footer.xpath(".//*[@data-hotkey]"):
                yield f"{name}:{footer.sourceline}", buttons


def widget_keys(record):
    """Return the keys of core's commands for widgets in a view."""
    widgets = set(record.xpath(".//field/@widget"))
    return set().union(*(WIDGETS.get(widget, ()) for widget in widgets))


@tagged("post_install", "-at_install")
class TestHotkeys(TransactionCase):
    """Core's keys come first, so that one of ours with the same letter is dead."""

    def test_core_keys_are_found(self):
        self.assertLessEqual({"n", "p", "s", "j", "c", "u", "h", "b"}, core_hotkeys())

    def test_no_key_is_one_of_core(self):
        reserved = core_hotkeys()
        found = list(our_hotkeys())
        self.assertGreater(len(found), 80)
        dead = [
            f"{key} in {place}"
            for key, _view, place, taken in found
            if key in reserved | taken
        ]
        self.assertFalse(dead)

    def test_no_key_is_one_of_the_view_that_it_extends(self):
        dead = []
        for key, parent, place, _taken in our_hotkeys():
            xml_id = parent.get("ref") if parent is not None else ""
            if "." in xml_id and not xml_id.startswith("invoicing_clerk."):
                view = self.env.ref(xml_id)
                arch = etree.fromstring(view.arch_db)
                if arch.xpath("//*[@data-hotkey=$key]", key=key):
                    dead.append(f"{key} in {place}")
        self.assertFalse(dead)

    def test_keys_of_the_documentation_are_bound(self):
        """Every row of the table of keys is a button of ours, by its label."""
        page = Path(file_path("invoicing_clerk")).resolve().parent / "docs" / "keys.md"
        if not page.exists():
            self.skipTest("the package has no documentation")
        rows = ROW.findall(page.read_text())
        self.assertGreater(len(rows), 25)
        ours = {key for key, *_rest in our_hotkeys()}
        ours |= {
            button.get("data-hotkey")
            for _place, buttons in our_footers()
            for button in buttons
        }
        self.assertLessEqual({key.lower() for key in rows}, ours)

    def test_core_keys_of_dialogs_are_found(self):
        self.assertLessEqual({"s", "j", "c", "n", "k"}, dialog_hotkeys())

    def test_no_key_of_a_dialog_means_something_else_in_core(self):
        """Would have caught Save for Later of a correction, on core's key of Save."""
        reserved = dialog_hotkeys() - CUSTOM
        found = list(our_footers())
        self.assertGreater(len(found), 20)
        wrong = [
            f"{button.get('data-hotkey')} in {place}"
            for place, buttons in found
            for button in buttons
            if button.get("data-hotkey") in reserved
        ]
        self.assertFalse(wrong)

    def test_no_key_is_twice_on_a_dialog(self):
        """Buttons that share a key are never shown together."""
        for place, buttons in our_footers():
            for key in {button.get("data-hotkey") for button in buttons}:
                same = [each for each in buttons if each.get("data-hotkey") == key]
                if len(same) > 1:
                    self.assertTrue(
                        all(each.get("invisible") for each in same), f"{key} in {place}"
                    )
