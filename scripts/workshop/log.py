"""Progress on standard output: a line and a duration for each step."""

import sys
import time
from contextlib import contextmanager


class WorkshopError(Exception):
    """A failure that the user can act on, shown without a traceback."""


def log(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(title):
    """Log a step of the work when it ends, and how long it took."""
    start = time.monotonic()
    try:
        yield
    except BaseException:
        log(f"{time.monotonic() - start:7.1f} s  FAILED: {title}")
        raise
    log(f"{time.monotonic() - start:7.1f} s  {title}")
