"""Compares answers by name, and prints those that differ."""

import json

from differences import DIFFERENCES
from encode import outcome


def compare(database, theirs, ours, pattern):
    """The numbers of scenarios that agree, as far as they should, and that do not."""
    passed = 0
    wrong = []
    for name in sorted(theirs.keys() | ours.keys()):
        if name not in ours or name not in theirs:
            wrong.append((name, "only Django has it" if name in theirs else "only orm has it", None, None))
            continue
        complaint = judge(database, name, theirs[name], ours[name])
        if complaint is None:
            passed += 1
        else:
            wrong.append((name, *complaint))
    for name in DIFFERENCES:
        if pattern in name and name not in theirs:
            wrong.append((name, "a difference is known of a scenario that does not exist", None, None))
    show(database, wrong)
    return passed, len(wrong)


def judge(database, name, theirs, ours):
    """`None`, or what is wrong with the answers."""
    known = DIFFERENCES.get(name)
    if known is None or database not in known.on:
        if known_error(theirs) and known_error(ours) and theirs == ours:
            return None
        return None if theirs == ours and "answer" in ours else ("they differ", theirs, ours)
    if theirs == ours:
        return ("they should differ, but do not: take it off the list", theirs, ours)
    meant = outcome(known.meant)
    return None if meant == ours else ("orm should answer what `meant` says", meant, ours)


def known_error(it):
    return it.get("error") in {"DoesNotExist", "MultipleObjectsReturned", "InvalidQuery", "Unsupported"}


def show(database, wrong):
    if not wrong:
        return
    print(f"\n—— differences on {database}")
    for name, what, theirs, ours in wrong:
        print(f"{name}: {what}")
        if theirs is not None:
            for side, answer in zip(("Django", "orm   "), shortened(theirs, ours)):
                print(f"    {side} {answer}")


def shortened(*answers):
    """The answers from shortly before the first place where they differ."""
    texts = [json.dumps(answer, ensure_ascii=False) for answer in answers]
    same = next((at for at, pair in enumerate(zip(*texts)) if len(set(pair)) > 1), min(map(len, texts)))
    start = max(0, same - 60)
    return [("…" if start else "") + text[start:same + 160] for text in texts]
