"""What happened, as deliveries to the Apps that want to know; sending them is another file's work."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from bot.demo.github.delivery import Delivery
from bot.demo.github.shapes_accounts import organization, user
from bot.demo.github.shapes_repositories import repository
from bot.demo.github.state import Account, AccountKind, App, Installation, Json, Repository
from bot.demo.github.world import World

ALWAYS = frozenset({"ping", "installation", "installation_repositories", "github_app_authorization"})
"""Delivered to every App, subscribed or not."""


class Events:
    """Makes deliveries and keeps them in line."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.line: asyncio.Queue[Delivery] = asyncio.Queue()
        self.listeners: list[Callable[[Delivery], None]] = []
        """Called with every delivery when it is queued."""
        self.muted = False
        """Nothing is delivered; what happens then is lost, as a webhook that GitHub never sent."""

    def about(self, found: Repository, sender: Account, event: str, body: Json) -> None:
        """To every App that is installed on the repository, active and subscribed."""
        for installation in list(self._world.installations.values()):
            if installation.covers(found):
                self.to(installation, sender, event, body, found)

    def to(
        self,
        installation: Installation,
        sender: Account,
        event: str,
        body: Json,
        about: Repository | None = None,
    ) -> None:
        """To one installation; `body` is what the event adds to what all of them carry."""
        if event not in ALWAYS and (event not in installation.events or installation.suspended_at is not None):
            return
        payload: Json = dict(body)
        if about is not None:
            payload.setdefault("repository", repository(self._world, about))
        if installation.account.kind is AccountKind.ORGANIZATION and event not in ALWAYS:
            payload["organization"] = organization(self._world, installation.account)
        payload.setdefault("installation", {"id": installation.id, "node_id": installation.node_id})
        payload["sender"] = user(self._world, sender)
        self.queue(installation.app, event, payload, installation.id, None if about is None else about.id)

    def ping(self, app: App) -> None:
        """What GitHub sends when a hook is set up."""
        content = "form" if app.hook.form else "json"
        hook: Json = {
            "type": "App",
            "id": app.hook.id,
            "name": "web",
            "active": True,
            "events": list(app.events),
            "config": {"content_type": content, "insecure_ssl": "0", "secret": "********", "url": app.hook.url or ""},
            "updated_at": "2026-01-01T00:00:00Z",
            "created_at": "2026-01-01T00:00:00Z",
            "app_id": app.id,
            "deliveries_url": f"{self._world.addresses.api}/app/hook/deliveries",
        }
        self.queue(app, "ping", {"zen": "Speak like a human.", "hook_id": app.hook.id, "hook": hook}, None, None)

    def queue(
        self, app: App, event: str, payload: Json, installation_id: int | None, repository_id: int | None
    ) -> Delivery | None:
        if self.muted:
            return None
        action = payload.get("action")
        return self._stand(
            Delivery(
                id=self._world.take_id(),
                guid=str(uuid.uuid4()),
                app=app,
                event=event,
                action=action if isinstance(action, str) else None,
                payload=payload,
                installation_id=installation_id,
                repository_id=repository_id,
                delivered_at=self._world.clock(),
            )
        )

    def again(self, delivery: Delivery) -> Delivery:
        """Another attempt with the same GUID and payload."""
        return self._stand(
            Delivery(
                id=self._world.take_id(),
                guid=delivery.guid,
                app=delivery.app,
                event=delivery.event,
                action=delivery.action,
                payload=delivery.payload,
                installation_id=delivery.installation_id,
                repository_id=delivery.repository_id,
                delivered_at=self._world.clock(),
                redelivery=True,
            )
        )

    def _stand(self, delivery: Delivery) -> Delivery:
        for listener in self.listeners:
            listener(delivery)
        if delivery.app.hook.url is not None:
            self._world.deliveries[delivery.id] = delivery
            self.line.put_nowait(delivery)
        return delivery
