"""What the pull request of `missing-workflow` says: one workflow, or one for each package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.messages.frame import Frame, body_of
from bot.messages.markdown import code
from bot.messages.publisher import Places, Publisher
from bot.model import IndexFacts, Step, Who
from bot.recipes import PrivateIndex

RULE = "missing-workflow"


class Package(Struct, frozen=True, kw_only=True):
    """One package that gets a workflow of its own."""

    publisher: Publisher
    """To register; for a private index only its environment counts."""
    file: str
    tags: str
    """The pattern of tags that release it, such as `v*`."""
    example: str
    """One such tag."""
    known: IndexFacts
    """What PyPI says of the project."""
    trial: Publisher | None = None
    """To register on TestPyPI, if that is wished for."""
    trial_known: IndexFacts | None = None
    """What TestPyPI says; None: not asked."""

    @property
    def exists(self) -> bool | None:
        """Whether the project is on PyPI; None when PyPI could not be asked."""
        return self.known.exists


class Registration(Struct, frozen=True, kw_only=True):
    """One line of what must be registered, and where."""

    publisher: Publisher
    index: str
    words: str
    url: str
    owners: tuple[str, ...] = ()
    organization: str | None = None


class Addition(Struct, frozen=True, kw_only=True):
    """What the pull request of `missing-workflow` talks about; it has one package at least."""

    packages: tuple[Package, ...]
    places: Places
    on_release: bool = False
    """A published release starts the workflow, and not a tag."""
    index: PrivateIndex | None = None

    @property
    def environments_url(self) -> str | None:
        """The repository's page of environments; None when the repository is not known."""
        publisher = self.packages[0].publisher
        return self.places.settings(publisher.owner, publisher.repository, "environments")

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments to protect, in the order of the packages."""
        named = (package.publisher.environment for package in self.packages)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def registrations(self) -> Iterator[Registration]:
        """What must be registered: on PyPI for each package, then on TestPyPI where that is wished for."""
        if self.index is not None:
            return
        for package in self.packages:
            yield _registration(package.publisher, package.known, self.places.pypi, "PyPI")
        for package in self.packages:
            if package.trial is not None:
                yield _registration(package.trial, package.trial_known, self.places.testpypi, "TestPyPI")

    def steps(self) -> tuple[Step, ...]:
        """The same steps for machines: who does what, where."""
        register = tuple(
            Step(who=Who.MAINTAINER, what=_in_words(package), url=_where(package, self.places.pypi))
            for package in self.packages
            if self.index is None
        )
        tags = {package.publisher.environment: package.tags for package in self.packages}
        protect = tuple(
            Step(
                who=Who.ADMIN,
                what=f"Create the environment {name}, require a reviewer, and let only tags like {tags[name]} deploy"
                + self._secrets_in_words(),
                url=self.environments_url,
            )
            for name in self.environments
        )
        return register + protect

    def _secrets_in_words(self) -> str:
        if self.index is None:
            return ""
        return f"; put the secrets {self.index.user_secret} and {self.index.password_secret} into it"


def title(addition: Addition) -> str:
    """What stands over the pull request that adds publish workflows."""
    what = "Publish" if len(addition.packages) == 1 else f"Publish {len(addition.packages)} packages"
    return f"{what} to a private index" if addition.index else f"{what} to PyPI with Trusted Publishing"


def body(addition: Addition, frame: Frame) -> str:
    """The body of the pull request that adds publish workflows."""
    registrations = tuple(addition.registrations())
    example = addition.packages[0].example
    return body_of(
        "missing-workflow.md" if addition.index is None else "private-index.md",
        frame,
        RULE,
        packages=addition.packages,
        registrations=registrations,
        register_words=_register_words(addition, registrations),
        owner_words=_owner_words(addition.packages),
        release_words="publish a release" if addition.on_release else f"push a tag such as {code(example)}",
        how_words=_how_words(example, on_release=addition.on_release),
        pending=sum(package.exists is not True for package in addition.packages),
        unsure=[each.publisher.project for each in addition.packages if each.exists is None and len(registrations) > 1],
        pending_url=addition.packages[0].publisher.pending_url(addition.places.pypi),
        environments=addition.environments,
        environments_url=addition.environments_url or addition.places.web,
        testpypi=any(package.trial for package in addition.packages),
        index=addition.index,
    )


def _registration(publisher: Publisher, known: IndexFacts | None, index_url: str, index: str) -> Registration:
    if known is not None and known.exists is False:
        words, url = f"{index}: pending", publisher.pending_url(index_url)
        return Registration(publisher=publisher, index=index, words=words, url=url)
    return Registration(
        publisher=publisher,
        index=index,
        words=f"{index}: form, filled in",
        url=publisher.form_url(index_url),
        owners=known.owners if known is not None else (),
        organization=known.organization if known is not None else None,
    )


def _where(package: Package, pypi_url: str) -> str:
    publisher = package.publisher
    return publisher.pending_url(pypi_url) if package.exists is False else publisher.form_url(pypi_url)


def _in_words(package: Package) -> str:
    publisher = package.publisher
    repository = (
        f"owner {publisher.owner}, repository {publisher.repository}"
        if publisher.owner
        else "owner and repository as GitHub spells them"
    )
    values = f"{repository}, workflow {publisher.workflow}, environment {publisher.environment}"
    if package.exists is False:
        return f"Add a pending publisher on PyPI for {publisher.project}: {values}"
    pending = "" if package.exists else " (a pending one, if the project is not there yet)"
    return f"Register the publisher of {publisher.project} on PyPI{pending}: {values}"


def _register_words(addition: Addition, registrations: Sequence[Registration]) -> str:
    """The sentence above the values; of one publisher it has the link that the table of several has."""
    if len(registrations) != 1:
        return "Each stands in a line of its own: open its page, compare every value, and press *Add*."
    (package,), pypi = addition.packages, addition.places.pypi
    project, publisher = code(package.publisher.project), package.publisher
    page = f"[your account's publishing page]({publisher.pending_url(pypi)})"
    form = publisher.form_url(pypi)
    if package.exists is False:
        return f"{project} is not on PyPI yet, so add a *pending* publisher on {page} with these values:"
    if package.exists is None:
        first = f"If {project} is on PyPI already, [open the form, filled in]({form})."
        return f"{first} If it is not, add a *pending* publisher on {page} with the values below."
    return f"[Open PyPI's form, already filled in]({form}), compare it with the values below, and press *Add*."


def _owner_words(packages: Sequence[Package]) -> str:
    those = "the project" if len(packages) == 1 else "the projects"
    return (
        f"owns {those} on PyPI" if all(package.exists for package in packages) else f"owns or will own {those} on PyPI"
    )


def _how_words(example: str, *, on_release: bool) -> str:
    if on_release:
        return f"publish a release with a tag such as {code(example)}."
    return f"push a tag: {code(f'git tag {example} && git push origin {example}')}."
