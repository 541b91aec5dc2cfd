"""Countries are known by code and by name in many languages; other words are no country."""

from __future__ import annotations

import phonenumbers
import pytest

from app.core.paths import resources
from app.services.importing.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FR", "FR"), ("fr", "FR"), ("FRA", "FR"), ("France", "FR"), ("Frankreich", "FR"),
        ("Francia", "FR"), ("UK", "GB"), ("United Kingdom", "GB"), ("Royaume-Uni", "GB"),
        ("U.S.A.", "US"), ("États-Unis", "US"), ("Vereinigte Staaten", "US"), ("EE.UU.", "US"),
        ("Deutschland", "DE"), ("Österreich", "AT"), ("Côte d'Ivoire", "CI"), ("España", "ES"),
        ("the Netherlands", "NL"), ("South Korea", "KR"), ("Česko", "CZ"), ("中国", "CN"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "Atlantis", "Europe", "FRX", "Paris", "Frances"])
def test_other_words_are_no_country(text):
    assert country_code(text) is None


def test_every_region_with_telephone_numbers_is_a_country_and_no_name_means_two():
    lines = (resources() / "countries.tsv").read_text("utf-8").splitlines()[1:]
    names = [name for line in lines for name in line.split("\t")[2].split("|") if name]
    codes = {line.split("\t")[0] for line in lines}
    assert len(names) == len(set(names))
    assert phonenumbers.SUPPORTED_REGIONS - codes <= {"AC", "TA"}
    assert all(line.split("\t")[2] for line in lines)
