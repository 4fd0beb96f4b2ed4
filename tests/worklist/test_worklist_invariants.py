from hypothesis import event, given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.worklist.common import (
    OPEN,
    WorklistCommon,
)

RECORDS = 5

# What may happen, each to one of a few records.
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "enter",
                "leave",
                "change",
                "delete",
                "archive",
                "done",
                "claim",
                "release",
                "undo",
                "refresh",
                "refresh",
            ]
        ),
        st.integers(0, RECORDS - 1),
    ),
    min_size=1,
    max_size=25,
)

PROPERTY = property_of(25)


@tagged("post_install", "-at_install")
class TestWorklistInvariants(WorklistCommon):
    """Open items are always the matching records, less those done and unchanged.

    A simple model in Python runs alongside: it remembers the facts with which a record
    was done, and forgets them when a refresh finds the record gone or changed.
    """

    @PROPERTY
    @given(acts=ACTS)
    def test_open_items_are_matching_records_less_done_ones(self, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, acts):
        self.partners = self._partners(RECORDS, ref=False)
        self.worklist = self._customers_list(amount_path="partner_latitude")
        self.settled = {}
        for act, index in [*acts, ("refresh", 0)]:
            partner = self.partners[index]
            if act == "refresh" or partner.exists():
                getattr(self, f"_act_{act}")(partner)

    # Acts

    def _act_enter(self, partner):
        partner.write({"ref": "WL", "active": True})

    def _act_leave(self, partner):
        partner.ref = False

    def _act_change(self, partner):
        partner.partner_latitude += 1

    def _act_delete(self, partner):
        partner.unlink()

    def _act_archive(self, partner):
        partner.active = False

    def _item(self, partner, *states):
        item = self.items.search(
            [
                ("worklist_id", "=", self.worklist.id),
                ("res_id", "=", partner.id),
                ("state", "in", states),
            ]
        )
        self.assertLessEqual(len(item), 1)
        return item.with_user(self.clerk)

    def _act_claim(self, partner):
        self._item(partner, "open").action_claim()

    def _act_release(self, partner):
        self._item(partner, "in_progress").action_release()

    def _act_done(self, partner):
        if item := self._item(partner, *OPEN):
            item.action_done()
            # What was done is what the last refresh had shown.
            self.settled[partner.id] = item.amount

    def _act_undo(self, partner):
        done = self._current_done(partner)
        if done and "undo" in done.allowed_actions:
            done.action_undo()
            del self.settled[partner.id]
            event("undone")

    def _current_done(self, partner):
        item = self.items.search(
            [
                ("worklist_id", "=", self.worklist.id),
                ("res_id", "=", partner.id),
                ("state", "=", "done"),
                ("is_current", "=", True),
            ]
        )
        return item.with_user(self.clerk)

    # What must hold

    def _act_refresh(self, _partner):
        self.assertTrue(self.worklist._refresh(), self.worklist.refresh_error)
        facts = {
            partner.id: partner.partner_latitude
            for partner in self.partners.search([("ref", "=", "WL")])
        }
        self.settled = {
            record: fact
            for record, fact in self.settled.items()
            if facts.get(record) == fact
        }
        event(f"{len(self.settled)} settled")
        self.assertEqual(self._listed(self.worklist), facts.keys() - self.settled)
        opened = self._open_items(self.worklist)
        self.assertEqual(len(opened), len(set(opened.mapped("res_id"))))
        self.assertTrue(all(opened.mapped("is_current")))
        self.assertEqual(self.worklist._update_items(), (0, 0, 0), "nothing is left")
