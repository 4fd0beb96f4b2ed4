"""The sweep over records of another company: see `attack_client.py`."""

import itertools


def reads(attacker, plan, roles):
    """F: records of other companies, read, found, counted, changed and attached to."""
    for model, who in itertools.product(plan["ours"], roles):
        ids, fields = plan["models"][model]["others"], plan["models"][model]["fields"]
        if not ids:
            continue
        asks = [
            ("read", [ids, list(fields)]),
            ("export_data", [ids, [*list(fields)[:5], "display_name"]]),
            ("write", [ids, {next(iter(fields), "name"): False}]),
            ("unlink", [ids]),
            ("copy", [ids]),
        ]
        for method, args in asks:
            yield (
                f"{who} {method} {model}{ids}",
                lambda w=who, m=model, c=method, a=args: attacker.refusal(
                    *attacker.call(w, m, c, a)
                ),
            )
        for method, args in (
            ("search_count", [[["id", "in", ids]]]),
            ("search_read", [[["id", "in", ids]], ["id"]]),
            ("formatted_read_group", [[["id", "in", ids]], ["id"], ["__count"]]),
        ):
            yield (
                f"{who} {method} {model}{ids}",
                lambda w=who, m=model, c=method, a=args: attacker.nothing(
                    *attacker.call(w, m, c, a)
                ),
            )
        values = {"name": "x.txt", "res_model": model, "res_id": ids[0], "raw": "eA=="}
        yield (
            f"{who} attaches a file to {model}{ids}",
            lambda w=who, v=values: attacker.refusal(
                *attacker.call(w, "ir.attachment", "create", [v])
            ),
        )
        yield (
            f"{who} comments {model}{ids}",
            lambda w=who, v={"model": model, "res_id": ids[0]}: attacker.refusal(
                *attacker.call(w, "mail.message", "create", [{**v, "body": "x"}])
            ),
        )
