"""Pytest plugin: generate the assets of web pages once, before the first browser test.

Otherwise the first request of each tour generates them while it holds the lock on the
test's cursor, for which all other requests of the page wait with a timeout; and since
the test is rolled back, the next tour generates them again. Odoo's own runner generates
them before its post_install tests too.
"""

import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import HttpCase
from odoo.tests.common import get_db_name

_generated = set()


@pytest.fixture(scope="class", autouse=True)
def generated_assets(request, load_registry):
    database = get_db_name()
    if database in _generated or not issubclass(request.cls or object, HttpCase):
        return
    _generated.add(database)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.qweb"]._pregenerate_assets_bundles()
