"""Words that tell of an upload, however they stand, and long texts that are made of nearly such words."""

from __future__ import annotations

from time import process_time

import pytest

from bot.publishing.names import Vocabulary, has_telling_name, has_upload_words, is_suspicious, vocabulary

SAY_NOTHING = (
    "pytest -q",
    "republishing",
    "flitting",
    "upload.sh",
    "jfk",
    "semantic versioning",
    "unpublished furyless",
)
SPEAK = ("Twine check", "publish", "TWINE_PASSWORD=x", "re-publish", "setup.py sdist upload", "flit build", "jf rt u")
PLAIN = (
    *("twine\n upload", "poetry publish", "~/.pypirc", "PYPI_TOKEN", "deploy-to-testpypi"),
    *("['twine', 'upload']", "aws codeartifact login --tool twine", "provider: pypi", "jfrog rt upload"),
)
NO_UPLOAD = (
    "https://pypi.org/project/x",
    "pip install twine",
    "npm publish",
    "# twine upload dist/*",
    "release to PyP",
)
HOSTILE = ("codeartifact login x ", "provider: \n", "publish-to-test")


@pytest.mark.parametrize("text", SPEAK)
def test_words_of_an_upload(text: str) -> None:
    assert has_upload_words(text)


@pytest.mark.parametrize("text", SAY_NOTHING)
def test_words_that_only_look_so(text: str) -> None:
    assert not has_upload_words(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_speech_of_an_upload(text: str) -> None:
    assert is_suspicious(text)


@pytest.mark.parametrize("text", [*NO_UPLOAD, *SAY_NOTHING])
def test_a_tool_or_an_index_alone_is_no_suspicion(text: str) -> None:
    assert not is_suspicious(text)


@pytest.mark.parametrize("unit", HOSTILE)
def test_many_words_that_are_nearly_such_take_no_time(unit: str) -> None:
    text = f"{unit * (200_000 // len(unit))}\ntwine pypi upload publish"
    start = process_time()
    is_suspicious(text)
    has_upload_words(text)
    assert process_time() - start < 2


@pytest.mark.parametrize("part", [*SPEAK, *SAY_NOTHING, *PLAIN, *NO_UPLOAD])
def test_what_a_whole_text_speaks_of_hides_nothing_of_a_part(part: str) -> None:
    """Also where the part stands between others."""
    within = vocabulary(f"pytest\n{part}\nruff")
    assert has_upload_words(part, within) is has_upload_words(part)
    assert has_telling_name(part, within) is has_telling_name(part)


def test_a_text_that_speaks_of_no_upload_has_no_vocabulary() -> None:
    assert vocabulary("pytest\nruff check") == Vocabulary(uploads={}, targets=False, secrets=False)
