"""The tools that upload from a command line, one reader each, and the table that names them.

Each obeys its tool's own order of precedence (twine 7.0, uv 0.13, poetry 2.5, flit 4.2, hatch 1.18, pdm 2.29, maturin
1.11, python-semantic-release 7): options beat variables, variables beat what was configured.
"""

from __future__ import annotations

import re

from bot.model import Credential, Index, Method
from bot.project.pyproject import table
from bot.publishing import index
from bot.publishing.credentials import Answer, is_token_user, of_login, or_oidc
from bot.publishing.elsewhere import ELSEWHERE
from bot.publishing.upload import Call, Reader, Scene, Upload

_VERSION = re.compile(r"\W+")


def _either(*values: str | None) -> str | None:
    """The first that is set; an empty one is set too."""
    return next((value for value in values if value is not None), None)


def _pypirc_urls(scene: Scene) -> dict[str, str]:
    return {name: keys["repository"] for name, keys in scene.pypirc.items() if keys.get("repository")}


def _login(scene: Scene, repository: str, user: str | None, password: str | None) -> Answer:
    """The credential of a tool that falls back to .pypirc: twine, flit, setup.py."""
    section = scene.pypirc.get(repository) or scene.pypirc.get("") or {}
    user = _either(user, section.get("username"))
    return of_login(user, _either(password, section.get("password")), scene)


def twine(call: Call, scene: Scene) -> Upload | None:
    """`twine upload`: an address beats a name; without a password twine 6.1 and newer ask for an identity token."""
    if call.command() != "upload":
        return None
    name = _either(call.value("-r", "--repository"), scene.variable("TWINE_REPOSITORY", call), "pypi") or "pypi"
    url = _either(call.value("--repository-url"), scene.variable("TWINE_REPOSITORY_URL", call))
    target = index.of_url(url, scene) if url else index.of_name(name, scene, _pypirc_urls(scene))
    user = _either(call.value("-u", "--username"), scene.variable("TWINE_USERNAME", call))
    password = _either(call.value("-p", "--password"), scene.variable("TWINE_PASSWORD", call))
    able = target is not Index.OTHER and is_token_user(user, scene)
    credential, secrets = or_oidc(_login(scene, name, user, password), scene, able=able)
    return Upload(method=Method.TWINE, via="twine upload", index=target, credential=credential, secrets=secrets)


_UV_OPTIONS = frozenset({"--directory", "--project", "--config-file", "--cache-dir", "--color", "--python", "-p"})


def uv(call: Call, scene: Scene) -> Upload | None:
    """`uv publish`; `--index NAME` is looked up in [[tool.uv.index]]."""
    if call.command(_UV_OPTIONS) != "publish" or call.has("--dry-run"):
        return None
    url = _either(call.value("--publish-url"), scene.variable("UV_PUBLISH_URL", call))
    name = _either(call.value("--index"), scene.variable("UV_PUBLISH_INDEX", call))
    own = table(scene.tools, "uv").get("publish-url")
    url = url if url is not None or name or not isinstance(own, str) else own
    target = index.of_url(url, scene) if url or not name else index.of_name(name, scene, _uv_indexes(scene))
    user = _either(call.value("-u", "--username"), scene.variable("UV_PUBLISH_USERNAME", call))
    token = _either(call.value("-t", "--token"), scene.variable("UV_PUBLISH_TOKEN", call))
    password = _either(call.value("-p", "--password"), scene.variable("UV_PUBLISH_PASSWORD", call))
    mode = _either(call.value("--trusted-publishing"), scene.variable("UV_TRUSTED_PUBLISHING", call)) or ""
    answer = of_login("__token__", token, scene) if token else of_login(user, password, scene)
    credential, secrets = or_oidc(answer, scene, able=mode != "never")
    if mode == "always" and not token and not password:
        credential = Credential.OIDC
    return Upload(method=Method.UV, via="uv publish", index=target, credential=credential, secrets=secrets)


def _uv_indexes(scene: Scene) -> dict[str, str]:
    entries = table(scene.tools, "uv").get("index")
    found: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            found[entry["name"]] = str(entry.get("publish-url", entry.get("url", "")))
    return found


