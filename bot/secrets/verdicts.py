"""The decision table: what may be said of each stored secret, and where it may be said.

Use decides; a name only ranks what nothing refers to. Whatever could not be looked at makes the answer `unknown`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from bot.model import Finding, FixKind, Severity
from bot.publishing.names import is_pypi_secret
from bot.secrets.nouns import Branch, Inventory, Secret, State, Store, Verdict

OBSOLETE = "obsolete-secret"
ORPHAN = "orphan-secret"

_WHERE_REFERENCES_LEAD = frozenset({Store.REPOSITORY, Store.ENVIRONMENT, Store.ORGANISATION})
_PUBLIC_STORES = frozenset({Store.REPOSITORY, Store.ENVIRONMENT})


def judge(
    inventory: Inventory, branches: Sequence[Branch], *, replaced: Collection[str], proven: bool
) -> tuple[Verdict, ...]:
    """A verdict on every secret that is about publishing, each level of a name on its own, and on names that are gone.

    `replaced`: those that a move took out; `proven`: a release through Trusted Publishing was seen after it.
    """
    known = {name.upper() for name in replaced}
    verdicts = []
    for secret in inventory.secrets:
        if secret.name.upper() in known or is_pypi_secret(secret.name):
            state, why = _verdict(secret, inventory, branches, known, proven=proven)
            verdicts.append(Verdict(secret=secret, state=state, why=why))
    return (*verdicts, *_gone(inventory, branches))


def may_be_named(verdict: Verdict, shown: Collection[str]) -> bool:
    """Claims that a public place may name this secret: the repository's own workflows show the name already.

    Names that nothing shows, and those of stores that other people keep, are for the dashboard alone.
    """
    in_sight = verdict.secret.name.upper() in {name.upper() for name in shown}
    return in_sight and verdict.state is not State.ORPHAN and verdict.secret.store in _PUBLIC_STORES


def kept(verdicts: Iterable[Verdict], names: Collection[str]) -> tuple[Verdict, ...]:
    """The same, with secrets of these names taken for used: their maintainers wish to keep them."""
    known = {name.upper() for name in names}
    return tuple(
        replace(verdict, state=State.IN_USE, why="`.github/pubflow.yml` says to keep it")
        if verdict.secret.name.upper() in known
        else verdict
        for verdict in verdicts
    )


def findings(verdicts: Iterable[Verdict], shown: Collection[str] = ()) -> tuple[Finding, ...]:
    """The two rules about secrets; quiet but for those of the names `shown` that `may_be_named`."""
    rules = {State.OBSOLETE: (OBSOLETE, Severity.MEDIUM), State.ORPHAN: (ORPHAN, Severity.LOW)}
    return tuple(
        Finding(
            rule=rule,
            severity=severity,
            message=f"the {_place(verdict.secret)}: {verdict.why}",
            fix=FixKind.NONE,
            quiet=not may_be_named(verdict, shown),
        )
        for verdict in verdicts
        if verdict.state in rules
        for rule, severity in [rules[verdict.state]]
    )


def _verdict(
    secret: Secret, inventory: Inventory, branches: Sequence[Branch], known: Collection[str], *, proven: bool
) -> tuple[State, str]:
    name = secret.name.upper()
    used = next(((branch, branch.names[name][0]) for branch in branches if branch.names.get(name)), None)
    if used is not None:
        return State.IN_USE, f"{_quoted(used[1])} on {_quoted(used[0].name)} refers to it"
    unclear = doubt(branches)
    if unclear is not None:
        return State.UNKNOWN, unclear
    return (_elsewhere(secret, inventory) if secret.store is Store.ORGANISATION else None) or _unused(
        name in known, proven=proven
    )


def _elsewhere(secret: Secret, inventory: Inventory) -> tuple[State, str] | None:
    """What other repositories do with a secret of the organisation; None: nothing."""
    found = {name.upper(): uses for name, uses in inventory.elsewhere.items()}.get(secret.name.upper())
    if found is None:
        return State.UNKNOWN, "whether other repositories use it was not checked"
    return (State.IN_USE, "other repositories use it; this one could be taken off its list") if found else None


def _unused(replaced: bool, *, proven: bool) -> tuple[State, str]:
    if not replaced:
        return State.ORPHAN, "nothing refers to it, and by its name it is good for uploads alone"
    if not proven:
        return State.PENDING_REMOVAL, "no release has gone through Trusted Publishing yet"
    return State.OBSOLETE, "a release went through Trusted Publishing, and nothing refers to it any more"


def doubt(branches: Sequence[Branch]) -> str | None:
    """Why nobody can tell that a secret is unused."""
    if not branches:
        return "no branch could be read"
    for branch in branches:
        where = f"on {_quoted(branch.name)}"
        if not branch.complete:
            return f"not every workflow {where} could be read"
        if branch.dynamic:
            return f"{_quoted(branch.dynamic[0])} {where} chooses secrets when it runs"
        if branch.handed_on:
            return f"all secrets are handed {where} to {_quoted(branch.handed_on[0])}, which is not ours to read"
    return None


def _gone(inventory: Inventory, branches: Sequence[Branch]) -> Iterator[Verdict]:
    """Only where every store was listed to which a reference can lead."""
    if not inventory.checked >= _WHERE_REFERENCES_LEAD:
        return
    stored = {secret.name.upper() for secret in inventory.secrets}
    seen: set[str] = set()
    for branch in branches:
        for name, files in branch.names.items():
            if is_pypi_secret(name) and name not in stored | seen:
                seen.add(name)
                why = f"{_quoted(files[0])} on {_quoted(branch.name)} refers to it, and it is not stored"
                yield Verdict(secret=Secret(name=name, store=Store.REPOSITORY), state=State.GONE, why=why)


def _place(secret: Secret) -> str:
    where = f" of the environment {_quoted(secret.environment)}" if secret.environment else ""
    return f"{secret.store} secret {_quoted(secret.name)}{where}"


def _quoted(text: str) -> str:
    """For the one sentence in which it stands; whoever shows that makes it harmless for its place."""
    return f"`{text.replace('`', '')}`"
