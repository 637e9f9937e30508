"""What a walk through one job may ask of the whole repository: other files, local actions, callers, [tool] tables."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from bot.errors import Unparsable
from bot.model import Project, TreeEntry
from bot.project.pyproject import Table, load, table
from bot.publishing.names import has_upload_words, is_suspicious
from bot.workflow import Action, Job, UsesKind, Workflow, read_action
from bot.yaml import parse


class Repository(Struct, kw_only=True):
    """The texts of one snapshot; what is parsed once is kept. `looked_at`: paths that an answer rests on."""

    workflows: Mapping[str, Workflow]
    files: Mapping[str, str]
    tree: Mapping[str, TreeEntry]
    projects: tuple[Project, ...]
    looked_at: set[str] = field(default_factory=set)
    _actions: dict[str, Action | None] = field(default_factory=dict)
    _tools: dict[str, Table] = field(default_factory=dict)
    _hides: bool | None = None
    _callers: dict[str, list[tuple[Workflow, Job]]] | None = None

    def with_workflows(
        self, workflows: Mapping[str, Workflow], files: Mapping[str, str], tree: Mapping[str, TreeEntry]
    ) -> Repository:
        """The same with other workflows; what was parsed of other files is kept, but for actions: one may lie there."""
        looked_at = set(self.looked_at)
        return replace(
            self, workflows=workflows, files=files, tree=tree, looked_at=looked_at, _actions={}, _callers=None
        )

    def action(self, folder: str) -> Action | None:
        """The local action in a folder, None when it is absent, unread or broken."""
        if folder not in self._actions:
            self._actions[folder] = self._read_action(folder)
        return self._actions[folder]

    def _read_action(self, folder: str) -> Action | None:
        for name in ("action.yml", "action.yaml"):
            path = f"{folder}/{name}" if folder else name
            if path in self.files:
                self.looked_at.add(path)
                try:
                    return read_action(path, parse(self.files[path]))
                except Unparsable:
                    return None
        return None

    def tools(self, folder: str) -> Table:
        """[tool] of the pyproject.toml in a folder, else of the root's."""
        path = f"{folder}/pyproject.toml" if folder and f"{folder}/pyproject.toml" in self.files else "pyproject.toml"
        if path not in self._tools:
            data = load(self.files.get(path, ""))
            self._tools[path] = {} if isinstance(data, str) else table(data, "tool")
        return self._tools[path]

    def hides_uploads(self) -> bool:
        """Claims that a file outside the workflows speaks of uploads, so that any target might make one."""
        if self._hides is None:
            others = {path: text for path, text in self.files.items() if not path.startswith(".github/workflows/")}
            metadata = [others.pop(path) for path in list(others) if path.endswith("pyproject.toml")]
            self._hides = any(map(has_upload_words, others.values())) or any(map(is_suspicious, metadata))
        return self._hides

    def connected(self) -> bool:
        """Claims that a workflow calls another one of this repository."""
        self.callers("")
        return bool(self._callers)

    def callers(self, path: str) -> list[tuple[Workflow, Job]]:
        """The jobs of this repository that call the workflow at `path`."""
        if self._callers is None:
            self._callers = {}
            for workflow in self.workflows.values():
                for job in workflow.jobs.values():
                    if job.uses is not None and job.uses.kind is UsesKind.LOCAL:
                        self._callers.setdefault(job.uses.path, []).append((workflow, job))
        return self._callers.get(path, [])

    def mints(self, workflow: Workflow, job: Job) -> bool:
        """Claims that a job gets identity tokens, its own callers asked where it leaves that to them."""
        own = workflow.may_mint(job)
        if own is not None:
            return own
        return any(caller.may_mint(calling) is not False for caller, calling in self.callers(workflow.path))
