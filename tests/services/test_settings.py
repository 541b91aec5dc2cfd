from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import insert, select

from app.core.actor import Actor, Origin
from app.core.errors import InvalidInput
from app.core.settings import DEFAULT_COUNTRY, FONT_SIZE, ON_DUPLICATE, SETTINGS, THEME, USER_NAME
from app.models.journal import Operation, SettingRow
from app.models.store import Store
from app.services.settings import Settings
from tests.models.bed import Bed


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace on SQLite, then one on PostgreSQL."""
    bed = Bed(database_url, tmp_path / "workspace")
    yield bed
    bed.store.close()


def settings_on(bed: Bed, device: str) -> Settings:
    return Settings(bed.store, Actor("ann", device, Origin.UI))


@pytest.fixture
def settings(bed: Bed) -> Settings:
    return settings_on(bed, "desk")


def test_every_setting_begins_with_its_default(settings: Settings):
    assert settings.all() == {setting.key: setting.default for setting in SETTINGS}


def test_a_setting_is_kept_with_its_type(bed: Bed, settings: Settings):
    settings.set(FONT_SIZE, 125)
    settings.set(DEFAULT_COUNTRY, "FR")
    settings.set(DEFAULT_COUNTRY, "DE")

    again = settings_on(bed, "desk")
    assert again.get(FONT_SIZE) == 125
    assert again.get(DEFAULT_COUNTRY) == "DE"
    again.reset(DEFAULT_COUNTRY)
    assert settings.get(DEFAULT_COUNTRY) == ""


def test_a_setting_of_the_computer_stays_on_it(bed: Bed, settings: Settings):
    settings.set(THEME, "dark")
    settings.set(ON_DUPLICATE, "skip")

    other = settings_on(bed, "laptop")
    assert other.get(THEME) == "system"
    assert other.get(ON_DUPLICATE) == "skip"


@pytest.mark.parametrize(
    ("setting", "value", "hint"),
    [
        (THEME, "pink", "Choose one of: system, light, dark."),
        (FONT_SIZE, 101, "Choose one of: 90, 100, 110, 125, 150."),
        (FONT_SIZE, True, "Choose one of: 90, 100, 110, 125, 150."),
        (DEFAULT_COUNTRY, 3, "It takes a text."),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_is(settings, setting, value, hint):
    with pytest.raises(InvalidInput, match=setting.title) as caught:
        settings.set(setting, value)

    assert caught.value.hint == hint
    assert settings.get(setting) == setting.default


def test_a_value_of_another_version_that_is_not_allowed_falls_back(bed: Bed, settings: Settings):
    with bed.store.writing("x") as connection:
        connection.execute(
            insert(SettingRow).values(key=ON_DUPLICATE.key, device="", value="merge")
        )
        connection.execute(insert(SettingRow).values(key="no.longer", device="", value=[1]))

    assert settings.get(ON_DUPLICATE) == "fill"
    assert "no.longer" not in settings.all()


def test_what_the_workspace_decided_can_be_taken_to_another_one(settings: Settings, bed: Bed):
    settings.set(DEFAULT_COUNTRY, "FR")
    settings.set(THEME, "dark")
    settings.set(USER_NAME, "Ann")

    exported = settings.exported()

    assert exported == {DEFAULT_COUNTRY.key: "FR"}
    settings.reset(DEFAULT_COUNTRY)
    unknown = settings.take_over({**exported, "future.setting": 1, THEME.key: "light"})
    assert unknown == [THEME.key, "future.setting"]
    assert settings.get(DEFAULT_COUNTRY) == "FR"
    assert settings.get(THEME) == "dark"


def test_taking_over_a_bad_value_stores_nothing(settings: Settings):
    with pytest.raises(InvalidInput):
        settings.take_over({DEFAULT_COUNTRY.key: "FR", ON_DUPLICATE.key: "explode"})

    assert settings.get(DEFAULT_COUNTRY) == ""


def test_settings_are_not_in_the_undo_stack(bed: Bed, settings: Settings):
    settings.set(THEME, "dark")

    assert bed.operations.undoable() is None
    with bed.store.reading() as connection:
        assert connection.execute(select(Operation.id)).all() == []


def test_the_same_setting_stored_by_many_at_once_is_stored(bed: Bed) -> None:
    """On a team's server two colleagues write at the same time; neither hears of an error."""
    stores = [Store(bed.store.url) for _ in range(4)]
    colleagues = [
        Settings(store, Actor("ann", f"desk {n}", Origin.UI)) for n, store in enumerate(stores)
    ]
    together = Barrier(len(colleagues))

    def store(one: Settings) -> None:
        for n in range(10):
            one.reset(DEFAULT_COUNTRY)
            together.wait(30)
            one.set(DEFAULT_COUNTRY, ("FR", "DE")[n % 2])
            together.wait(30)

    with ThreadPoolExecutor(len(colleagues)) as pool:
        list(pool.map(store, colleagues))
    assert [one.get(DEFAULT_COUNTRY) for one in colleagues] == ["DE"] * 4
    for store in stores:
        store.close()
