"""How the workshop speaks: a line and a time per step, a sentence for a failure."""

import subprocess
import sys
import time
from contextlib import contextmanager


class Sentence(Exception):
    """What went wrong and what to do about it, shown without a traceback."""


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(what):
    """Tell when a step of the work ends and how long it took."""
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{time.monotonic() - start:7.1f} s  FAILED: {what}")
        raise
    say(f"{time.monotonic() - start:7.1f} s  {what}")


def run(*command, stdin="", **options):
    """Run a program silently; when it fails, its last words become the sentence."""
    done = subprocess.run(
        [str(word) for word in command],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-25:])
        raise Sentence(f"{' '.join(map(str, command[:4]))} … failed:\n{tail}")
    return done.stdout


def follow(*command, **options):
    """Run a program that speaks for itself, and return its exit code."""
    return subprocess.run([str(word) for word in command], **options).returncode
