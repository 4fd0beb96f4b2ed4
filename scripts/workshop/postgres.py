"""The database server: a private PostgreSQL cluster, or the one PGHOST names.

The private one listens on a unix socket only, and trades durability for speed: its
databases can be built again. It starts on demand; the last run of the workshop to end
stops it.
"""

import os
import pwd
import shutil
import stat
from pathlib import Path

from .log import WorkshopError, step
from .paths import cache, key_of, lock
from .process import run
from .system import postgres_bin

ROLE = "clerk"
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "200",
    # What a test writes is rolled back: a vacuum would tell the planner that all tables
    # are empty, and queries of Odoo take a second each from then on.
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
# The system limits the length of a unix socket's path.
SOCKET_LIMIT = 100


def is_private():
    return not os.environ.get("PGHOST")


def server():
    """Return the environment variables of a running server."""
    if is_private():
        return _started()
    known = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
    return {name: os.environ[name] for name in known if os.environ.get(name)}


def _started():
    with lock("postgres"):
        cluster = _cluster()
        if not _is_running(cluster):
            with step("Start PostgreSQL"):
                _start(cluster)
    return {"PGHOST": str(cluster), "PGUSER": ROLE, "PGPORT": "5432"}


def stop():
    """Stop the private server; to be called by its last user."""
    cluster = folder() if is_private() and postgres_bin() else None
    if cluster and cluster.is_dir() and _is_running(cluster):
        _as_owner("pg_ctl", "stop", "-D", cluster, "-m", "fast", "-w")


def folder():
    key = key_of(postgres_bin(), sorted(SETTINGS.items()), ROLE)
    return home() / f"postgres-{key}"


def home():
    """Return the cluster's parent folder, which its owner must have access to."""
    if os.geteuid() == 0 and not _others_reach(cache()):
        return Path("/var/cache/invoicing_clerk") / key_of(cache())
    return cache()


def _others_reach(path):
    existing = [parent for parent in (path, *path.parents) if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


def _cluster():
    cluster = folder()
    if not cluster.is_dir():
        if len(str(cluster)) > SOCKET_LIMIT:
            raise WorkshopError(f"{cluster} is too long; set XDG_CACHE_HOME.")
        with step("PostgreSQL cluster"):
            _build(cluster)
    return cluster


def _build(cluster):
    """Build like a cached folder, but owned by the user that runs the server."""
    cluster.parent.mkdir(parents=True, exist_ok=True)
    for part in cluster.parent.glob("postgres.part*"):
        shutil.rmtree(part)
    part = cluster.parent / "postgres.part"
    part.mkdir(mode=0o700)
    owner = _owner()
    if owner:
        shutil.chown(part, owner.pw_uid, owner.pw_gid)
    locale = ("--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
    args = ("-D", part, "-U", ROLE, "--auth=trust", "--no-sync", *locale)
    _as_owner("initdb", *args)
    with open(part / "postgresql.conf", "a") as config:
        config.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    part.rename(cluster)


def _owner():
    """Return the system user ``postgres`` as root, which the server refuses."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _as_owner(program, *args):
    owner = _owner()
    identity = {}
    if owner:
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    plain = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
    return run(postgres_bin() / program, *args, cwd="/", env=plain, **identity)


def _is_running(cluster):
    try:
        _as_owner("pg_ctl", "status", "-D", cluster)
    except WorkshopError:
        return False
    return True


def _start(cluster):
    log = cluster / "server.log"
    # pg_ctl passes its output to the server, so a pipe would never end: -l is needed.
    args = ("-D", cluster, "-l", log, "-o", f"-k {cluster}", "-w", "-t", "60")
    try:
        _as_owner("pg_ctl", "start", *args)
    except WorkshopError as reason:
        raise WorkshopError(
            f"{reason}\nSee {log}; `make clean` makes a new one."
        ) from None
