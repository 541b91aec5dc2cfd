"""Web addresses are made whole and never invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.links import domain, linkedin, web_address, whole_address, whole_profile


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme.example", "https://acme.example"),
        ("WWW.Acme.COM/About?x=1", "https://www.acme.com/About?x=1"),
        ("http://acme.com:8080/a", "http://acme.com:8080/a"),
        ("HTTPS://ACME.com", "https://acme.com"),
        ("//acme.com", "https://acme.com"),
        ("münchen.de", "https://münchen.de"),
        ("ftp://acme.com", None),
        ("javascript:alert(1)", None),
        ("acme", None),
        ("not a site", None),
        ("http://user:pw@acme.com", None),
        ("http://acme.com:99999", None),
        ("http://[", None),
        ("a@acme.com", None),
    ],
)
def test_a_web_address_is_whole_or_none(text, found):
    assert web_address(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("linkedin.com/in/ada/", "https://www.linkedin.com/in/ada"),
        ("https://fr.linkedin.com/in/ada?utm=x", "https://fr.linkedin.com/in/ada"),
        ("/in/ada-lovelace", "https://www.linkedin.com/in/ada-lovelace"),
        ("https://notlinkedin.com.evil.example/in/ada", None),
        ("ada-lovelace", None),
        ("https://acme.com", None),
    ],
)
def test_a_profile_loses_its_tracking_and_keeps_its_name(text, found):
    assert linkedin(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.acme.com/x", "acme.com"),
        ("Acme.COM", "acme.com"),
        ("a@acme.com", "acme.com"),
        ("Acme", None),
    ],
)
def test_a_domain_is_bare(text, found):
    assert domain(text) == found


@given(st.from_regex(r"https?://[a-z0-9-]{1,9}\.[a-z]{2,4}(/[!-~]{0,9})?", fullmatch=True))
def test_what_is_taken_without_a_closer_look_would_not_have_changed(text):
    if whole_address(text):
        assert web_address(text) == text


@given(st.from_regex(r"https://www\.linkedin\.com/in/[a-z0-9%_-]{2,20}", fullmatch=True))
def test_a_profile_taken_without_a_closer_look_would_not_have_changed(text):
    if whole_profile(text):
        assert linkedin(text) == text
