"""Whatever a server answers, gidgethub deciphers it and the refusal is one of ours."""

from __future__ import annotations

import json

import gidgethub
import pytest
from gidgethub import sansio
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import GitHubError
from bot.github.answers import tidied
from bot.github.faults import is_limit, translated
from bot.github.wire import Request
from tests.github.scripted import START

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
FAULTS = st.fixed_dictionaries({}, optional={"message": VALUES, "errors": VALUES, "data": VALUES})
BODIES = (
    st.binary(max_size=60)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | FAULTS.map(lambda value: json.dumps(value).encode())
)
NAMES = st.sampled_from(
    ["Content-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Date", "Link"]
)
HEADERS = st.dictionaries(NAMES, st.sampled_from(["0", "7", "-1", "soon", "", "text/html; charset=none", "9" * 30]))
LIMITS = st.fixed_dictionaries(
    {
        f"X-RateLimit-{name}": st.sampled_from(["0", "7", "-1", "9" * 11, "9" * 30])
        for name in ("Limit", "Remaining", "Reset")
    }
)


@given(status=st.integers(200, 999), headers=HEADERS | LIMITS, body=BODIES, graphql=st.booleans())
def test_any_answer_is_data_or_a_refusal_of_ours(
    status: int, headers: dict[str, str], body: bytes, graphql: bool
) -> None:
    tidy = tidied(status, headers, body, graphql=graphql)
    try:
        sansio.decipher_response(*tidy)
    except gidgethub.HTTPException as error:
        is_limit(error)
        ours = translated(error, Request(method="GET", path="/x"), START)
        assert isinstance(ours, GitHubError)
        assert str(ours).isprintable()
        assert len(str(ours)) < 300
    except (ValueError, RecursionError):
        assert tidy[0] < 300, "only an answer that claims to be good is left to be found no JSON"


@pytest.mark.parametrize(
    ("status", "kept"), [(200, {"etag", "link"}), (302, {"etag", "location"}), (404, {"etag"}), (201, {"etag"})]
)
def test_only_what_is_looked_at_is_kept(status: int, kept: set[str]) -> None:
    headers = {"Link": "<x>", "Location": "/y", "Set-Cookie": "secret", "X-Request-Id": "1", "ETag": "2"}
    assert set(tidied(status, headers, b"{}", graphql=False)[1]) == {"content-type", *kept}
