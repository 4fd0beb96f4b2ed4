"""Child processes: silent ones that must succeed, and ones the user watches."""

import subprocess

from .log import WorkshopError

STOP_SECONDS = 20


def run(*command, stdin="", **options):
    """Run a program silently and return its output.

    :raises WorkshopError: with the last lines of the output when the program fails
    """
    done = subprocess.run(
        [str(arg) for arg in command],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-25:])
        raise WorkshopError(f"{' '.join(map(str, command[:4]))} … failed:\n{tail}")
    return done.stdout


def follow(*command, **options):
    """Run a program in the user's sight and return its exit code."""
    return subprocess.run([str(arg) for arg in command], **options).returncode


def stop(child):
    """End a child process, by force when it does not react, as during a long job."""
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
