import re

from lxml import etree

from odoo.tests import TransactionCase, tagged

MODULE = "invoicing_clerk"
# Pixels, measured in Chromium.
CHARACTER = 7
# The padding of a cell.
PADDING = 14
# "$ 99,999.99" and the padding.
AMOUNT = 100


@tagged("post_install", "-at_install")
class TestListViews(TransactionCase):
    """The columns of our lists can be read at 1366 pixels.

    Would have caught: the cut control totals and headers of samples and confirmation
    runs, "Is Confidential", minimum balances without a currency, and lists of the app
    that scroll sideways on a phone, because they had no cards.
    """

    maxDiff = None

    def _lists(self):
        """Yield the name, the model and the arch of each list of ours."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        for view in views.filtered(lambda view: view.type in ("list", "form")):
            model = self.env.get(view.model)
            if model is None or (view.inherit_id and view.mode != "primary"):
                continue
            arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
            for node in arch.iter("list"):
                shown = self._model_of(node, model)
                if shown is not None:
                    yield view.xml_id or view.name, shown, node

    def _model_of(self, node, model):
        """Return the model that a list shows, in a form that of its field."""
        for parent in reversed([*node.iterancestors("field")]):
            model = self.env[model._fields[parent.get("name")].comodel_name]
        return model

    def _columns(self):
        """Yield (place, field, label, node, list) of all columns that may be shown."""
        for name, model, arch in self._lists():
            for node in arch.findall("field"):
                if node.get("column_invisible") in ("1", "True"):
                    continue
                field = model._fields[node.get("name")]
                label = node.get("string") or field._description_string(self.env)
                yield f"{name}: {field.name}", field, label, node, arch

    def test_labels_fit(self):
        cut = []
        for place, field, label, node, _arch in self._columns():
            width = re.fullmatch(r"(\d+)px", node.get("width", ""))
            if not width or node.get("nolabel") or node.get("widget") == "handle":
                continue
            needed = len(label) * CHARACTER + PADDING
            if field.type == "monetary":
                needed = max(needed, AMOUNT)
            if int(width[1]) < needed:
                cut.append(f"{place}: “{label}” needs {needed:.0f}px, not {width[1]}px")
        self.assertEqual(cut, [])

    def test_labels_are_not_names(self):
        self.assertEqual(
            [
                f"{place}: {label}"
                for place, _field, label, _node, _arch in self._columns()
                if re.match(r"(Is|Has) ", label)
            ],
            [],
        )

    def test_amounts_have_a_currency(self):
        bare = []
        for place, field, _label, node, arch in self._columns():
            if field.type != "monetary" or node.get("widget"):
                continue
            currency = field.get_currency_field(self.env[field.model_name])
            if not arch.findall(f"field[@name='{currency}']"):
                bare.append(f"{place}: {currency}")
        self.assertEqual(bare, [])

    def test_menus_have_cards_for_phones(self):
        """All lists that a menu opens, other than those of the configuration."""
        configuration = self.env.ref(f"{MODULE}.menu_clerk_configuration")
        root = self.env.ref(f"{MODULE}.menu_clerk_root")
        menus = self.env["ir.ui.menu"].search(
            [
                ("id", "child_of", root.id),
                ("id", "not in", configuration.child_id.ids),
            ]
        )
        actions = [
            menu.action
            for menu in menus
            if menu.action and menu.action._name == "ir.actions.act_window"
        ]
        self.assertTrue(actions)
        self.assertEqual(
            [
                action.name
                for action in actions
                if "list" in action.view_mode.split(",")
                and not {"kanban", "graph", "pivot"} & set(action.view_mode.split(","))
            ],
            [],
        )
