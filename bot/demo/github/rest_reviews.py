"""Requests for reviews: https://docs.github.com/en/rest/pulls/review-requests

Nobody reviews on this GitHub, and there are no teams.
"""

from __future__ import annotations

from bot.demo.github import body, shapes_pulls
from bot.demo.github.answers import Answer, Refusal, not_found
from bot.demo.github.rest_repositories import role
from bot.demo.github.shapes_accounts import user
from bot.demo.github.site import Call
from bot.demo.github.state import Pull

NO_COLLABORATOR = (
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a "
    "collaborator of the {name} repository."
)


def _pull(call: Call) -> Pull:
    found = call.repository.pulls.get(call.number("pull_number"))
    if found is None:
        raise not_found()
    return found


def get_asked(call: Call) -> Answer:
    asked = [user(call.world, one) for one in _pull(call).reviewers]
    return Answer(body={"users": asked, "teams": []})


def list_reviews(call: Call) -> Answer:
    _pull(call)
    return Answer(body=[])


def ask(call: Call) -> Answer:
    pull, names = _pull(call), body.texts(call.body, "reviewers")
    wanted = [call.world.accounts.get(name.lower()) for name in names]
    if body.texts(call.body, "team_reviewers") or any(one is None or not role(one, call.repository) for one in wanted):
        raise Refusal(422, NO_COLLABORATOR.format(name=call.repository.full_name))
    pull.reviewers += [one for one in wanted if one is not None and one not in pull.reviewers]
    shape = shapes_pulls.pull_simple(call.world, call.repository, pull)
    # Here alone GitHub's description knows no label without a description.
    labels = [label | {"description": label["description"] or ""} for label in body.objects(shape, "labels")]
    return Answer(status=201, body=shape | {"labels": labels})
