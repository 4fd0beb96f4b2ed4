"""Names of payers as banks give them, compared with names of customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from ..party_name import words

# Legal forms and words of courtesy, which people and banks leave out or abbreviate.
LEGAL_FORMS = """
ab ag and aps as asa bv bvba co company corp corporation cv cvba dr eg ehf ek et
eurl ev gbr gmbh hf herr frau inc incorporated kft kg kgaa limited llc llp lp ltd
ltda mag mr mrs ms mbh nv ohg oy oyj plc pty sa sarl sas sasu scs se sl slu snc
societa societe spa spzoo srl sro the trading und vof y e
"""
UNSPECIFIC = frozenset(LEGAL_FORMS.split())
# Banks cut names at 27, 35 or 70 characters; shorter beginnings say too little.
MIN_BEGINNING = 8
SAME, ALIKE, LEAST_WORD = 1.0, 0.85, 0.8
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """Return a name without accents, signs, legal forms and the order of its words.

    >>> name_key("Müller Maschinenbau GmbH & Co. KG"), name_key("MULLER  MASCHINENBAU")
    ('maschinenbau muller', 'maschinenbau muller')
    >>> name_key("Straße 5 S.A."), name_key("Doe, Jane"), name_key("GmbH"), name_key("")
    ('5 strasse', 'doe jane', 'gmbh', '')
    """
    return " ".join(sorted(_words(name)))


@lru_cache(maxsize=50_000)
def _words(name: str) -> tuple[str, ...]:
    every = words(name)
    return tuple(each for each in every if each not in UNSPECIFIC) or tuple(every)


@lru_cache(maxsize=50_000)
def likeness(name: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1.

    >>> def show(*pairs):
    ...     return [round(likeness(*each), 2) for each in pairs]
    >>> show(("Müller GmbH", "MULLER"), ("Jane Doe", "DOE, JANE"), ("", "A"))
    [1.0, 1.0, 0.0]

    A name that the bank has cut off, and a typing error:

    >>> show(("MUELLER MASCHINENB", "Mueller Maschinenbau"), ("Jon Smit", "John Smit"))
    [0.95, 0.93]

    Umlauts are written in two ways:

    >>> show(("MUELLER", "Müller GmbH"))
    [1.0]

    Another company of the same group, or of the same town, is another name:

    >>> show(("Alpha Berlin GmbH", "Alpha Hamburg GmbH"), ("Acme Ltd", "Acme Two Ltd"))
    [0.0, 0.0]
    """
    if not name_key(name) or not name_key(other):
        return 0.0
    plain, spelled = spellings(name), spellings(other)
    if plain & spelled:
        return SAME
    return max(_alike(one, two) for one in plain for two in spelled)


def spellings(name: str) -> set[str]:
    """Return the keys of a name with umlauts as vowels, and as vowels with an e."""
    return {name_key(name), name_key(name.lower().translate(UMLAUTS))}


def _alike(one: str, two: str) -> float:
    if _begins(one, two) or _begins(two, one):
        return 0.95
    words, others = one.split(), two.split()
    if len(words) != len(others):
        return 0.0
    # Each word has to be alike: what differs between companies is often one word.
    ratios = []
    for pair in zip(words, others, strict=True):
        ratio = 1.0 if pair[0] == pair[1] else SequenceMatcher(None, *pair).ratio()
        if ratio < LEAST_WORD:
            return 0.0
        ratios.append(ratio)
    return round(sum(ratios) / len(ratios), 4)


def is_short_for(name: str, other: str) -> bool:
    """Return whether one name leaves out words of the other.

    That is too little to find a customer by, and enough not to contradict a number:

    >>> is_short_for("ACME", "Acme Corp International"), is_short_for("Acme", "Beta")
    (True, False)
    >>> is_short_for("Müller", "Mueller Maschinenbau"), is_short_for("A B", "A B C")
    (True, False)
    """
    pairs = ((a, b) for a in spellings(name) for b in spellings(other))
    for one, two in pairs:
        words, others = set(one.split()), set(two.split())
        common = words & others
        if common in (words, others) and any(len(each) >= 4 for each in common):
            return True
    return False


def _begins(short: str, long: str) -> bool:
    """Return whether a name is another one, cut off inside its last word.

    >>> _begins("maschinenb mueller", "maschinenbau mueller"), _begins("a", "a b")
    (True, False)
    """
    words, others = short.split(), long.split()
    if len(words) != len(others) or len(short) < MIN_BEGINNING:
        return False
    differing = [pair for pair in zip(words, others, strict=True) if len(set(pair)) > 1]
    return (
        len(differing) == 1
        and len(differing[0][0]) > 2
        and (differing[0][1].startswith(differing[0][0]))
    )


