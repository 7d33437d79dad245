"""Compares answers by name, and prints those that differ."""

import json
import math

from differences import DIFFERENCES
from encode import outcome


def compare(database, theirs, ours, pattern):
    """The numbers of scenarios that agree, as far as they should, and that do not."""
    passed = 0
    wrong = []
    for name in sorted(theirs.keys() | ours.keys()):
        if name not in ours or name not in theirs:
            wrong.append((name, "orm lacks it" if name in theirs else "Django lacks it", None, None))
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


def agree(answers):
    """The number of scenarios that orm answers differently on two databases."""
    (first, expected), *others = answers.items()
    failed = 0
    for other, found in others:
        wrong = [
            (name, f"orm on {first} and on {other}", expected[name], found[name])
            for name in sorted(expected.keys() & found.keys())
            if not alike(expected[name], found[name])
        ]
        show(f"{first} and {other}", wrong)
        failed += len(wrong)
    return failed


def judge(database, name, theirs, ours):
    """`None`, or what is wrong with the answers."""
    known = DIFFERENCES.get(name)
    if known is None or database not in known.on:
        if alike(theirs, ours) and ("answer" in ours or ours["error"] in KNOWN_ERRORS):
            return None
        return "Django and orm", theirs, ours
    if alike(theirs, ours):
        return "Django and orm are alike: take it off the list of differences", None, None
    meant = outcome(known.meant)
    return None if alike(meant, ours) else ("what orm means and orm", meant, ours)


KNOWN_ERRORS = {"DoesNotExist", "MultipleObjectsReturned", "InvalidQuery", "NoSuchPage", "Unsupported"}


def alike(one, other):
    """Whether two answers are equal; floats in 12 digits, because servers sum and round in orders of their own."""
    match one, other:
        case {"float": float(a), **more}, {"float": float(b)} if not more:
            return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15)
        case dict(), dict():
            return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(alike, one, other))
    # True is not 1 here.
    return type(one) is type(other) and one == other


def show(database, wrong):
    if not wrong:
        return
    print(f"\n—— differences on {database}")
    for name, what, theirs, ours in wrong:
        print(f"{name}: {what}")
        if theirs is not None:
            for side, answer in zip(("first ", "second"), shortened(theirs, ours)):
                print(f"    {side} {answer}")


def shortened(*answers):
    """The answers from shortly before the first place where they differ."""
    texts = [json.dumps(answer, ensure_ascii=False) for answer in answers]
    same = next((at for at, pair in enumerate(zip(*texts)) if len(set(pair)) > 1), min(map(len, texts)))
    start = max(0, same - 60)
    return [("…" if start else "") + text[start:same + 160] for text in texts]
