"""Relation of the names of two customers: the same, alike, or told apart."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ..party_name import name_words, sound

SAME, ALIKE, PART, UNLIKE = "same", "alike", "part", "unlike"
# Names with letters that cannot be compared, such as Chinese and Latin ones.
UNKNOWN = "unknown"
# Alike, and each has words of its own: another company of a group, or of a family.
APART = "apart"
# As before, and it is a number or a place that tells them apart.
SITE = "site"

# Words for a part of a company, or for one that owns others.
SITE_WORDS = """
agence agency annex annexe branch depot filiale filial niederlassung office plant
standort store shop succursale sucursal warehouse werk zweigstelle zentrallager nord
north sud south ost east west norte sur oost zuid noord hub terminal junior jun jr
senior sen sr ii iii iv
"""
SITES = frozenset(SITE_WORDS.split())
OWNER_WORDS = """
holding holdings group groupe gruppe gruppo grupo beteiligungs beteiligung
beteiligungen verwaltungs verwaltung verwaltungsgesellschaft invest investment
investments immobilien properties estate realty ventures capital international
deutschland france espana italia nederland belgium belgique austria osterreich schweiz
suisse polska europe usa uk
"""
OWNERS = frozenset(OWNER_WORDS.split())
# Words short enough that one letter makes another word.
SHORT, LONG = 4, 8


def distance(one: str, other: str, limit: int = 2) -> int:
    """Return how many letters are wrong, missing, added or swapped with the next.

    :param limit: more than this is not counted

    >>> distance("maschine", "mashcine"), distance("paper", "papr"), distance("a", "a")
    (1, 1, 0)
    >>> distance("alpha", "gamma"), distance("short", "muchlonger")
    (3, 3)
    """
    if one == other:
        return 0
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, same in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != same))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == same:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


@lru_cache(maxsize=200_000)
def word_likeness(one: str, other: str) -> str:
    """Return ``same``, ``alike`` for a typing error, or nothing.

    >>> word_likeness("alpha", "alfa"), word_likeness("maschinen", "mashcinen")
    ('same', 'alike')
    >>> word_likeness("logistics", "logistik"), word_likeness("east", "west")
    ('alike', '')
    >>> word_likeness("shop3", "shop4"), word_likeness("foods", "goods")
    ('', '')
    """
    if one == other:
        return SAME
    if any(each.isdigit() for each in one + other):
        return ""
    sounds = sound(one), sound(other)
    if sounds[0] == sounds[1] and min(map(len, sounds)) > 1:
        return SAME
    shorter = min(len(one), len(other))
    if shorter < SHORT or {one, other} & (SITES | OWNERS):
        return ""
    if shorter <= 5 and one[0] != other[0] and sorted(one) != sorted(other):
        return ""
    allowed = 2 if shorter >= LONG else 1
    if distance(one, other, allowed) <= allowed:
        return ALIKE
    is_long = min(map(len, sounds)) > 4
    return ALIKE if is_long and distance(*sounds, allowed) <= allowed else ""


@lru_cache(maxsize=100_000)
def relation(
    name: str, other: str, places: tuple[str, ...] = (), is_person: bool = False
) -> str:
    """Return how two names relate.

    :param places: the cities of both, in which a name may differ
    :param is_person: a letter may be another member of the family

    >>> relation("Alpha GmbH & Co. KG", "alfa gmbh and co"), relation("", "Alpha")
    ('same', 'unlike')
    >>> relation("Müller Maschinenbau", "Muller Mashcinenbau GmbH")
    'alike'
    >>> relation("Завод Ромашка", "Zavod Romashka"), relation("東京", "Tokyo KK")
    ('same', 'unknown')
    >>> relation("Data Soft", "Datasoft Ltd"), relation("Doe, Jane", "Jane Doe")
    ('same', 'same')

    What tells names apart:

    >>> relation("Acme Foods", "Acme Steel"), relation("Acme", "Acme Holding")
    ('apart', 'apart')
    >>> relation("Shop 3", "Shop 4"), relation("Acme", "Acme Lyon", ("lyon", "paris"))
    ('site', 'site')
    >>> relation("Acme Lyon", "Acme", ("lyon",)), relation("Acme", "Borealis")
    ('same', 'unlike')
    >>> relation("Acme", "Acme Consulting")
    'part'

    People of one family:

    >>> relation("Anna Meyer", "Anne Meyer", is_person=True)
    'apart'
    >>> relation("Christian Meyer", "Christina Meyer", is_person=True)
    'apart'
    >>> relation("Micheal Meyer", "Michael Meyer", is_person=True)
    'alike'
    >>> relation("J. Meyer", "John Meyer", is_person=True)
    'part'

    Titles are no names:

    >>> relation("Herr Max Muster", "Max Muster", is_person=True)
    'same'
    >>> relation("Muster, Max, Dr.", "Mr. Max Muster", is_person=True)
    'same'
    >>> relation("Frau Dr. Eva Muster", "Mrs Eva Muster", is_person=True)
    'same'
    >>> relation("Herr Max Muster", "Frau Eva Muster", is_person=True)
    'apart'
    >>> relation("Dr. Oetker GmbH", "Oetker"), relation("Mr. Wash AG", "Wash AG")
    ('same', 'same')
    """
    words, others = name_words(name)[0], name_words(other)[0]
    if not words or not others:
        return UNLIKE
    if _is_foreign(words) != _is_foreign(others):
        return UNKNOWN
    if "".join(map(sound, words)) == "".join(map(sound, others)):
        return SAME
    kinds, mine, theirs = _aligned(list(words), list(others), is_person)
    if len(set(places)) == 1:
        mine, theirs = ([w for w in each if w not in places] for each in (mine, theirs))
    if not mine and not theirs:
        return ALIKE if ALIKE in kinds else SAME
    if not kinds:
        return _joined(words, others)
    extra = [*mine, *theirs]
    if is_person and _is_initial(mine, theirs):
        return PART
    if any(_is_site(word, places) for word in extra):
        return SITE
    if (mine and theirs) or OWNERS & {*extra}:
        joined = _joined(words, others)
        return APART if joined == UNLIKE or is_person else joined
    return PART


def _is_foreign(words: tuple[str, ...]) -> bool:
    letters = [each for each in "".join(words) if each.isalpha()]
    latin = [each for each in letters if "LATIN" in unicodedata.name(each, "")]
    return bool(letters) and not latin


def _aligned(
    mine: list[str], theirs: list[str], is_person: bool
) -> tuple[list[str], list[str], list[str]]:
    """Return how words that pair up relate, and those of each side that do not."""
    kinds = []
    for wanted in (SAME, ALIKE):
        for word in [*mine]:
            found = next(
                (each for each in theirs if _fits(word, each, wanted, is_person)), None
            )
            if found is not None:
                kinds.append(wanted)
                mine.remove(word)
                theirs.remove(found)
    return kinds, mine, theirs


def _fits(word: str, other: str, wanted: str, is_person: bool) -> bool:
    found = word_likeness(word, other)
    if found == ALIKE and is_person:
        # Anna and Anne, Martin and Marvin: often two people, not an error.
        is_long = min(len(word), len(other)) >= LONG - 1
        is_error = is_long or sorted(word) == sorted(other)
        return wanted == ALIKE and is_error and word[-1] == other[-1]
    return found == wanted


def _is_initial(mine: list[str], theirs: list[str]) -> bool:
    """Return whether the words left of a name are one initial of the other's."""
    texts = sorted(("".join(mine), "".join(theirs)), key=len)
    return len(texts[0]) == 1 and texts[1].startswith(texts[0])


def _is_site(word: str, places: tuple[str, ...]) -> bool:
    is_short = len(word) == 1 or any(each.isdigit() for each in word)
    return is_short or word in SITES or word in places


def _joined(words: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Return whether names are alike that are divided into words in other places."""
    one, other = "".join(words), "".join(others)
    if len(words) == len(others) or any(each.isdigit() for each in one + other):
        return UNLIKE
    allowed = 2 if min(len(one), len(other)) >= LONG else 0
    return ALIKE if distance(one, other, allowed) <= allowed else UNLIKE