_POETRY_OPTIONS = frozenset({"-C", "--directory", "-P", "--project"})


def poetry(call: Call, scene: Scene) -> Upload | None:
    """`poetry publish`; a repository's short name is known from `poetry config repositories.NAME URL`."""
    if call.command(_POETRY_OPTIONS) != "publish" or call.has("--dry-run"):
        return None
    name = call.value("-r", "--repository") or "pypi"
    upper = _VERSION.sub("_", name).upper()
    urls = {
        key.removeprefix("poetry repositories.").removesuffix(".url"): value
        for key, value in scene.settings.items()
        if key.startswith("poetry repositories.")
    }
    if (url := scene.variable(f"POETRY_REPOSITORIES_{upper}_URL", call)) is not None:
        urls[name] = url
    user = _either(call.value("-u", "--username"), scene.variable(f"POETRY_HTTP_BASIC_{upper}_USERNAME", call))
    password = _either(call.value("-p", "--password"), scene.variable(f"POETRY_HTTP_BASIC_{upper}_PASSWORD", call))
    token = _either(scene.variable(f"POETRY_PYPI_TOKEN_{upper}", call), scene.settings.get(f"poetry pypi-token.{name}"))
    basic = scene.settings.get(f"poetry http-basic.{name}")
    if password is None and token is None and basic is not None:
        user, _, password = basic.partition(" ")
    answer = of_login(user, password, scene) if password is not None else of_login("__token__", token, scene)
    return Upload(
        method=Method.POETRY,
        via="poetry publish",
        index=index.of_name(name, scene, urls),
        credential=answer[0],
        secrets=answer[1],
    )


def flit(call: Call, scene: Scene) -> Upload | None:
    """`flit publish`: FLIT_INDEX_URL beats the repository's name."""
    if call.command(frozenset({"-f", "--ini-file"})) != "publish":
        return None
    name = call.value("--repository") or "pypi"
    url = scene.variable("FLIT_INDEX_URL", call)
    target = index.of_url(url, scene) if url else index.of_name(name, scene, _pypirc_urls(scene))
    answer = _login(scene, name, scene.variable("FLIT_USERNAME", call), scene.variable("FLIT_PASSWORD", call))
    return Upload(method=Method.FLIT, via="flit publish", index=target, credential=answer[0], secrets=answer[1])


_HATCH_OPTIONS = frozenset({"-e", "--env", "-p", "--project", "--data-dir", "--cache-dir", "--config"})


def hatch(call: Call, scene: Scene) -> Upload | None:
    """`hatch publish`: `main` and `test` are the names of PyPI and TestPyPI."""
    if call.command(_HATCH_OPTIONS) != "publish" or call.has("--dry-run"):
        return None
    if (plugin := call.value("-p", "--publisher") or scene.variable("HATCH_PUBLISHER", call)) and plugin != "index":
        return None
    name = _either(call.value("-r", "--repo"), scene.variable("HATCH_INDEX_REPO", call)) or "main"
    names = {"main": "", "test": "https://test.pypi.org/legacy/"}
    user = _either(call.value("-u", "--user"), scene.variable("HATCH_INDEX_USER", call))
    password = _either(call.value("-a", "--auth"), scene.variable("HATCH_INDEX_AUTH", call))
    credential, secrets = _login(scene, "pypi" if name == "main" else name, user, password)
    target = index.of_name(name, scene, names)
    return Upload(method=Method.HATCH, via="hatch publish", index=target, credential=credential, secrets=secrets)


def pdm(call: Call, scene: Scene) -> Upload | None:
    """`pdm publish`; without a credential it asks for an identity token."""
    if call.command(frozenset({"-p", "--project", "-c", "--config"})) != "publish":
        return None
    name = _either(call.value("-r", "--repository"), scene.variable("PDM_PUBLISH_REPO", call)) or "pypi"
    urls = {
        key.removeprefix("pdm repository.").removesuffix(".url"): value
        for key, value in scene.settings.items()
        if key.startswith("pdm repository.") and key.endswith(".url")
    }
    user = _either(
        call.value("-u", "--username"),
        scene.variable("PDM_PUBLISH_USERNAME", call),
        scene.settings.get(f"pdm repository.{name}.username"),
    )
    password = _either(
        call.value("-P", "--password"),
        scene.variable("PDM_PUBLISH_PASSWORD", call),
        scene.settings.get(f"pdm repository.{name}.password"),
    )
    credential, secrets = or_oidc(of_login(user, password, scene), scene)
    target = index.of_name(name, scene, urls)
    return Upload(method=Method.PDM, via="pdm publish", index=target, credential=credential, secrets=secrets)


