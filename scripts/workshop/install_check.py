"""Installation check: no warnings of ours, in the situations that users install in.

The addon is installed without demo data and with another language, and with demo data,
whose contents are counted; then other apps are installed later, and all is updated with
them. Our records call the automation rules of the app for these, and corrections say
who reviews their documents where OCA's tier validation asks for it. At last, the addon
with demo data is used and uninstalled, and nothing of it may be left. The bridges are
used and uninstalled alone, too.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from . import databases, demo, oca, odoo
from .log import WorkshopError, log, step
from .paths import ADDON, REPO, addons
from .process import run

LANGUAGE = "fr_FR"
# Apps that extend invoices, partners or the portal, to be installed after the addon.
LATER = (
    *("sale_stock", "delivery", "purchase", "account_check_printing"),
    *("sale_expense", "contract", "spreadsheet_dashboard"),
)
AUTOMATION = Path(__file__).with_name("automation_check.py")
# OCA's reviews of documents, by tiers of reviewers.
REVIEWS = "account_move_tier_validation"
TIERS = Path(__file__).with_name("tier_check.py")
DEMO = Path(__file__).with_name("demo_check.py")
USE = Path(__file__).with_name("use_everything.py")
# What a company keeps of the use of the addon: its own documents, and their log.
KEPT = (
    *("account_move", "account_move_line", "account_partial_reconcile", "mail_message"),
    *("account_full_reconcile", "mail_tracking_value", "mail_notification"),
    *("account_move_line_account_tax_rel", "res_partner_bank", "mail_followers"),
    *("account_payment", "res_partner", "mail_mail"),
)
# What names our models and records, in tables of Odoo.
NAMES_OF_OURS = (
    *("ir_attachment.res_model", "mail_message.model", "mail_followers.res_model"),
    *("mail_activity.res_model", "ir_model.model", "ir_model_fields.model"),
    *("ir_model_fields.relation", "ir_model_data.model", "ir_act_window.res_model"),
    *("ir_ui_view.model", "ir_filters.model_id", "mail_template.model"),
    *("ir_model_data.module", "ir_config_parameter.key"),
)
# Tables of Odoo that keep a trace of every installation, or list what is on disk.
TRACES = frozenset(
    {
        *("bus_bus", "orm_signaling_registry", "ir_cron_trigger", "ir_logging"),
        *("ir_attachment", "account_move_reversal", "account_move_reversal_move"),
        *("account_move_reversal_new_move", "ir_model_data"),
        *("ir_module_module", "ir_module_module_dependency"),
    }
)


def check(env):
    with ExitStack() as stack:
        plain = stack.enter_context(databases.fresh(env, "installplain"))
        with_demo = stack.enter_context(databases.fresh(env, "installdemo", demo=True))
        removed = stack.enter_context(databases.fresh(env, "uninstall", demo=True))
        bridged = stack.enter_context(databases.fresh(env, "bridges", True, True))
        tasks = (
            lambda: _failures(env, plain, False, LANGUAGE),
            lambda: _failures(env, with_demo, True, None),
            lambda: _failures_of_uninstall(env, removed),
            lambda: _failures_of_bridges(env, bridged),
        )
        with ThreadPoolExecutor() as pool:
            failures = list(pool.map(lambda task: task(), tasks))
    if failed := sum(failures, []):
        raise WorkshopError("\n\n".join(failed))
    log("           no warnings")


def _failures(env, database, with_demo, language):
    """Return the failures of all steps; each step needs the database of the last."""
    title = "with demo data" if with_demo else f"without demo data, with {language}"
    later = ",".join(LATER)
    steps = {
        f"Install {ADDON.name} {title}": {"demo": with_demo, "language": language},
        f"Install {later} {title}": {"modules": later, "demo": with_demo},
        f"Update {ADDON.name} {title}": {"verb": "-u"},
    }
    results = []
    for number, each in enumerate(steps.items()):
        results.append(_failure(env, database, *each))
        if with_demo and not number and not results[0]:
            results.append(_failure_of_demo(env, database))
    if with_demo:
        results.append(_failure_of_automation(env, database))
        results.append(_failure_of_reviews(env, database))
    return list(filter(None, results))


def _failure(env, database, name, options):
    try:
        with step(f"{name} ({database})"):
            odoo.install(env, database, **options)
    except WorkshopError as error:
        return f"{name}: {error}"
    return None


def _failure_of_demo(env, database):
    name = "What the demo company shows"
    with step(f"{name} ({database})"):
        return f"{name}: see above" if demo.script(env, database, DEMO) else None


def _failure_of_automation(env, database):
    name = "Automation rules of our records"
    try:
        with step(f"{name} ({database})"):
            odoo.install(env, database, modules="base_automation")
            if demo.script(env, database, AUTOMATION):
                return f"{name}: see above"
    except WorkshopError as error:
        return f"{name}: {error}"
    return None


def _failure_of_reviews(env, database):
    name = f"Corrections with {REVIEWS}"
    folders = (REPO, oca.peers())
    try:
        with step(f"{name} ({database})"):
            odoo.install(env, database, modules=REVIEWS, addons=folders)
            if demo.script(env, database, TIERS, folders):
                return f"{name}: see above"
    except WorkshopError as error:
        return f"{name}: {error}"
    return None


# Uninstallation


def _failures_of_uninstall(env, database):
    """Return what is left after the addon was installed, used and uninstalled."""
    name = f"Uninstall {ADDON.name} with demo data, after it was used"
    before = _contents(env, database)
    try:
        odoo.install(env, database, demo=True)
        shipped = _contents(env, database)
        if not _is_used(env, database):
            return [f"{name}: see above"]
        used = _contents(env, database)
        with step(f"{name} ({database})"):
            odoo.uninstall(env, database, ADDON.name)
    except WorkshopError as error:
        return [f"{name}: {error}"]
    documents = {row for row in set(used) - set(shipped) if row.split()[0] in KEPT}
    left = set(_contents(env, database)) - set(before) - documents
    left |= set(_orphans(env, database))
    return [f"{name}: left are {', '.join(sorted(left))}"] if left else []


def _failures_of_bridges(env, database):
    """Return what is logged when the bridges are uninstalled, after they were used."""
    names = [addon.name for addon in addons()]
    bridges = [each for each in names if each != ADDON.name]
    name = "Uninstall the bridges with demo data, after they were used"
    try:
        odoo.install(env, database, ",".join(names), demo=True)
        if not _is_used(env, database):
            return [f"{name}: see above"]
        with step(f"{name} ({database})"):
            odoo.uninstall(env, database, *bridges)
    except WorkshopError as error:
        return [f"{name}: {error}"]
    return []


def _is_used(env, database):
    """Use each capability, and return whether that went well."""
    with step(f"Use each capability ({database})"):
        return not any(demo.script(env, database, each) for each in (demo.JOB, USE))


def _orphans(env, database):
    """Return what still names models or records of ours."""
    return _sql(
        env,
        database,
        " UNION ALL ".join(
            f"SELECT '{table} ' || id || ' names ' || {column} FROM {table}"
            f" WHERE {column} LIKE 'clerk.%' OR {column} LIKE '{ADDON.name}%'"
            for table, column in (name.split(".") for name in NAMES_OF_OURS)
        ),
    )


def _contents(env, database):
    """Return logins, names of columns and indexes, files and ids of rows, as text."""
    tables = _sql(
        env,
        database,
        """SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = 'id'
              AND table_name IN (SELECT tablename FROM pg_tables)""",
    )
    rows = " UNION ALL ".join(
        f"SELECT '{table} ' || id::text FROM \"{table}\""
        for table in tables
        if table not in TRACES
    )
    return [
        *_sql(env, database, "SELECT 'login ' || login FROM res_users"),
        *_sql(
            env,
            database,
            """SELECT 'column ' || table_name || '.' || column_name
                 FROM information_schema.columns WHERE table_schema = 'public'""",
        ),
        *_sql(
            env,
            database,
            "SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'",
        ),
        *_sql(
            env,
            database,
            "SELECT 'name ' || module || '.' || name FROM ir_model_data"
            " WHERE model <> 'ir.module.module'",
        ),
        # Without bundles of scripts and styles, which are made anew.
        *_sql(
            env,
            database,
            "SELECT 'file ' || id || ' ' || name FROM ir_attachment WHERE url IS NULL",
        ),
        *_sql(env, database, rows),
    ]


def _sql(env, database, statement):
    args = ("--no-psqlrc", "--tuples-only", "--no-align", f"--dbname={database}")
    found = run("psql", *args, "--set=ON_ERROR_STOP=1", "--command", statement, env=env)
    return found.splitlines()
