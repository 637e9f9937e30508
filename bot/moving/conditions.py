"""Conditions (`if:`) taken apart and put together: which part of a step's condition can stand on a job.

A job's condition may look at `github`, `needs`, `vars` and `inputs` alone:
https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_WHOLE = re.compile(r"\s*\$\{\{(?P<inner>.*)\}\}\s*\Z", re.DOTALL)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CONTEXT = re.compile(r"(?<![\w.'-])([a-z_]+)(?=\s*[.\[])", re.IGNORECASE)
_STATUS = re.compile(r"\b(?:success|failure|always|cancelled)\s*\(", re.IGNORECASE)
_SUCCESS = re.compile(r"success\s*\(\s*\)\Z", re.IGNORECASE)
_FUNCTION = re.compile(r"\bhashFiles\s*\(", re.IGNORECASE)
_OF_JOBS = frozenset({"github", "needs", "vars", "inputs"})
_OF_LEGS = frozenset({"matrix", "strategy", "runner"})
_IS_SET = re.compile(r"\s*(?:env\.(?P<env>\w+)|secrets\.(?P<secret>\w+))\s*(?:!=\s*(?:''|null)\s*)?\Z")
_IS_TRUE = re.compile(r"\s*env\.(?P<env>\w+)\s*(?:==\s*'true'|!=\s*'false')\s*\Z")
_SKIPS_PULLS = re.compile(r"refs/tags|'push'|'release'|ref_type|refs/heads|event_name\s*!=\s*'pull_request'")
_STARTS = re.compile(r"(?:startsWith|contains)\(\s*([\w.-]+)\s*,\s*'([^']*)'\s*\)\Z", re.IGNORECASE)
_UNEQUAL = re.compile(r"\s*([\w.-]+)\s*!=\s*'((?:[^']|'')*)'\s*\Z")
_TERM = re.compile(r"[\w.-]+(?:\([^()]*\))?\Z")
_PREFIX = re.compile(r"startsWith\(\s*([\w.-]+)\s*,\s*'([^']*)'\s*\)\Z", re.IGNORECASE)
_OTHER_SYSTEM = re.compile(r"windows|macos", re.IGNORECASE)
_INNER = re.compile(r"\([^()]*\)")
_BOOLEAN = re.compile(
    r"(?:true|false|(?:contains|startsWith|endsWith|success|failure|always|cancelled)\(\)|[^&|]*(?:==|!=|<|>)[^&|]*)\Z",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"\s*([\w.-]+)\s*==\s*'((?:[^']|'')*)'\s*\Z")


class Raised(Struct, frozen=True, kw_only=True):
    """A step's condition as a job can have it. `text`: None for no condition.

    `exact` is False where the step's own says more than a job can look at: a job must then be told by an output.
    """

    text: str | None
    exact: bool = True


def bare(condition: str) -> str:
    """An `if:` without the `${{ }}` around the whole of it."""
    found = _WHOLE.match(condition)
    inner = found["inner"] if found is not None else condition
    return inner.strip() if "${{" not in inner else condition.strip()


def contexts(text: str) -> frozenset[str]:
    """The contexts that an expression looks at, in lower case."""
    return frozenset(found[1].lower() for found in _CONTEXT.finditer(_QUOTED.sub("''", text)))


def chooses_leg(condition: str | None) -> bool:
    """Claims that a condition may hold on one leg of a matrix and not on another."""
    return condition is not None and bool(contexts(condition) & _OF_LEGS)


def asks_for_status(condition: str | None) -> bool:
    """Claims that a condition decides itself what happens after a failure: `always()`, `failure()` and their like."""
    return condition is not None and any(_STATUS.search(_QUOTED.sub("''", part)) for part in _telling(condition))


def _telling(condition: str) -> list[str]:
    """What a condition asks beside `success()`, which is asked anyway."""
    return [part for part in conjuncts(bare(condition)) if not _SUCCESS.match(part)]


def raise_to_job(condition: str | None, *, legs: bool) -> Raised:
    """A step's condition for the job that takes over the step; with `legs`, parts that choose one leg are left out."""
    if condition is None:
        return Raised(text=None)
    parts = _telling(condition)
    if legs:
        parts = [part for part in parts if not contexts(part) <= _OF_LEGS or not contexts(part)]
    if any("${{" in part or _FUNCTION.search(part) or not contexts(part) <= _OF_JOBS for part in parts):
        return Raised(text=None, exact=False)
    return Raised(text=" && ".join(parts) or None)


def both(first: str | None, second: str | None) -> str | None:
    """The condition that holds when both do."""
    if first is None or second is None:
        return first if second is None else second
    parts = dict.fromkeys([*conjuncts(bare(first)), *conjuncts(bare(second))])
    return " && ".join(_guarded(part) for part in parts)


def either(conditions: list[str | None]) -> str | None:
    """The condition that holds when one of several does; None stands for one that always holds."""
    if any(condition is None for condition in conditions):
        return None
    texts = list(dict.fromkeys(bare(condition) for condition in conditions if condition is not None))
    if len(texts) == 1:
        return texts[0]
    return " || ".join(f"({text})" if "&&" in text or "||" in text else text for text in texts)


