"""Days as people read them."""

from datetime import UTC, datetime

import pytest

from app.core.dates import day_words
from app.core.paths import resources
from app.core.text import use_language


@pytest.fixture
def french():
    use_language("fr", resources() / "locales")
    yield
    use_language("en", resources() / "locales")


def test_a_day_has_its_month_in_words():
    assert day_words(datetime(2027, 2, 3, tzinfo=UTC)) == "3 Feb 2027"
    assert day_words(datetime(2027, 12, 31, 23, 59, tzinfo=UTC), year=False) == "31 Dec"


def test_it_is_said_in_the_language_of_the_window(french: None):
    assert day_words(datetime(2027, 2, 3, tzinfo=UTC)) == "3 févr. 2027"
