from odoo.tests import BaseCase, tagged

from ..rules.check import MAX_NUMBER
from ..rules.check_layout import MARGIN, MAX_SHIFT, places, stubs
from . import check_stock as stock


def edges(box):
    return tuple(round(each, 3) for each in (box.left, box.top, box.right, box.bottom))


def shifted(zone, right=0.0, down=0.0):
    left, top, end, bottom = zone
    moved = (left + right, top + down, end + right, bottom + down)
    return tuple(round(each, 3) for each in moved)


@tagged("at_install", "-post_install")
class TestCheckRules(BaseCase):
    """Places on each kind of stock, and the last number of a check."""

    def test_fields_are_where_a_bank_reads_them(self):
        for layout, (begin, _end) in stock.PANELS.items():
            for margins in ((MARGIN, MARGIN), (0.35, 0.15)):
                right, down = (each - MARGIN for each in margins)
                found = {
                    name: edges(box) for name, box in places(layout, *margins).items()
                }
                expected = {
                    name: shifted(zone, right, begin + down)
                    for name, zone in stock.ZONES.items()
                }
                self.assertEqual(found, expected, layout)

    def test_stubs_are_on_their_panels(self):
        for layout, panels in stock.STUB_PANELS.items():
            for margins in ((MARGIN, MARGIN), (0.35, 0.15)):
                right, down = (each - MARGIN for each in margins)
                expected = [
                    shifted(stock.STUB_ZONE, right, begin + down)
                    for begin, _end in panels
                ]
                found = [edges(box) for box in stubs(layout, *margins)]
                self.assertEqual(found, expected, layout)

    def test_the_farthest_margins_keep_the_sheet_and_the_clear_band(self):
        margin = MARGIN + MAX_SHIFT
        for layout, (_begin, end) in stock.PANELS.items():
            boxes = places(layout, margin, margin).values()
            lowest, last = (
                max(each) for each in zip(*map(_corner, boxes), strict=True)
            )
            self.assertLessEqual(lowest, end - stock.CLEAR_BAND)
            self.assertLess(last, stock.SHEET_WIDTH)

    def test_the_number_after_the_last_one_is_stored_too(self):
        self.assertEqual((MAX_NUMBER + 1).bit_length(), 31)
        self.assertEqual((MAX_NUMBER + 2).bit_length(), 32)


def _corner(box):
    return box.bottom, box.right
