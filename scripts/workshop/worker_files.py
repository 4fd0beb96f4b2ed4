"""A plugin of pytest: each worker of a suite has stored files of its own.

pytest-odoo lets all workers share those of the database they are copies of. But at the
end of each class Odoo removes what its own database does not name, and so what another
worker is about to read.
"""

import os
import shutil
from contextlib import contextmanager

import pytest_odoo

from odoo.tools import config


@contextmanager
def _own_files(original, name):
    if original == name:
        yield
        return
    target = config.filestore(name)
    shutil.rmtree(target, ignore_errors=True)
    if os.path.isdir(config.filestore(original)):
        # Odoo never writes into a stored file, it replaces it: links are safe copies.
        shutil.copytree(config.filestore(original), target, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)


pytest_odoo._shared_filestore = _own_files
