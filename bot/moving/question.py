"""The question whether there is a token, which nobody will answer any more: it goes out of the conditions of uploads.

It also kept forks quiet, which have no token. A condition on the repository's name could do that instead, but the name
is not known for certain where a clone is looked at, and a wrong one would end all releases; so that is only told.
"""

from __future__ import annotations

from bot.moving import conditions
from bot.moving.deliveries import Delivery
from bot.moving.nouns import Unmovable
from bot.survey import Survey
from bot.workflow import Job, Workflow


def without_question(workflow: Workflow, job: Job, delivery: Delivery) -> str | None:
    """The condition of an upload without it; raises `Unmovable` where it kept pull requests from uploading."""
    secrets = frozenset(name.upper() for publisher in delivery.publishers for name in publisher.secrets)
    env = {**workflow.env, **job.env}
    variables = frozenset(
        name for name, value in env.items() if any(f"SECRETS.{secret}" in value.upper() for secret in secrets)
    )
    asked = delivery.step.condition
    found = conditions.without_token(asked, variables, secrets)
    if found != asked and "pull_request" in workflow.triggers and not conditions.skips_pulls(job.condition, found):
        what = "whether it uploads is decided by the token, which pull requests of forks do not get"
        how = "say in its condition that pull requests upload nothing, and it can be moved"
        raise Unmovable(f"{what}; {how}", path=delivery.step.path)
    return found


def told(survey: Survey, job_id: str) -> tuple[str, ...]:
    """What is to be said where the question was dropped."""
    repo = survey.snapshot.repo.ref
    condition = f"`github.repository == '{repo.owner}/{repo.name}'`" if repo.owner else "on `github.repository`"
    what = f"the job `{job_id}` asks no more whether there is a token, which also kept forks from uploading"
    return (f"{what}: PyPI refuses them, so that the job fails there; the condition {condition} keeps it quiet",)
