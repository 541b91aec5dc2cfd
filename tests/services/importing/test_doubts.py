"""When the letters of a list may be wrong the user is told, and only then."""

from __future__ import annotations

import pytest

from app.services.importing.doubts import doubts
from app.services.importing.mapping import preview

CYRILLIC = "Имя;Эл. почта\nИван;ivan@example.com\nАнна;anna@example.com\n".encode("cp1251")
JAPANESE = "名,メール\n太郎,taro@example.com\n".encode("shift_jis")
MIXED = "Name,Email\nJosé,j@example.com\n".encode() + "Zoë,z@example.com\n".encode("latin-1")
CUT = "Name,Email\nJosé,j@example.com\nZoë".encode()[:-1]
WESTERN = "Name;City\nJosé Núñez;A Coruña\nÅsa Öst;Malmö\nŒuvré;Façade\n".encode("cp1252")


@pytest.mark.parametrize("content", [CYRILLIC, JAPANESE, MIXED, CUT])
def test_letters_that_look_like_another_encoding_are_doubted(write, content):
    (warning,) = doubts(preview(write(content)), None)
    assert warning["message"].startswith("Some letters may be wrong")
    assert (warning["count"], warning["lines"]) == (1, [])


@pytest.mark.parametrize("content", [WESTERN, CYRILLIC.decode("cp1251").encode(), b"A,B\nx,y\n"])
def test_letters_that_look_right_are_not(write, content):
    assert doubts(preview(write(content)), None) == []


def test_who_chose_the_encoding_is_not_asked_again(write):
    assert doubts(preview(write(CYRILLIC)), "cp1252") == []
