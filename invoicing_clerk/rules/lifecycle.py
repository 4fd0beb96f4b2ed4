"""States of a record, and the steps that lead from each to the next.

A lifecycle is declared once, as a table of named steps; guards, buttons, messages and
tests all read it. It is checked when it is declared, so that a typing error in a state
is found on import and not by a user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

# The role of steps that no person takes: the ledger, a timer or another record does.
SYSTEM = "system"


class LifecycleError(ValueError):
    """A lifecycle that cannot work as it was declared."""


class UnknownStateError(LifecycleError):
    """A step names a state that the lifecycle does not have."""


class UnreachableStateError(LifecycleError):
    """No steps lead from a first state to this one."""


@dataclass(frozen=True)
class Step:
    """An action: the states in which it is available, where it leads, and who may.

    :param sources: states in which it is available
    :param to: the state that follows; several where the outcome decides; none where
        the record stays in its state (a reminder, a comment)
    :param role: who may take it, in the words of the model (see ``_roles`` of
        ``clerk.lifecycle``); empty for everybody who may write the record

    >>> Step(("sent",), ("agreed", "differs")).targets
    ('agreed', 'differs')
    >>> Step(("draft",), "sent", "auditor").targets, Step(("sent",)).targets
    (('sent',), ())
    """

    sources: tuple[str, ...]
    to: str | tuple[str, ...] = ()
    role: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to,) if isinstance(self.to, str) else self.to


@dataclass(frozen=True)
class Lifecycle:
    """All states of a record in their order, and all steps by name.

    :param states: as a selection field has them: key and label
    :param steps: the steps by name, in the order in which buttons show them
    :param starts: states in which a record may be created, the usual one first; the
        first of all states if not given

    >>> STATES = [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")]
    >>> life = Lifecycle(
    ...     STATES,
    ...     {
    ...         "remind": Step(("open",)),
    ...         "finish": Step(("open",), "done", "clerk"),
    ...         "drop": Step(("open",), "dropped", "supervisor"),
    ...         "reopen": Step(("done", "dropped"), "open"),
    ...     },
    ... )
    >>> life.starts, life.keys
    (('open',), ('open', 'done', 'dropped'))

    Mistakes are found when it is declared:

    >>> for source, target in ("opne", "done"), ("open", "done"):
    ...     try:
    ...         Lifecycle(STATES, {"finish": Step((source,), target)})
    ...     except LifecycleError as error:
    ...         print(type(error).__name__, error)
    UnknownStateError opne
    UnreachableStateError dropped
    """

    states: Sequence[tuple[str, str]]
    steps: Mapping[str, Step] = field(default_factory=dict)
    starts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.starts:
            object.__setattr__(self, "starts", self.keys[:1])
        if unknown := sorted(set(self._named_states()) - set(self.keys)):
            raise UnknownStateError(", ".join(unknown))
        if lost := [key for key in self.keys if key not in self._reachable()]:
            raise UnreachableStateError(", ".join(lost))

    def _named_states(self) -> Iterator[str]:
        yield from self.starts
        for step in self.steps.values():
            yield from step.sources
            yield from step.targets

    def _reachable(self) -> set[str]:
        reached = set(self.starts)
        waiting = list(self.starts)
        while waiting:
            following = set(self.next_states(waiting.pop())) - reached
            reached |= following
            waiting += following
        return reached

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the states in their order."""
        return tuple(key for key, _label in self.states)

    def allows(self, step: str, state: str) -> bool:
        """Return whether a step is available in a state.

        >>> life = Lifecycle([("a", "A"), ("b", "B")], {"go": Step(("a",), "b")})
        >>> life.allows("go", "a"), life.allows("go", "b")
        (True, False)
        """
        return state in self.steps[step].sources

    def steps_from(self, state: str) -> list[str]:
        """Return the names of the steps that are available in a state.

        >>> life = Lifecycle(
        ...     [("a", "A"), ("b", "B")],
        ...     {"go": Step(("a",), "b"), "wait": Step(("a",))},
        ... )
        >>> life.steps_from("a"), life.steps_from("b"), life.steps_from("unheard of")
        (['go', 'wait'], [], [])
        """
        return [name for name, step in self.steps.items() if state in step.sources]

    def next_states(self, state: str) -> list[str]:
        """Return the states that may follow, in the order of the states.

        >>> life = Lifecycle(
        ...     [("a", "A"), ("b", "B"), ("c", "C")], {"go": Step(("a",), ("c", "b"))}
        ... )
        >>> life.next_states("a"), life.next_states("c")
        (['b', 'c'], [])
        """
        following = {to for name in self.steps_from(state) for to in self.to(name)}
        return [key for key in self.keys if key in following]

    def between(self, before: str, after: str) -> str | None:
        """Return the first step that leads from one state to another, or None.

        >>> life = Lifecycle([("a", "A"), ("b", "B")], {"go": Step(("a",), "b")})
        >>> life.between("a", "b"), life.between("b", "a") is None
        ('go', True)
        """
        for name in self.steps_from(before):
            if after in self.to(name):
                return name
        return None

    def to(self, step: str) -> tuple[str, ...]:
        """Return the states to which a step leads."""
        return self.steps[step].targets

    def target(self, step: str, chosen: str | None = None) -> str | None:
        """Return the state that follows a step; None where the record stays in its own.

        :param chosen: which one, of a step that leads to several

        >>> life = Lifecycle(
        ...     [("a", "A"), ("b", "B"), ("c", "C")],
        ...     {"go": Step(("a",), "b"), "part": Step(("a",), ("b", "c"))},
        ... )
        >>> life.target("go"), life.target("part", "c")
        ('b', 'c')
        >>> life.target("go", "c")
        Traceback (most recent call last):
        ...
        ValueError: go does not lead to c
        >>> life.target("part")
        Traceback (most recent call last):
        ...
        ValueError: part does not lead to None

        :raises ValueError: the step does not lead there, or leads to several
        """
        targets = self.to(step)
        if chosen is None and len(targets) < 2:
            return targets[0] if targets else None
        if chosen not in targets:
            raise ValueError(f"{step} does not lead to {chosen}")
        return chosen

    def extended(
        self,
        states: Sequence[tuple[str, str]] | None = None,
        steps: Mapping[str, Step] | None = None,
    ) -> Lifecycle:
        """Return this lifecycle with further steps and with these states instead.

        >>> life = Lifecycle([("a", "A"), ("b", "B")], {"go": Step(("a",), "b")})
        >>> more = life.extended([*life.states, ("c", "C")], {"sue": Step(("b",), "c")})
        >>> more.steps_from("b"), life.steps_from("b")
        (['sue'], [])
        """
        merged = {**self.steps, **(steps or {})}
        return replace(self, states=states or self.states, steps=merged)
