"""The webhook: is it where this server is, does this server answer there, and did the last deliveries arrive?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp

from bot.doctor.check import Check
from bot.errors import GitHubError
from bot.github import Attempt, GitHub, Hook
from bot.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_ENOUGH_WRONG = 3
"""So many failures among the last deliveries are no accident."""
_DAY = 86400.0
_REMEDIES = {
    401: "the secret in the App's settings differs from WEBHOOK_SECRET: enter the same in both",
    404: "the webhook URL in the App's settings must end in /webhook and lead to this server",
    413: "a proxy before this server refuses large bodies: allow 25 MB",
    503: "this server could not store deliveries: see the queue and the database above",
    502: "nothing answered there: is the server running, and does its name lead to it from the Internet?",
    504: "nothing answered there in time: is a wall between the Internet and this server?",
}


async def hook(session: aiohttp.ClientSession, github: GitHub, settings: Settings) -> AsyncIterator[Check]:
    try:
        found = await github.hook()
        attempts = await github.last_deliveries()
    except GitHubError as error:
        yield Check(name="webhook", found=str(error), remedy="try again in a moment")
        return
    yield _entered(found, settings)
    if found.url:
        yield await _answers(session, found.url)
    yield _deliveries(attempts)


def _entered(found: Hook, settings: Settings) -> Check:
    base = settings.public_url
    wanted = f"{base}/webhook" if base is not None else "https://your-host/webhook"
    if not found.url:
        return Check(name="webhook", found="no URL is entered", remedy=f"enter {wanted} in the App's settings")
    if base is not None and found.url.rstrip("/") != wanted:
        remedy = f"enter {wanted} in the App's settings, or set PUBLIC_URL to where this server is"
        return Check(name="webhook", found=f"GitHub sends to {found.url}", remedy=remedy)
    if not found.has_secret:
        remedy = "enter WEBHOOK_SECRET there: without it every delivery is refused"
        return Check(name="webhook", found="the App's settings have no secret", remedy=remedy)
    if not found.checks_certificate:
        remedy = "switch on SSL verification in the App's settings"
        return Check(name="webhook", found="GitHub does not look at this server's certificate", remedy=remedy)
    return Check(name="webhook", found=f"GitHub sends to {found.url}")


async def _answers(session: aiohttp.ClientSession, url: str) -> Check:
    """From here; a wall between here and the Internet is seen by the deliveries alone."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/healthz"
    try:
        async with session.get(address, timeout=_TIMEOUT, allow_redirects=False) as response:
            said = await response.content.read(16)
            if response.status == 200 and said == b"ok\n":
                return Check(name="server", found=f"answers at {parts.scheme}://{parts.netloc}")
            found = f"{address} answers {response.status}, and not as pubflow does"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        found = f"{address} cannot be reached from here ({type(error).__name__})"
    remedy = "start `pubflow serve`, and see that the proxy before it and its certificate are in order"
    return Check(name="server", found=found, remedy=remedy)


def _deliveries(attempts: tuple[Attempt, ...]) -> Check:
    # What is under way has no answer yet.
    recent = [one for one in attempts if one.at > time.time() - _DAY and one.code]
    if not recent:
        last = "there was none yet" if not attempts else "none within a day"
        return Check(name="deliveries", found=last)
    failed = Counter(one.code for one in recent if not one.arrived)
    if recent[0].arrived and failed.total() < _ENOUGH_WRONG:
        return Check(name="deliveries", found=f"the last arrived; {failed.total()} of {len(recent)} failed")
    code = failed.most_common(1)[0][0]
    listed = ", ".join(
        f"{number} got {f'answer {one}' if one else 'no answer'}" for one, number in failed.most_common()
    )
    remedy = _REMEDIES.get(code, "see Advanced, Recent deliveries in the App's settings")
    return Check(
        name="deliveries",
        found=f"{failed.total()} of the last {len(recent)} failed: {listed}",
        remedy=f"{remedy}; `pubflow redeliver` then asks GitHub for what was missed",
    )
