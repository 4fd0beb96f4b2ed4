import os

from hypothesis import HealthCheck, Phase, settings


def property_of(examples):
    """Settings of a property that builds records.

    The suite tries the same examples every time, so that its verdict is about the
    change. ``EXAMPLES=300 make test T=…`` goes looking for new ones; what it finds is
    kept as an explicit example.
    """
    asked = os.environ.get("EXAMPLES")
    return settings(
        max_examples=int(asked or examples),
        derandomize=not asked,
        deadline=None,
        database=None,
        # Shrinking repeats a failure hundreds of times; a case tells enough as it is.
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
