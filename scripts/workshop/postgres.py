"""The database server: a private PostgreSQL cluster, or the one PGHOST names.

The private one listens on a unix socket only and keeps nothing safe on disk: it holds
databases that can be made again. It starts when somebody needs it, and the last run
of the workshop to end stops it.
"""

import os
import pwd
import shutil
import stat
from pathlib import Path

from .place import cache, key_of, lock
from .say import Sentence, run, step
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
    "autovacuum_naptime": "1h",
    "log_min_messages": "fatal",
}
# The system refuses longer names of unix sockets.
SOCKET_LIMIT = 100


def is_private():
    return not os.environ.get("PGHOST")


def server():
    """Variables that lead to a server that runs."""
    if is_private():
        return _started()
    known = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
    return {name: os.environ[name] for name in known if os.environ.get(name)}


def _started():
    with lock("postgres"):
        cluster = _cluster()
        if not _is_running(cluster):
            with step("PostgreSQL started"):
                _start(cluster)
    return {"PGHOST": str(cluster), "PGUSER": ROLE, "PGPORT": "5432"}


def stop():
    """Only for the last user of it."""
    cluster = folder() if is_private() and postgres_bin() else None
    if cluster and cluster.is_dir() and _is_running(cluster):
        _as_owner("pg_ctl", "stop", "-D", cluster, "-m", "fast", "-w")


def folder():
    key = key_of(postgres_bin(), sorted(SETTINGS.items()), ROLE)
    return home() / f"postgres-{key}"


def home():
    """Where the cluster lies: as root, where the user ``postgres`` can go too."""
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
            raise Sentence(f"{cluster} is too long a path; set XDG_CACHE_HOME.")
        with step("PostgreSQL cluster"):
            _build(cluster)
    return cluster


def _build(cluster):
    """Under the lock; aside first, as all pieces, but owned by who runs the server."""
    cluster.parent.mkdir(parents=True, exist_ok=True)
    for part in cluster.parent.glob("postgres.part*"):
        shutil.rmtree(part)
    part = cluster.parent / "postgres.part"
    part.mkdir(mode=0o700)
    owner = _owner()
    if owner:
        shutil.chown(part, owner.pw_uid, owner.pw_gid)
    locale = ("--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
    words = ("-D", part, "-U", ROLE, "--auth=trust", "--no-sync", *locale)
    _as_owner("initdb", *words)
    with open(part / "postgresql.conf", "a") as config:
        config.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    part.rename(cluster)


def _owner():
    """As root, the system user ``postgres``: the server refuses to be root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _as_owner(program, *words):
    owner = _owner()
    identity = {}
    if owner:
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    plain = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
    return run(postgres_bin() / program, *words, cwd="/", env=plain, **identity)


def _is_running(cluster):
    try:
        _as_owner("pg_ctl", "status", "-D", cluster)
    except Sentence:
        return False
    return True


def _start(cluster):
    log = cluster / "server.log"
    # pg_ctl hands its output to the server, so a pipe would never end: -l is a must.
    words = ("-D", cluster, "-l", log, "-o", f"-k {cluster}", "-w", "-t", "60")
    try:
        _as_owner("pg_ctl", "start", *words)
    except Sentence as reason:
        raise Sentence(f"{reason}\nSee {log}; `make clean` makes a new one.") from None
