"""Fair distribution of work: which items are reassigned, and to whom.

A distribution is fair when it is proportional to capacity within one item: nobody has
so many items that, after giving one away, they would still have more for their capacity
than the colleague who takes it. Only moves that make it fairer are made; people with a
fair share keep their items.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import lcm

Able = frozenset[int]


@dataclass(frozen=True)
class Item:
    """An open item, its holder if it has one, and the people who may hold it.

    ``able`` are the people with the skill and the rights for it. An item in progress
    ``stays`` with its holder, whoever that is, and is part of their load.
    """

    id: int
    holder: int | None
    able: Able
    stays: bool = False


def share(items: Iterable[Item], capacities: Mapping[int, int]) -> dict[int, int]:
    """Return the new holder of each item that is reassigned.

    ``items`` are ordered by urgency: urgent ones are distributed evenly, and people who
    give items away keep the most urgent ones. ``capacities`` are in percent, 0 for
    people who are absent. Items of people without capacity go to colleagues, or stay
    if no colleague may hold them.

    Ben is away; the items he started stay with him, the others are distributed:

    >>> all_three = frozenset({1, 2, 3})
    >>> team = {1: 100, 2: 0, 3: 100}
    >>> share([Item(10, 2, all_three, stays=True), Item(11, 2, all_three),
    ...     Item(12, 2, all_three), Item(13, 3, all_three)], team)
    {11: 1, 12: 1}

    Half the capacity, half the load; the most urgent items stay:

    >>> share([Item(number, 1, all_three) for number in range(6)], {1: 100, 3: 50})
    {4: 3, 5: 3}

    An item that only two people can work on displaces another:

    >>> share([Item(1, 1, frozenset({1, 2})), Item(2, 1, frozenset({1, 2})),
    ...     Item(3, 2, frozenset({2, 3}))], {1: 100, 2: 100, 3: 100})
    {2: 2, 3: 3}

    A fair share stays as it is:

    >>> share([Item(1, 1, all_three), Item(2, 1, all_three), Item(3, 3, all_three)],
    ...     {1: 100, 3: 100})
    {}
    """
    table = _Table(items, capacities)
    table.deal()
    table.level()
    return table.moves()


class _Table:
    """The items of all people while they are distributed and passed on."""

    def __init__(self, items: Iterable[Item], capacities: Mapping[int, int]) -> None:
        working = {who: size for who, size in capacities.items() if size > 0}
        whole = lcm(*working.values())
        # Weight of one more item for a person: exact, and less for a larger capacity.
        self.weight = {who: whole // size for who, size in working.items()}
        self.load = Counter(dict.fromkeys(working, 0))
        self.before: dict[int, int | None] = {}
        self.after: dict[int, int] = {}
        self.unassigned: list[tuple[int, Able]] = []
        # (holder, people able) -> items, the most urgent first
        self.hands: dict[tuple[int, Able], list[int]] = {}
        for item in items:
            self._put_down(item)

    def _put_down(self, item: Item) -> None:
        able = item.able.intersection(self.weight)
        self.before[item.id] = item.holder
        if item.stays or not able:
            # It counts in the holder's load and takes no further part.
            if item.holder is not None and item.holder in self.load:
                self.load[item.holder] += 1
        elif item.holder is not None and item.holder in able:
            self._give(item.id, able, item.holder)
        else:
            self.unassigned.append((item.id, able))

    def _give(self, item: int, able: Able, who: int) -> None:
        self.hands.setdefault((who, able), []).append(item)
        self.after[item] = who
        self.load[who] += 1

    def moves(self) -> dict[int, int]:
        return {
            item: who
            for item, who in sorted(self.after.items())
            if self.before[item] != who
        }

    def _with_one_more(self, who: int) -> tuple[int, int]:
        return (self.load[who] + 1) * self.weight[who], who

    def deal(self) -> None:
        """Give each item without a holder to whoever has the least load with it."""
        for item, able in self.unassigned:
            self._give(item, able, min(able, key=self._with_one_more))

    def level(self) -> None:
        """Pass items on, through several people where necessary, until all is fair."""
        while path := self._direct() or self._around():
            for giver, able, taker in path:
                self._pass_on(giver, able, taker)

    def _relief(self, giver: int, taker: int) -> int:
        """Return the load of the giver less that of the taker with one more item."""
        given = self.load[giver] * self.weight[giver]
        return given - self._with_one_more(taker)[0]

    def _direct(self) -> list[tuple[int, Able, int]]:
        """Return the single move that relieves most, or none if no move does."""
        best: list[tuple[int, Able, int]] = []
        most = 0
        takers: dict[Able, int] = {}
        for giver, able in self._held():
            if able not in takers:
                takers[able] = min(able, key=self._with_one_more)
            taker = takers[able]
            if (relief := self._relief(giver, taker)) > most:
                most, best = relief, [(giver, able, taker)]
        return best

    def _held(self) -> Iterator[tuple[int, Able]]:
        return (hand for hand, items in self.hands.items() if items)

    def _around(self) -> list[tuple[int, Able, int]]:
        """Return the shortest way to pass load on through others, from the highest."""
        by_load = sorted(self.load, key=lambda who: -self.load[who] * self.weight[who])
        for start in by_load:
            if path := self._path_from(start):
                return path
        return []

    def _path_from(self, start: int) -> list[tuple[int, Able, int]]:
        came: dict[int, tuple[int, Able, int] | None] = {start: None}
        queue = deque([start])
        while queue:
            who = queue.popleft()
            if self._relief(start, who) > 0:
                return self._steps(came, who)
            for giver, able in self._held():
                if giver == who:
                    for taker in sorted(able.difference(came)):
                        came[taker] = (giver, able, taker)
                        queue.append(taker)
        return []

    def _steps(
        self, came: Mapping[int, tuple[int, Able, int] | None], end: int
    ) -> list[tuple[int, Able, int]]:
        """Return the way to ``end``, last move first, so that each passer has room."""
        steps = []
        while step := came[end]:
            steps.append(step)
            end = step[0]
        return steps

    def _pass_on(self, giver: int, able: Able, taker: int) -> None:
        """Pass on what the taker had before, else a new item, else the least urgent."""
        hand = self.hands[giver, able]
        item = next(
            (item for item in hand if self.before[item] == taker),
            next(
                (item for item in reversed(hand) if self.before[item] != giver),
                hand[-1],
            ),
        )
        hand.remove(item)
        self.load[giver] -= 1
        self._give(item, able, taker)
