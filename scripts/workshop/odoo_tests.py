"""List the tests that Odoo's runner collects.

Usage: ``python - CONFIG ADDON < odoo_tests.py``.
"""

import sys

from odoo.tests.loader import make_suite
from odoo.tools import config


def main(settings, addon):
    config.parse_config(["-c", settings, f"--test-tags=/{addon}"])
    for position in ("at_install", "post_install"):
        for test in make_suite([addon], position):
            sys.stdout.write(f"{test.id()}\n")


main(*sys.argv[1:])
