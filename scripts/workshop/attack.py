"""Attack a served demo company as every role, with the inputs of `tests/hostile.py`."""

from . import demo, python_env
from .log import step
from .paths import REPO, SCRIPTS, run_file
from .process import follow
from .web import free_port, served

PREPARE = SCRIPTS / "workshop" / "attack_prepare.py"
CLIENT = SCRIPTS / "workshop" / "attack_client.py"
# What is refused is logged, thousands of times.
QUIET = ("--log-level=critical", "--limit-time-real=60")


def attack(env):
    """Return 1 if anything is answered that should be refused, or fails unhandled."""
    plan, tests = run_file("attack.json"), REPO / "tests"
    env = {**env, "ATTACK_PLAN": str(plan), "ATTACK_TESTS": str(tests)}
    with demo.database(env, "attack", demo.with_bridges()) as name:
        with step("Logins, records and the list of what to attack"):
            if demo.script(env, name, PREPARE):
                return 1
        with served(env, name, free_port(), *QUIET) as (_child, address):
            return follow(
                python_env.python(), CLIENT, address, name, plan, tests, env=env
            )