def maturin(call: Call, scene: Scene) -> Upload | None:
    """`maturin publish` and `maturin upload`; MATURIN_PYPI_TOKEN beats an identity token even when it is empty."""
    command = call.command()
    if command not in ("publish", "upload"):
        return None
    url = _either(call.value("--repository-url"), scene.variable("MATURIN_REPOSITORY_URL", call))
    name = _either(call.value("-r", "--repository"), scene.variable("MATURIN_REPOSITORY", call))
    target = index.of_url(url, scene) if url else index.of_name(name, scene, _pypirc_urls(scene))
    token = scene.variable("MATURIN_PYPI_TOKEN", call)
    user = _either(call.value("-u", "--username"), scene.variable("MATURIN_USERNAME", call))
    password = _either(call.value("-p", "--password"), scene.variable("MATURIN_PASSWORD", call))
    answer = of_login("__token__", token, scene) if token else _login(scene, name or "pypi", user, password)
    credential, secrets = or_oidc(answer, scene, able=token is None)
    return Upload(method=Method.MATURIN, via=f"maturin {command}", index=target, credential=credential, secrets=secrets)


def semantic_release(call: Call, scene: Scene) -> Upload | None:
    """`semantic-release publish` uploads up to version 7 only, and only then are these variables given."""
    if call.tool == "semantic-release" and call.command() not in ("publish", ""):
        return None
    token = _either(scene.variable("PYPI_TOKEN", call), scene.variable("PYPI_PASSWORD", call))
    password = scene.variable("REPOSITORY_PASSWORD", call)
    user = _either(scene.variable("REPOSITORY_USERNAME", call), scene.variable("PYPI_USERNAME", call))
    if not token and not password:
        return None
    answer = of_login(user, password, scene) if password else of_login("__token__", token, scene)
    url = scene.variable("REPOSITORY_URL", call)
    return Upload(
        method=Method.SEMANTIC_RELEASE,
        via="semantic-release publish",
        index=index.of_url(url, scene),
        credential=answer[0],
        secrets=answer[1],
        # Without a command it is npm's program of the same name: what that does stands in its own configuration.
        indirect=call.command() == "",
    )


def setup_py(call: Call, scene: Scene) -> Upload | None:
    """`setup.py ... upload`: PyPI refuses what it sends, but it is still the place that publishes."""
    if "upload" not in call.arguments or call.has("--dry-run", "-n"):
        return None
    name = call.value("-r", "--repository") or "pypi"
    target = index.of_name(name, scene, _pypirc_urls(scene))
    answer = _login(scene, name, None, None)
    return Upload(method=Method.SETUP_PY, via="setup.py upload", index=target, credential=answer[0], secrets=answer[1])


def rye(call: Call, scene: Scene) -> Upload | None:
    """`rye publish` wraps twine; it takes a token and no identity token."""
    if call.command() != "publish":
        return None
    target = index.of_url(call.value("--repository-url"), scene)
    if (name := call.value("-r", "--repository")) and target is Index.PYPI:
        target = index.of_name(name, scene, {})
    answer = of_login(call.value("-u", "--username"), call.value("--token"), scene)
    return Upload(method=Method.THIRD_PARTY, via="rye publish", index=target, credential=answer[0], secrets=answer[1])


TOOLS: dict[str, Reader] = {
    "twine": twine,
    "uv": uv,
    "poetry": poetry,
    "flit": flit,
    "hatch": hatch,
    "pdm": pdm,
    "maturin": maturin,
    "semantic-release": semantic_release,
    "semantic_release": semantic_release,
    "setup.py": setup_py,
    "rye": rye,
    **ELSEWHERE,
}
"""What a program is called -> who reads its calls."""
