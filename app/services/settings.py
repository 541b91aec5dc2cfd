"""Reads and writes the declared settings, for the workspace or for this computer alone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.actor import Actor
from app.core.errors import InvalidInput
from app.core.settings import BY_KEY, Scope, Setting, Value
from app.core.text import tr
from app.models.journal import SettingRow
from app.models.store import Store, store_row


class Settings:
    """The settings of one workspace as this computer sees them; they hold no secrets."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self._store = store
        self._device = actor.device

    def get(self, setting: Setting) -> Value:
        """The stored value, or the default when none is stored or it is no longer allowed."""
        return self.all()[setting.key]

    def all(self) -> dict[str, Value]:
        """Every declared setting's value by key."""
        wanted = select(SettingRow.key, SettingRow.device, SettingRow.value)
        with self._store.reading() as connection:
            stored = {(row.key, row.device): row.value for row in connection.execute(wanted)}
        values: dict[str, Value] = {}
        for key, setting in BY_KEY.items():
            value = stored.get((key, self._place(setting)), setting.default)
            # A value written by another version may no longer be one of the choices.
            values[key] = value if setting.accepts(value) else setting.default
        return values

    def set(self, setting: Setting, value: Value) -> None:
        """Store `value`. Raises InvalidInput when the setting does not take it."""
        self._store_all({setting: value})

    def reset(self, setting: Setting) -> None:
        """Go back to the default."""
        with self._store.writing(tr("Change settings")) as connection:
            connection.execute(delete(SettingRow).where(*self._row_of(setting)))

    def exported(self, *, device: bool = False) -> dict[str, Value]:
        """What differs from the defaults, to take to another workspace.

        device adds the settings of this computer to those of the workspace.
        """
        values = self.all()
        return {
            key: values[key]
            for key, setting in BY_KEY.items()
            if _travels(setting, device=device) and values[key] != setting.default
        }

    def take_over(self, values: Mapping[str, object], *, device: bool = False) -> list[str]:
        """Store what another workspace exported; the keys that this version does not know.

        Raises InvalidInput, and stores nothing, when a known setting does not take its value.
        """
        known = {
            BY_KEY[key]: value
            for key, value in values.items()
            if key in BY_KEY and _travels(BY_KEY[key], device=device)
        }
        self._store_all(known)
        return sorted(set(values) - {setting.key for setting in known})

    def _store_all(self, values: Mapping[Setting, object]) -> None:
        for setting, value in values.items():
            if not setting.accepts(value):
                raise InvalidInput(
                    tr("{setting} cannot be {value}.", setting=setting.label, value=value),
                    _allowed(setting),
                )
        with self._store.writing(tr("Change settings")) as connection:
            for setting, value in values.items():
                place = {"key": setting.key, "device": self._place(setting)}
                store_row(connection, SettingRow, place, {"value": value})

    def _place(self, setting: Setting) -> str:
        return self._device if setting.scope is Scope.DEVICE else ""

    def _row_of(self, setting: Setting) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return SettingRow.key == setting.key, SettingRow.device == self._place(setting)


def _travels(setting: Setting, *, device: bool) -> bool:
    return setting.portable and (device or setting.scope is Scope.WORKSPACE)


def _allowed(setting: Setting) -> str:
    if setting.choices:
        return tr("Choose one of: {choices}.", choices=", ".join(map(str, setting.choices)))
    kinds = {str: tr("a text"), int: tr("a whole number"), bool: tr("yes or no")}
    return tr("It takes {kind}.", kind=kinds[type(setting.default)])
