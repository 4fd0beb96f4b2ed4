"""Names of companies and people as words that can be compared.

Accents, other alphabets, legal forms and abbreviations are written in one way, so that
the same name looks the same whoever has entered it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Longer names are cut off: nobody tells customers apart by what comes later.
MAX_NAME = 200
SPECIAL = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "&": " and ",
        "+": " and ",
    }
)
# Letters of other alphabets in the usual transcription.
CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "і": "i",
    "ї": "yi",
    "є": "ye",
    "ґ": "g",
    "ј": "j",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "ђ": "dj",
    "џ": "dz",
    "ў": "u",
}
GREEK = {
    **dict(zip("αβγδεζηικλμνξοπρστυω", "avgdeziiklmnxoprstyo", strict=True)),
    "θ": "th",
    "φ": "f",
    "χ": "ch",
    "ψ": "ps",
    "ς": "s",
}
GREEK_PAIRS = (("ου", "ou"), ("αι", "ai"), ("ει", "ei"), ("οι", "oi"), ("μπ", "b"))
LETTERS = str.maketrans(CYRILLIC | GREEK)

# Legal forms by what they have in common; one that is written out comes first.
FORMS = {
    "gmbhco": "gmbh and co kgaa; gmbh and co kg; gmbh co kg; gmbh and co; gmbh co",
    "gmbh": "gesellschaft mit beschrankter haftung; gmbh; gesmbh; ges m b h; mbh",
    "ag": "aktiengesellschaft; ag",
    "kg": "kommanditgesellschaft; and co kg; kg; kgaa",
    "ohg": "offene handelsgesellschaft; ohg",
    "ug": "ug haftungsbeschrankt; unternehmergesellschaft; ug",
    "plc": "public limited company; plc",
    "ltd": "pty ltd; pte ltd; private limited; pvt ltd; co ltd; company limited; "
    "limited; ltd; lda; limitada; ltda",
    "llc": "limited liability company; llc; ooo; tov",
    "llp": "limited liability partnership; llp; lp",
    "inc": "incorporated; inc; corporation; corp",
    "sa": "societe anonyme; sociedad anonima; societa anonima; sa; s a; nv; "
    "naamloze vennootschap",
    "sarl": "societe a responsabilite limitee; sarl; eurl; sasu",
    "sas": "societe par actions simplifiee; sas",
    "srl": "societa a responsabilita limitata; sociedad de responsabilidad limitada; "
    "srl; srls; sl; slu; s l; sociedad limitada",
    "spa": "societa per azioni; spa",
    "snc": "societe en nom collectif; snc; cvba; cv; scs; vof; v o f",
    "bv": "besloten vennootschap; bvba; bv",
    "as": "aktieselskab; aksjeselskap; a s; as; zao; oao; pao; ao; ae",
    "aps": "anpartsselskab; aps",
    "ab": "aktiebolag; ab",
    "oy": "osakeyhtio; oyj; oy",
    "spzoo": "spolka z ograniczona odpowiedzialnoscia; sp z o o; sp z oo; spzoo",
    "sro": "s r o; sro; doo; d o o; eood; ood; kft",
    "ev": "eingetragener verein; e v; ev; asbl; vzw; ry; onlus",
    "ek": "e kfr; e kfm; e k; ek; e u; ip; chp",
    "se": "societas europaea; se",
}
# Words around a form that say nothing by themselves.
FILLER_WORDS = """
and und et y e i the der die das le la les de du des di von van of co company cie mr
mrs ms dr herr frau mag ing prof firma fa
"""
FILLERS = frozenset(FILLER_WORDS.split())
SHORT_FORMS = {
    **dict.fromkeys(("intl", "internat", "internationale"), "international"),
    **dict.fromkeys(("bros", "brothers"), "brothers"),
    **dict.fromkeys(("mfg", "manuf"), "manufacturing"),
    **dict.fromkeys(("svc", "svcs", "serv"), "services"),
    **dict.fromkeys(("assoc", "assocs"), "associates"),
    **dict.fromkeys(("gebr", "gebruder", "gebroeders"), "gebruder"),
    **dict.fromkeys(("ets", "etab", "etabl", "etablissement"), "etablissements"),
    "natl": "national",
    "eng": "engineering",
    "tech": "technology",
    "st": "saint",
    "sankt": "saint",
    "ind": "industries",
    "dist": "distribution",
}


def _sequences() -> list[tuple[tuple[str, ...], str]]:
    found = [
        (tuple(text.split()), form)
        for form, texts in FORMS.items()
        for text in texts.split(";")
    ]
    return sorted(found, key=lambda each: -len(each[0]))


SEQUENCES = _sequences()
FORM_WORDS = frozenset(words[0] for words, _form in SEQUENCES)


def plain(text: str) -> str:
    """Return a text in lower case, in Latin letters without accents where it can.

    >>> plain("Straße Łódź"), plain("Завод Южный"), plain("Ελλάς ΑΕ")
    ('strasse lodz', 'zavod yuzhnyy', 'ellas ae')
    >>> plain("東京")
    '東京'
    """
    text = unicodedata.normalize("NFC", text[:MAX_NAME]).casefold().translate(SPECIAL)
    for pair, letters in GREEK_PAIRS:
        text = text.replace(pair, letters)
    # Letters first, whose accents belong to them, such as й; then all accents.
    text = unicodedata.normalize("NFKD", text.translate(LETTERS))
    text = "".join(each for each in text if not unicodedata.combining(each))
    return text.translate(LETTERS)


def words(text: str) -> list[str]:
    """Return the words of a text; initials with points are one word.

    >>> words("S.A.R.L. O'Neill & Co"), words("Müller-Lüdenscheidt e. V.")
    (['sarl', 'oneill', 'and', 'co'], ['muller', 'ludenscheidt', 'ev'])
    """
    whole = re.sub(r"['’`´]", "", plain(text))
    joined = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", whole)
    return re.findall(r"[^\W_]+", joined)


@lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[tuple[str, ...], str]:
    """Return the words that make a name, and the key of its legal form, if any.

    >>> name_words("Alpha GmbH & Co. KG"), name_words("ALPHA G.m.b.H. and Co")
    ((('alpha',), 'gmbhco'), (('alpha',), 'gmbhco'))
    >>> name_words("Nordic Paper A/S"), name_words("The Smith Bros. Company, Limited")
    ((('nordic', 'paper'), 'as'), (('smith', 'brothers'), 'ltd'))
    >>> name_words("ООО «Ромашка»"), name_words("Tisk s.r.o."), name_words("GmbH")
    ((('romashka',), 'llc'), (('tisk',), 'sro'), (('gmbh',), 'gmbh'))
    """
    every, kept, form = words(name), [], ""
    position = 0
    while position < len(every):
        found = _form_at(every, position)
        if found:
            position += len(found[0])
            form = form or found[1]
            continue
        word = every[position]
        if word not in FILLERS:
            kept.append(SHORT_FORMS.get(word, word))
        position += 1
    return tuple(kept) or tuple(every), form


def _form_at(every: list[str], position: int) -> tuple[tuple[str, ...], str] | None:
    if every[position] not in FORM_WORDS:
        return None
    for sequence, form in SEQUENCES:
        if tuple(every[position : position + len(sequence)]) == sequence:
            return sequence, form
    return None


# Ways to write one sound, from the longest.
SOUNDS = (
    *(("shch", "s"), ("sch", "s"), ("tsch", "s"), ("zh", "s"), ("sh", "s")),
    *(("ch", "h"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ts", "s"), ("tz", "s")),
    *(("dj", "i"), ("ck", "k"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")),
    *(("ou", "u"), ("ei", "i"), ("ai", "a"), ("dt", "t")),
    *(("yo", "o"), ("ye", "e"), ("yi", "i")),
    *(("c", "k"), ("q", "k"), ("x", "ks"), ("y", "i"), ("j", "i"), ("w", "v")),
    *(("z", "s"), ("h", "")),
)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return a word as it sounds in any of several transcriptions.

    >>> sound("alpha") == sound("alfa"), sound("mueller") == sound("muller")
    (True, True)
    >>> sound("berg") == sound("burg")
    False
    >>> sound("yuzhnyy") == sound("juzhny"), sound("42")
    (True, '42')
    """
    text = word
    for letters, one in SOUNDS:
        text = text.replace(letters, one)
    return re.sub(r"([^\d])\1+", r"\1", text) or word


def name_key(name: str) -> str:
    """Return the text by which alike names are found.

    >>> name_key("Alpha Müller GmbH"), name_key("ALFA MUELLER")
    ('alfa muler', 'alfa muler')
    >>> name_key("")
    ''
    """
    return " ".join(sound(word) for word in name_words(name)[0])
