"""Secrets never reach a log line: known ones by heart, unknown ones by their shape."""

from __future__ import annotations

import logging

import pytest

from app.services.redaction import MASK, RedactingFilter, Redactor


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer abc.def-123",
        "authorization: Basic OmtleWtleQ==",
        "GET /x?api_key=Sm4rtL3ad&limit=1",
        "GET /x?limit=1&access_token=abcdefgh",
        "posted to https://hooks.zapier.com/hooks/catch/123/abc/",
        "the key pat-eu1-0f0f0f0f-aaaa-bbbb was refused",
        "rk_live_51H8abcdefghij",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ],
)
def test_what_looks_like_a_secret_is_masked(secret: str) -> None:
    cleaned = Redactor().clean(secret)
    hidden = {
        "abc.def-123",
        "OmtleWtleQ",
        "Sm4rtL3ad",
        "abcdefgh",
        "123/abc",
        "0f0f0f0f",
        "51H8",
        "MfKQ9r8",
    }
    assert MASK in cleaned
    assert not any(part in cleaned for part in hidden)


def test_the_words_around_a_secret_stay() -> None:
    assert Redactor().clean("GET /x?api_key=secret&limit=1") == f"GET /x?api_key={MASK}&limit=1"


def test_a_secret_of_no_known_shape_is_masked_once_it_was_used() -> None:
    redactor = Redactor()
    assert redactor.clean("tok3n-of-nobody") == "tok3n-of-nobody"
    redactor.learn("tok3n-of-nobody")
    assert redactor.clean("sent tok3n-of-nobody!") == f"sent {MASK}!"


def test_a_secret_that_contains_another_is_masked_whole() -> None:
    redactor = Redactor()
    redactor.learn("abcdef")
    redactor.learn("abcdefghij")
    assert redactor.clean("abcdefghij") == MASK


def test_very_short_texts_are_not_taken_for_secrets() -> None:
    redactor = Redactor()
    redactor.learn("a")
    assert redactor.clean("a banana") == "a banana"


def test_the_filter_cleans_a_record_with_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    redactor = Redactor()
    redactor.learn("tok3n-of-nobody")
    logger = logging.getLogger("captely.test.redaction")
    logger.addFilter(RedactingFilter(redactor))
    with caplog.at_level(logging.INFO):
        logger.info("sent %s to %s", "tok3n-of-nobody", "vendor")
    assert caplog.messages == [f"sent {MASK} to vendor"]
