"""Registering Apps and accounts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.demo.github.site import Site
from bot.demo.github.state import Account, AccountKind, App, Hook, Json
from bot.demo.github.world import RESERVED, World

_PREFIX = {AccountKind.USER: "U", AccountKind.ORGANIZATION: "O", AccountKind.BOT: "BOT"}


def new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey) -> str:
    """In the form in which GitHub hands it out."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def new_account(world: World, login: str, kind: AccountKind, *, free_plan: bool = False) -> Account:
    """Raises ValueError for a name that is taken or reserved."""
    if login.lower() in world.accounts or login.lower() in RESERVED:
        raise ValueError(f"the name {login!r} is taken")
    fresh = world.take_id()
    account = Account(
        id=fresh,
        node_id=world.node_id(_PREFIX[kind], fresh),
        login=login,
        kind=kind,
        created_at=world.clock(),
        free_plan=free_plan,
    )
    world.accounts[login.lower()] = account
    world.nodes[account.node_id] = account
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What an owner says of a new App."""

    owner: Account
    name: str
    key: RSAPrivateKey = field(repr=False)
    permissions: Mapping[str, str]
    events: Sequence[str]
    url: str = ""
    description: str = ""
    hook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    callback_urls: Sequence[str] = ()

    @property
    def slug(self) -> str:
        return "-".join(self.name.lower().split())


def register(world: World, wanted: Registration) -> App:
    """Raises ValueError when there is an App of that name."""
    fresh = world.take_id()
    app = App(
        id=fresh,
        node_id=world.node_id("A", fresh),
        client_id=f"Iv23li{secrets.token_hex(7)}",
        client_secret=secrets.token_hex(20),
        slug=wanted.slug,
        name=wanted.name,
        description=wanted.description,
        url=wanted.url or f"{world.addresses.web}/apps/{wanted.slug}",
        owner=wanted.owner,
        bot=new_account(world, f"{wanted.slug}[bot]", AccountKind.BOT),
        public_key=wanted.key.public_key(),
        hook=Hook(id=world.take_id(), url=wanted.hook_url, secret=wanted.webhook_secret or secrets.token_hex(20)),
        permissions={"metadata": "read", **wanted.permissions},
        events=list(wanted.events),
        created_at=world.clock(),
        callback_urls=list(wanted.callback_urls),
    )
    world.apps[app.id] = app
    return app


def convert(site: Site, manifest: Json) -> tuple[App, str]:
    """A confirmed manifest becomes an App; the key is handed out this once."""
    key, hook = new_key(), manifest.get("hook_attributes")
    permissions, events = manifest.get("default_permissions"), manifest.get("default_events")
    callbacks = manifest.get("callback_urls")
    owner = site.world.accounts[str(manifest["owner"]).lower()]
    wanted = Registration(
        owner=owner,
        name=str(manifest["name"]),
        key=key,
        permissions={str(k): str(v) for k, v in permissions.items()} if isinstance(permissions, dict) else {},
        events=[str(one) for one in events] if isinstance(events, list) else [],
        url=str(manifest.get("url") or ""),
        description=str(manifest.get("description") or ""),
        hook_url=str(hook["url"]) if isinstance(hook, dict) and hook.get("url") else None,
        callback_urls=[str(one) for one in callbacks] if isinstance(callbacks, list) else [],
    )
    app = register(site.world, wanted)
    if app.hook.url is not None:
        site.events.ping(app)
    return app, pem(key)