@dataclass(frozen=True)
class Payer:
    """The customer that a payment comes from, by which evidence, and others it may be.

    ``confirmed`` says that something besides the reference speaks for the customer;
    ``contradicted`` that something speaks for another one; ``shared``
    that nothing else tells the customer from others, such as members of a group.
    """

    customer: int | None = None
    evidence: str = "unidentified"
    candidates: frozenset[int] = frozenset()
    confirmed: bool = False
    contradicted: bool = False
    shared: bool = False


@dataclass
class Clues:
    """Evidence of the payer: customers by kind, in order of strength.

    ``name`` has the customers whose name is alike, ``similar`` those whose name is
    similar enough not to contradict a reference.
    """

    registered: frozenset[int] = frozenset()
    reference: frozenset[int] = frozenset()
    account: frozenset[int] = frozenset()
    alias: frozenset[int] = frozenset()
    name: frozenset[int] = frozenset()
    named: bool = False
    order: tuple[str, ...] = field(
        default=("registered", "reference", "account", "alias", "name"), repr=False
    )

    def payer(self) -> Payer:
        """Return the first customer that evidence leaves no choice about.

        >>> def show(**clues):
        ...     each = Clues(**{k: v if k == "named" else frozenset(v)
        ...         for k, v in clues.items()}).payer()
        ...     print(each.customer, each.evidence, each.confirmed, each.contradicted)
        >>> show(reference={1}), show(reference={1}, account={1, 2})
        1 reference False False
        1 reference True False
        (None, None)

        An account of several customers, one of whom has the name:

        >>> show(account={1, 2}, name={2}), show(account={1, 2}), show(name={1, 2})
        2 name True False
        None unidentified False False
        None unidentified False False
        (None, None, None)

        A third party pays for the customer that is named:

        >>> show(reference={1}, account={2}), show(reference={1}, named=True)
        1 reference False True
        1 reference False True
        (None, None)
        >>> show(registered={1}, reference={2}), show(registered={1}, account={2})
        1 registered False True
        1 registered False True
        (None, None)
        >>> show(reference={1, 2}, account={3})
        3 account False True

        A member of a group, and the name of another one:

        >>> show(reference={1}, account={1, 2}, name={2}, named=True)
        1 reference False True
        >>> show(reference={1}, account={1, 2}, named=True)
        1 reference True False

        Numbers of several customers, one of whom is the payer:

        >>> show(reference={1, 2}, account={2}), show(reference={1, 2})
        2 account True False
        None unidentified False False
        (None, None)
        """
        left: frozenset[int] = frozenset()
        for kind in self.order:
            found: frozenset[int] = getattr(self, kind)
            if left and found and not left & found and len(found) > 1:
                break
            # Several named customers, and an account of none of them: the account.
            left = (left & found or found) if found else left
            if len(left) == 1:
                return self._payer(next(iter(left)), kind)
        return Payer(candidates=left)

    def _payer(self, customer: int, kind: str) -> Payer:
        sets = {each: getattr(self, each) for each in self.order}
        against = any(
            found and customer not in found
            for each, found in sets.items()
            if each != "name"
        )
        known = self.registered or self.account or self.alias
        if self.named and customer not in self.name:
            # Of those who share an account, the name is another one's.
            against = against or not known or bool(self.name & known)
        agreeing = [each for each, found in sets.items() if customer in found]
        return Payer(
            customer,
            kind,
            confirmed=not against and agreeing not in (["reference"], ["name"]),
            contradicted=against,
            shared=not any(
                found == {customer}
                for each, found in sets.items()
                if each != "reference"
            ),
        )


def by_name(name: str, customers: Iterable[tuple[int, str]]) -> frozenset[int]:
    """Return the customers whose name is that of the payer, or else alike.

    >>> names = [(1, "Alpha GmbH"), (2, "Alpha Ltd"), (3, "Alphas"), (4, "Beta")]
    >>> sorted(by_name("ALPHA", names)), sorted(by_name("Alphass", names[2:]))
    ([1, 2], [3])
    """
    scored = [(likeness(name, each), key) for key, each in customers]
    best = max((score for score, _key in scored), default=0.0)
    if best < ALIKE:
        return frozenset()
    least = SAME if best == SAME else ALIKE
    return frozenset(key for score, key in scored if score >= least)
