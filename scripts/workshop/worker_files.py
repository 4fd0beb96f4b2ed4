"""Pytest plugin: a filestore of its own for each worker.

pytest-odoo lets all workers share the filestore of the original database. But at the
end of each class Odoo removes the files that its own database does not refer to, which
may be those that another worker is about to read.
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
        # Hard links are safe: Odoo replaces stored files and never modifies them.
        shutil.copytree(config.filestore(original), target, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)


pytest_odoo._shared_filestore = _own_files
