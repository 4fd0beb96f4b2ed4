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
LITERAL = re.compile(r"""data-hotkey="(?:[^"]*')?([a-z0-9+]+)['"]""")
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


def our_hotkeys():
    """Yield each key outside a dialog of ours: key, inherited view, place, taken."""
    for path in sorted(VIEWS.rglob("*.xml")):
        for record in etree.parse(path).iterfind(".//record[@model='ir.ui.view']"):
            parent = record.find("field[@name='inherit_id']")
            for node in record.xpath(".//*[@data-hotkey][not(ancestor::footer)]"):
                place = f"{path.name}:{node.sourceline}"
                yield node.get("data-hotkey"), parent, place, widget_keys(record)


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
