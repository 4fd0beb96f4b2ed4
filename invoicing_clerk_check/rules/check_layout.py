"""Places on a sheet of checks: US letter, one check and two stubs.

All lengths are in inches, from the upper left corner of the sheet or of a panel. The
stock is printed with the company, the bank and the MICR line beforehand: the lowest
0.625 inches of a check are read by machines, and nothing is printed there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

# Where the check and the two stubs begin.
CHECK_TOPS = {"top": 0.0, "middle": 3.5, "bottom": 7.5}
STUB_TOPS = {"top": (3.5, 7.0), "middle": (0.0, 7.0), "bottom": (0.0, 3.75)}
# The margins for which the places below are meant, and how far others may be off.
MARGIN = 0.25
MAX_SHIFT = 0.25
# Points of a font of fixed width, of which the largest that fits is taken. They are
# whole pixels in the PDF, so that no program rounds them up. The width of a character
# is 0.6 of them, and slightly more in some of these fonts.
SIZES = (9.6, 7.68, 6.72)
CHARACTER = 0.61
FILLING = "*"


@dataclass(frozen=True)
class Box:
    """A place on paper.

    >>> Box(1, 2, 3, 0.5).moved(0.25, -1)
    Box(left=1.25, top=1, width=3, height=0.5)
    >>> Box(1, 2, 3, 0.5).right, Box(1, 2, 3, 0.5).bottom
    (4, 2.5)
    """

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def moved(self, right: float, down: float) -> Box:
        return replace(self, left=self.left + right, top=self.top + down)


# On the panel of the check.
FIELDS: Mapping[str, Box] = {
    "number": Box(6.50, 0.40, 1.50, 0.20),
    "date": Box(6.50, 0.80, 1.50, 0.20),
    "payee": Box(1.00, 1.20, 5.25, 0.20),
    "figures": Box(6.50, 1.20, 1.50, 0.20),
    "words": Box(0.50, 1.55, 7.00, 0.20),
    "address": Box(1.00, 1.78, 4.00, 0.63),
    "memo": Box(0.75, 2.42, 3.50, 0.18),
}
# On the panel of a stub.
STUB = Box(0.50, 0.35, 7.50, 2.90)
RIGHT_ALIGNED = ("number", "date", "figures")


def places(
    layout: str, margin_left: float = MARGIN, margin_top: float = MARGIN
) -> dict[str, Box]:
    """Return the places of the fields of a check on the sheet.

    :param layout: ``top``, ``middle`` or ``bottom``
    :param margin_left: other than usual, to adjust a printer
    :param margin_top: other than usual, to adjust a printer

    >>> places("top")["date"].top, places("middle")["date"].top
    (0.8, 4.3)
    >>> round(places("bottom", 0.3, 0.2)["date"].left, 2)
    6.55
    """
    right, down = margin_left - MARGIN, margin_top - MARGIN
    top = CHECK_TOPS[layout]
    return {name: box.moved(right, top + down) for name, box in FIELDS.items()}


def stubs(
    layout: str, margin_left: float = MARGIN, margin_top: float = MARGIN
) -> list[Box]:
    """Return the places of the two stubs on the sheet.

    >>> [box.top for box in stubs("middle")]
    [0.35, 7.35]
    """
    right, down = margin_left - MARGIN, margin_top - MARGIN
    return [STUB.moved(right, top + down) for top in STUB_TOPS[layout]]


def is_too_far(margin_left: float, margin_top: float) -> bool:
    """Return whether margins would move fields off the check or into its clear band.

    >>> is_too_far(0.25, 0.25), is_too_far(0.5, 0.0), is_too_far(0.25, 0.6)
    (False, False, True)
    """
    shifts = (abs(margin_left - MARGIN), abs(margin_top - MARGIN))
    return max(shifts) > MAX_SHIFT


def capacity(width: float, size: float) -> int:
    """Return how many characters fit into a width.

    >>> capacity(7.0, 9.6), capacity(1.5, 9.6)
    (86, 18)
    """
    return math.floor(width * 72 / (size * CHARACTER))


def font_size(text: str, width: float) -> float | None:
    """Return the largest size in which a text fits into a width, or None.

    >>> font_size("x" * 86, 7.0), font_size("x" * 87, 7.0), font_size("x" * 200, 7.0)
    (9.6, 7.68, None)
    >>> font_size("x" * 108, 7.0), font_size("x" * 123, 7.0)
    (6.72, None)
    """
    return next((size for size in SIZES if len(text) <= capacity(width, size)), None)


def filled(text: str, width: float) -> str:
    """Return a text with asterisks to the end of its line, so that nothing is added.

    >>> filled("One and 00/100 dollars", 3.0)
    'One and 00/100 dollars *************'

    One asterisk is the least; a text that fills the line, or is too long, stays as it
    is:

    >>> [filled("x" * length, 3.0)[33:] for length in (34, 35, 36)]
    ['x *', 'xx', 'xxx']
    >>> filled("x" * 99, 3.0) == "x" * 99
    True
    """
    size = font_size(text, width)
    filling = FILLING * (capacity(width, size) - len(text) - 1) if size else ""
    return f"{text} {filling}" if filling else text


def style(box: Box, size: float, align: str = "left") -> str:
    """Return the style of an element that is placed on the sheet.

    >>> style(Box(1, 2, 3, 0.5), 7.68)
    'left:1.0000in;top:2.0000in;width:3.0000in;height:0.5000in;font-size:7.68pt;text-align:left'
    """
    lengths = {name: getattr(box, name) for name in ("left", "top", "width", "height")}
    rules = [f"{name}:{length:.4f}in" for name, length in lengths.items()]
    return ";".join([*rules, f"font-size:{size}pt", f"text-align:{align}"])
