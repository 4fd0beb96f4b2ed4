"""Pytest plugin: real durations of tests that freeze the clock.

freezegun replaces the clock in all loaded modules, pytest's included, which then
measures nonsense. It reads the list of exceptions whenever a clock is frozen, so this
plugin must be loaded before the tests are.
"""

import freezegun

freezegun.configure(extend_ignore_list=["_pytest.timing"])