def is_boolean(expression: str) -> bool:
    """Claims that an expression gives true or false, and not a text that merely counts as one of them."""
    depth, start, quoted, parts = 0, 0, False, []
    for index, char in enumerate(expression):
        quoted = quoted != (char == "'")
        depth += 0 if quoted else {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        if depth == 0 and not quoted and expression[index : index + 2] in ("&&", "||"):
            parts.append(expression[start:index])
            start = index + 2
    return all(_is_boolean_term(part.strip()) for part in (*parts, expression[start:]))


def _is_boolean_term(term: str) -> bool:
    if term.startswith("(") and term.endswith(")") and _is_closed(term[1:-1]):
        return is_boolean(term[1:-1])
    return term.startswith("!") or _BOOLEAN.match(_INNER.sub("()", _QUOTED.sub("''", term))) is not None


def implies(stronger: str | None, weaker: str | None) -> bool:
    """Claims that whenever the first condition holds the second does; False where that cannot be seen."""
    if weaker is None:
        return True
    if stronger is None:
        return False
    return set(conjuncts(bare(weaker))) <= set(conjuncts(bare(stronger)))


def exclude(first: str | None, second: str | None) -> bool:
    """Claims that two conditions never hold together: they want different values of the same thing, or one wants what
    the other does not.
    """
    if first is None or second is None:
        return False
    one, other = list(conjuncts(bare(first))), list(conjuncts(bare(second)))
    if any(_denies(part, one) for part in other) or any(_denies(part, other) for part in one):
        return True
    return any(_differ(part, wanted) for part in one for wanted in other)


def _denies(part: str, others: list[str]) -> bool:
    """Claims that a part says the opposite of one of the others."""
    if part.startswith("!"):
        denied = part[1:].strip()
        return denied in others and _TERM.match(denied) is not None
    unequal = _UNEQUAL.match(part)
    return unequal is not None and (unequal[1].lower(), unequal[2].lower()) in map(_equality, others)


def _differ(part: str, other: str) -> bool:
    """Claims that two parts want values of one thing that cannot both be."""
    one, two = _wanted(part), _wanted(other)
    if one is None or two is None or one[0] != two[0]:
        return False
    (_, value, whole), (_, another, exact) = one, two
    if whole and exact:
        return value != another
    fits = (whole or not exact) and value.startswith(another)
    return not (fits or ((exact or not whole) and another.startswith(value)))


def _wanted(part: str) -> tuple[str, str, bool] | None:
    """What must have which value, and whether that is the whole of it or how it starts; case does not count."""
    equal = _equality(part)
    if equal is not None:
        return *equal, True
    found = _PREFIX.match(part)
    return (found[1].lower(), found[2].lower(), False) if found is not None else None


def _equalities(condition: str) -> dict[str, str]:
    return dict(found for part in conjuncts(bare(condition)) if (found := _equality(part)))


def runners_of(condition: str | None, key: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a matrix's runners on which a condition can hold; `key` is the one of the matrix that names them."""
    if condition is None:
        return labels
    wanted = _equalities(condition)
    if (only := wanted.get(f"matrix.{key}".lower())) is not None:
        labels = tuple(label for label in labels if label.lower() == only)
    for part in conjuncts(bare(condition)):
        found = _STARTS.match(part)
        if found is not None and found[1].lower() == f"matrix.{key}".lower():
            labels = tuple(label for label in labels if label.lower().startswith(found[2].lower()))
    if wanted.get("runner.os") == "linux":
        labels = tuple(label for label in labels if not _OTHER_SYSTEM.search(label))
    return labels


def without_token(condition: str | None, variables: frozenset[str], secrets: frozenset[str]) -> str | None:
    """A condition without the parts that only ask whether the token is there; the same text where there are none."""
    if condition is None:
        return None
    parts = list(conjuncts(bare(condition)))
    kept = [part for part in parts if not _asks_for(part, variables, secrets)]
    if len(kept) == len(parts):
        return condition
    return " && ".join(_guarded(part) for part in kept) or None


def _asks_for(part: str, variables: frozenset[str], secrets: frozenset[str]) -> bool:
    found = _IS_SET.match(part) or _IS_TRUE.match(part)
    return found is not None and (
        found["env"] in variables or (found.groupdict().get("secret") or "").upper() in secrets
    )


def skips_pulls(*several: str | None) -> bool:
    """Claims that one of several conditions, which all must hold, does not hold for a pull request."""
    return any(condition is not None and _SKIPS_PULLS.search(condition) is not None for condition in several)


def conjuncts(expression: str) -> Iterator[str]:
    """What a top-level `&&` joins; the expression itself where a top-level `||` stands in it."""
    depth, start, quoted, parts = 0, 0, False, []
    for index, char in enumerate(expression):
        if char == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif depth == 0 and expression.startswith("||", index):
            yield expression.strip()
            return
        elif depth == 0 and expression.startswith("&&", index):
            parts.append(expression[start:index])
            start = index + 2
    for part in (*parts, expression[start:]):
        text = " ".join(part.split()) if "'" not in part else part.strip()
        inner = text[1:-1] if text.startswith("(") and text.endswith(")") and _is_closed(text[1:-1]) else None
        yield from conjuncts(inner) if inner is not None and "||" not in inner else [text]


def _is_closed(text: str) -> bool:
    depth = 0
    for char in _QUOTED.sub("''", text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0


def _guarded(part: str) -> str:
    bare_part = _QUOTED.sub("''", part)
    outer = part.startswith("(") and part.endswith(")") and _is_closed(part[1:-1])
    return f"({part})" if "||" in bare_part and not outer else part


def _equality(part: str) -> tuple[str, str] | None:
    found = _EQUALS.match(part)
    return (found[1].lower().replace("github.event.inputs.", "inputs."), found[2].lower()) if found else None
