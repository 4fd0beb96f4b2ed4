"""Measures of check stock, in inches: where a bank looks for what."""

# US letter, with one check and two stubs.
SHEET_WIDTH = 8.5
# The panel of the check on the sheet, and those of the stubs: from top to bottom.
PANELS = {"top": (0.0, 3.5), "middle": (3.5, 7.0), "bottom": (7.5, 11.0)}
STUB_PANELS = {
    "top": ((3.5, 7.0), (7.0, 11.0)),
    "middle": ((0.0, 3.5), (7.0, 11.0)),
    "bottom": ((0.0, 3.75), (3.75, 7.5)),
}
# The lowest part of a check, for the MICR line.
CLEAR_BAND = 0.625
# Left, top, right and bottom, from the upper left corner of the panel.
ZONES = {
    "number": (6.5, 0.4, 8.0, 0.6),
    "date": (6.5, 0.8, 8.0, 1.0),
    "payee": (1.0, 1.2, 6.25, 1.4),
    "figures": (6.5, 1.2, 8.0, 1.4),
    "words": (0.5, 1.55, 7.5, 1.75),
    "address": (1.0, 1.78, 5.0, 2.41),
    "memo": (0.75, 2.42, 4.25, 2.6),
}
STUB_ZONE = (0.5, 0.35, 8.0, 3.25)
