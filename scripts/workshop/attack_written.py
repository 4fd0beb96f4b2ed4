"""The sweeps over values that are written and created: see `attack_client.py`."""

import itertools

# Values that a field of the type can hold; 1 for all others.
PLAUSIBLE = {
    **dict.fromkeys(("char", "text", "html", "selection"), "x"),
    **dict.fromkeys(("date", "datetime"), "2026-01-01"),
    **dict.fromkeys(("one2many", "many2many"), [[5, 0, 0]]),
    "boolean": True,
}


def guarded(attacker, plan, roles):
    """B, D: fields that only steps and computations set."""
    for (model, name), who in itertools.product(plan["guarded"], roles):
        ids = plan["models"][model]["own"][:1]
        kind = plan["models"][model]["fields"].get(name)
        if ids and kind:
            value = PLAUSIBLE.get(kind, 1)
            yield (
                f"{who} writes {model}.{name}",
                lambda w=who, m=model, n=name, i=ids, v=value: attacker.refusal(
                    *attacker.call(w, m, "write", [i, {n: v}])
                ),
            )


def guarded_in_lists(attacker, plan, roles):
    """B, D: the same fields, written through the record in which a list stands."""
    by_model = {}
    for model, name in plan["guarded"]:
        by_model.setdefault(model, []).append(name)
    for (model, lines, line, parent, child), who in itertools.product(
        plan["lists"], roles
    ):
        for name in by_model.get(line, ()):
            kind = plan["models"][line]["fields"].get(name)
            change = {name: PLAUSIBLE.get(kind, 1)}
            for command in ([1, child, change], [0, 0, change]) if kind else ():
                yield (
                    f"{who} writes {model}.{lines} {command}",
                    lambda w=who, m=model, p=parent, v={lines: [command]}: (
                        attacker.refusal(*attacker.call(w, m, "write", [[p], v]))
                    ),
                )


def names(attacker, plan, roles):
    """E: records that are created by a name alone, as a many2one does."""
    for model, who in itertools.product(plan["ours"], roles):
        for name in ("x", "", False, "\x00", 1, ["x"]):
            yield (
                f"{who} creates {model} named {name!r}",
                lambda w=who, m=model, n=name: attacker.sentence(
                    *attacker.call(w, m, "name_create", [n])
                ),
            )


def values(attacker, plan, roles):
    """E: every field of every model with values that it cannot hold."""
    turn = itertools.count()
    for model, who in itertools.product(plan["ours"], roles):
        about, access = plan["models"][model], plan["access"][who][model]
        for name, kind in about["fields"].items():
            tried = attacker.hostile.VALUES.get(kind, ()) + attacker.hostile.EMPTY
            if not access["write"] or not about["own"]:
                tried = tried[next(turn) % len(tried) :][:1]
            elif who == "clerk":
                # The supervisor, who may do more, tries all of them.
                tried = tried[next(turn) % 3 :: 3]
            for value in tried:
                yield (
                    f"{who} {model}.{name} = {str(value)[:40]!r}",
                    lambda w=who, m=model, n=name, v=value, a=about: attacker.sentence(
                        *attacker.call(w, m, "write", [a["own"][:1], {n: v}])
                    ),
                )


def creations(attacker, plan, roles):
    """E: records made of nothing, of one wrong value, and forms of them."""
    turn = itertools.count()
    for model, who in itertools.product(plan["ours"], roles):
        if not plan["access"][who][model]["create"]:
            continue
        fields = plan["models"][model]["fields"]
        tries = [{}, dict.fromkeys(fields, False), {"no_such_field": 1}]
        for name, kind in fields.items():
            wrong = attacker.hostile.VALUES.get(kind, (None,))
            tries.append({name: wrong[next(turn) % len(wrong)]})
        for vals in tries:
            yield (
                f"{who} creates {model} of {str(vals)[:60]}",
                lambda w=who, m=model, v=vals: attacker.sentence(
                    *attacker.call(w, m, "create", [v])
                ),
            )
        for vals in tries[2:]:
            spec = {name: {} for name in vals if name in fields}
            yield (
                f"{who} fills in a form of {model} with {str(vals)[:60]}",
                lambda w=who, m=model, v=vals, s=spec: attacker.sentence(
                    *attacker.call(w, m, "onchange", [[], v, list(v), s])
                ),
            )
