"""What owners do: make accounts, register Apps, install, suspend and remove them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bot.demo.github import payloads, registration
from bot.demo.github.delivery import Delivery
from bot.demo.github.reviewers import Reviewers
from bot.demo.github.state import Account, AccountKind, App, Installation, Json, Permissions, Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the owner of an App keeps in a safe place."""

    app: App
    private_key: str = field(repr=False)
    """PEM."""

    @property
    def webhook_secret(self) -> str:
        return self.app.hook.secret


@cache
def _usual_key() -> RSAPrivateKey:
    """One for all Apps of a process that ask for none of their own: making a key takes a tenth of a second."""
    return registration.new_key()


class Owners(Reviewers):
    """A mixin: acts on accounts, Apps and installations."""

    def create_user(self, login: str) -> Account:
        return registration.new_account(self.site.world, login, AccountKind.USER)

    def create_organization(self, login: str, *, free_plan: bool = False) -> Account:
        return registration.new_account(self.site.world, login, AccountKind.ORGANIZATION, free_plan=free_plan)

    def personal_token(self, login: str) -> str:
        """A classic token of a person, for use without an App."""
        return self.site.tokens.personal(self.account(login))

    def create_app(  # noqa: PLR0913 - all named, most may be left out
        self,
        *,
        owner: str,
        name: str,
        permissions: Mapping[str, str],
        events: Sequence[str],
        hook_url: str | None = None,
        webhook_secret: str | None = None,
        callback_urls: Sequence[str] = (),
        key: RSAPrivateKey | None = None,
    ) -> Credentials:
        """`hook_url` may be set later by `set_hook`; until then nothing is delivered."""
        key = key or _usual_key()
        wanted = registration.Registration(
            owner=self.account(owner),
            name=name,
            key=key,
            permissions=permissions,
            events=events,
            hook_url=hook_url,
            webhook_secret=webhook_secret,
            callback_urls=callback_urls,
        )
        app = registration.register(self.site.world, wanted)
        if hook_url is not None:
            self.site.events.ping(app)
        return Credentials(app=app, private_key=registration.pem(key))

    def set_hook(self, app: App, url: str | None, *, form: bool = False) -> None:
        """A new address is greeted with a `ping`."""
        app.hook.url, app.hook.form = url, form
        if url is not None:
            self.site.events.ping(app)

    def confirm_manifest(self, owner: str, manifest: Json) -> str:
        """What a person does on the page that a manifest leads to; the code to convert it with comes back."""
        code = secrets.token_hex(20)
        self.site.manifests[code] = {**manifest, "owner": owner}
        return code

    # ------------------------------------------------------------ installations

    def install(
        self,
        app: App,
        account: str,
        *,
        repositories: Collection[str] | None = None,
        permissions: Mapping[str, str] | None = None,
        by: str | None = None,
    ) -> Installation:
        """On some repositories (names without owner) or on all, with all permissions that the App asks for or less."""
        world, owner = self.site.world, self.account(account)
        if world.installation_of(app, owner) is not None:
            raise ValueError("installed already")
        fresh, now = world.take_id(), world.clock()
        chosen = None if repositories is None else self._ids(owner, repositories)
        made = Installation(
            id=fresh,
            node_id=world.node_id("MDE", fresh),
            app=app,
            account=owner,
            permissions=dict(app.permissions if permissions is None else permissions),
            events=list(app.events),
            created_at=now,
            updated_at=now,
            selected=chosen,
        )
        world.installations[fresh] = made
        self._tell(made, "created", by, world.repositories_in(made))
        return made

    def uninstall(self, installation: Installation, *, by: str | None = None) -> None:
        """Its tokens are dead at once."""
        self._tell(installation, "deleted", by, self.site.world.repositories_in(installation))
        del self.site.world.installations[installation.id]

    def suspend(self, installation: Installation, *, by: str | None = None) -> None:
        installation.suspended_at = self.site.world.clock()
        installation.suspended_by = self.person(by)
        self._tell(installation, "suspend", by)

    def unsuspend(self, installation: Installation, *, by: str | None = None) -> None:
        installation.suspended_at = installation.suspended_by = None
        self._tell(installation, "unsuspend", by)

    def accept_permissions(
        self, installation: Installation, permissions: Permissions, *, by: str | None = None
    ) -> None:
        """What follows when an App asks for more and an owner agrees; may also take away, for tests."""
        installation.permissions = dict(permissions)
        self._tell(installation, "new_permissions_accepted", by)

    def add_repositories(self, installation: Installation, names: Iterable[str], *, by: str | None = None) -> None:
        ids = self._ids(installation.account, names)
        installation.selected = (installation.selected or set()) | ids
        self._selection(installation, "added", ids, by)

    def remove_repositories(self, installation: Installation, names: Iterable[str], *, by: str | None = None) -> None:
        ids = self._ids(installation.account, names)
        world = self.site.world
        before = {one.id for one in world.repositories_in(installation)}
        installation.selected = before - ids
        self._selection(installation, "removed", ids, by)

    def _ids(self, owner: Account, names: Iterable[str]) -> set[int]:
        return {self.repository(f"{owner.login}/{name}").id for name in names}

    def _selection(self, installation: Installation, action: str, ids: set[int], by: str | None) -> None:
        installation.updated_at = self.site.world.clock()
        changed = [self.site.world.repositories[one] for one in sorted(ids)]
        event = payloads.installation_repositories(self.site.world, action, installation, changed)
        self.site.events.to(installation, self.person(by), "installation_repositories", event)

    def _tell(
        self, installation: Installation, action: str, by: str | None, repositories: list[Repository] | None = None
    ) -> None:
        installation.updated_at = self.site.world.clock()
        event = payloads.installation(self.site.world, action, installation, repositories)
        self.site.events.to(installation, self.person(by), "installation", event)

    # ------------------------------------------------------------ deliveries

    def deliveries(self, event: str | None = None) -> list[Delivery]:
        """Attempts, oldest first."""
        return [one for one in self.site.world.deliveries.values() if event in {None, one.event}]

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Another attempt of the same delivery, with the same GUID."""
        return self.site.events.again(delivery)
