"""`POST /webhook`: verified, decided, stored durably, and only then acknowledged.

What is not for us is answered after the signature and a typed decode of a few fields, without any write.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from bot.errors import BadSignature, Malformed, StoreUnavailable
from bot.events import Jobs, NotForUs, Watched, decide
from bot.model import DeliveryId, Job
from bot.web.body import Bodies, TooLarge, TooMany, TooSlow
from bot.web.delivery import Delivery, Secrets, signature_of, verify
from bot.web.guard import failed
from bot.web.metrics import OTHER, Metrics, Outcome

log = logging.getLogger(__name__)

UNAVAILABLE = 503
RETRY_AFTER = {"Retry-After": "10"}
REFUSALS: Mapping[type[Exception], tuple[Outcome, int, str]] = {
    BadSignature: (Outcome.BAD_SIGNATURE, 401, ""),
    Malformed: (Outcome.MALFORMED, 400, ""),
    TooLarge: (Outcome.TOO_LARGE, 413, "larger than GitHub's largest payload"),
    TooSlow: (Outcome.TOO_SLOW, 408, "the body did not come in time"),
    TooMany: (Outcome.BUSY, UNAVAILABLE, "too many large deliveries at once"),
    StoreUnavailable: (Outcome.NOT_STORED, UNAVAILABLE, "nothing could be stored"),
}
"""What is counted, answered and said; without words of its own an error says what it has to say itself."""
EXPECTED = tuple(REFUSALS)


class Inbox(Protocol):
    """Where deliveries are kept until they are worked."""

    async def accept(self, delivery_id: DeliveryId, event: str, action: str | None, jobs: Sequence[Job]) -> bool:
        """Stores the jobs durably; False when this delivery was stored before. Raises `StoreUnavailable`."""
        ...


class Webhook:
    """The handler of `POST /webhook` and what it needs."""

    def __init__(self, inbox: Inbox, secrets: Secrets, watched: Watched, metrics: Metrics, bodies: Bodies) -> None:
        self._inbox = inbox
        self._secrets = secrets
        self._watched = watched
        self._count = metrics.count
        self._bodies = bodies

    async def receive(self, request: web.Request) -> web.Response:
        """202 stored, 204 not for us, 400 malformed, 401 bad signature, 408 slow, 413 large, 503 send it again."""
        event = OTHER
        try:
            headers = request.headers
            signature = signature_of(headers)
            delivery = verify(signature, headers, await self._bodies.read(request), self._secrets)
            event = delivery.event
            decision = decide(event, delivery.body, self._watched)
            if isinstance(decision, NotForUs):
                outcome, response = Outcome.NOT_FOR_US, web.Response(status=204)
            else:
                outcome, response = await self._store(delivery, decision)
        except EXPECTED as error:
            outcome, response = _refused(error)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - `guarded` would do the same, at the price of one more call
            outcome, response = Outcome.FAILED, failed(request, error)
        self._count(event, outcome)
        return response

    async def _store(self, delivery: Delivery, decision: Jobs) -> tuple[Outcome, web.Response]:
        if await self._inbox.accept(delivery.id, delivery.event, decision.action, decision.jobs):
            if log.isEnabledFor(logging.INFO):
                jobs = [f"{job.kind}:{job.key}" for job in decision.jobs]
                log.info("delivery stored", extra={"delivery": delivery.id, "event_name": delivery.event, "jobs": jobs})
            return Outcome.QUEUED, web.Response(status=202, text="queued\n")
        return Outcome.DUPLICATE, web.Response(status=202, text="queued before\n")


def _refused(error: Exception) -> tuple[Outcome, web.Response]:
    outcome, status, why = next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    if status == UNAVAILABLE:
        log.warning("a delivery was turned away: %s", error if str(error) else why)
        return outcome, web.Response(status=status, text=f"{why}\n", headers=RETRY_AFTER)
    if outcome is Outcome.MALFORMED:
        log.info("a signed request was refused: %s", error)
    return outcome, web.Response(status=status, text=f"{why or error}\n")
