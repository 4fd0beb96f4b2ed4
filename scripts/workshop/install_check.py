"""Installation check: no warnings of ours, in the situations that users install in.

The addon is installed without demo data and with another language, and with demo data;
then other apps are installed later, and all is updated with them.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from . import databases, odoo
from .log import WorkshopError, log, step
from .paths import ADDON

LANGUAGE = "fr_FR"
# Apps that extend invoices, partners or the portal, to be installed after the addon.
LATER = ("sale", "purchase", "account_check_printing")


def check(env):
    with ExitStack() as stack:
        plain = stack.enter_context(databases.fresh(env, "installplain"))
        demo = stack.enter_context(databases.fresh(env, "installdemo", demo=True))
        tasks = ((plain, False, LANGUAGE), (demo, True, None))
        with ThreadPoolExecutor() as pool:
            failures = list(pool.map(lambda task: _failures(env, *task), tasks))
    if failed := sum(failures, []):
        raise WorkshopError("\n\n".join(failed))
    log("           no warnings")


def _failures(env, database, demo, language):
    """Return the failures of all steps; each step needs the database of the last."""
    title = "with demo data" if demo else f"without demo data, with {language}"
    later = ",".join(LATER)
    steps = {
        f"Install {ADDON.name} {title}": {"demo": demo, "language": language},
        f"Install {later} {title}": {"modules": later, "demo": demo},
        f"Update {ADDON.name} {title}": {"verb": "-u"},
    }
    results = [_failure(env, database, *each) for each in steps.items()]
    return list(filter(None, results))


def _failure(env, database, name, options):
    try:
        with step(f"{name} ({database})"):
            odoo.install(env, database, **options)
    except WorkshopError as error:
        return f"{name}: {error}"
    return None
