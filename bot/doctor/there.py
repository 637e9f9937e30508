"""What GitHub says: what the App asks for, what it was given, and where it is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from bot import features
from bot.doctor.check import Check
from bot.errors import GitHubError
from bot.features import Feature
from bot.github import AppFacts, GitHub, Installation
from bot.settings import Settings


def permissions(facts: AppFacts) -> Check:
    """What the App asks for; what is optional and was left out is said here, and nowhere else."""
    lost = features.missing(facts.permissions)
    needed, optional = [one for one in lost if not one.optional], [one for one in lost if one.optional]
    without = f"; left out, which is fine: {_said(optional)}" if optional else ""
    if not needed:
        return Check(name="permissions", found=f"everything that is needed{without}")
    asked = ", ".join(f"{name}: {level}" for name, level in features.permissions(_required()).items())
    return Check(name="permissions", found=_said(needed) + without, remedy=f"in the App's settings grant {asked}")


def events(facts: AppFacts) -> Check:
    working = [one for one in features.ASKED if one not in features.missing(facts.permissions)]
    missing = sorted(set(features.events([*_required(), *working])) - set(facts.events))
    if not missing:
        return Check(name="events", found="subscribed to everything that is needed")
    found = f"not subscribed to {', '.join(missing)}"
    return Check(name="events", found=found, remedy="subscribe to them in the App's settings")


async def installations(github: GitHub, settings: Settings, facts: AppFacts) -> AsyncIterator[Check]:
    count = 0
    try:
        async for installation in github.installations():
            count += 1
            yield _installation(installation, settings, facts)
    except GitHubError as error:
        yield Check(name="installations", found=str(error), remedy="try again in a moment")
    if count == 0:
        remedy = f"install it: {settings.github_web_url}/apps/{facts.slug}/installations/new"
        yield Check(name="installations", found="the App is installed nowhere", remedy=remedy)


def _installation(installation: Installation, settings: Settings, facts: AppFacts) -> Check:
    name = f"installation on {installation.account}"
    if installation.suspended:
        return Check(name=name, found="suspended", remedy="an owner of the account can lift that in its settings")
    allowed = settings.allowed_accounts if settings.allowed_accounts is not None else {facts.owner.lower()}
    if "*" not in allowed and installation.account.lower() not in allowed:
        remedy = f"add {installation.account} to ALLOWED_ACCOUNTS if it should be served"
        return Check(name=name, found="ignored, as it is not among ALLOWED_ACCOUNTS", remedy=remedy)
    lost = [one for one in features.missing(installation.permissions) if not one.optional]
    if lost:
        remedy = "an owner of the account must accept the App's new permissions: Settings, GitHub Apps, Review request"
        return Check(name=name, found=_said(lost), remedy=remedy)
    return Check(name=name, found="chosen repositories" if installation.selected else "all repositories")


def _required() -> list[Feature]:
    return [feature for feature in features.ASKED if not feature.optional]


def _said(lost: Iterable[Feature]) -> str:
    return "; ".join(f"cannot {feature.name} ({feature.lost})" for feature in lost)
