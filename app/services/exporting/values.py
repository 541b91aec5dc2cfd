"""One value on its way out: our form into the destination's, and whether the two are equal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.fields import FieldKind
from app.core.text import fold, tr
from app.services.connectors import RemoteField, RemoteKind

SEPARATOR = ";"
LONGEST_NUMBER = 40
"""Digits; 1e999999999 is a number too, and would be written out as a gigabyte of noughts."""
_YES = frozenset({"true", "yes", "1", "y", "on", "oui", "ja", "si"})
_NO = frozenset({"false", "no", "0", "n", "off", "non", "nein"})

_TEXT_KINDS = frozenset({FieldKind.TEXT, FieldKind.CHOICE})
FITTING: Mapping[RemoteKind, frozenset[FieldKind]] = {
    RemoteKind.TEXT: frozenset(FieldKind),
    RemoteKind.NUMBER: frozenset({FieldKind.NUMBER, FieldKind.MONEY}),
    RemoteKind.DATE: frozenset({FieldKind.DATE, FieldKind.MOMENT}),
    RemoteKind.MOMENT: frozenset({FieldKind.DATE, FieldKind.MOMENT}),
    RemoteKind.BOOL: frozenset({FieldKind.BOOL}),
    RemoteKind.CHOICE: frozenset({FieldKind.CHOICE, FieldKind.BOOL}),
    RemoteKind.MULTI: frozenset({FieldKind.CHOICE, FieldKind.MULTI, FieldKind.TAGS}),
}
"""Which of our kinds a remote kind takes without looking at each value."""


class Unfit(ValueError):
    """A value that the remote field cannot take; the words are for the user."""


def may_fit(local: FieldKind, remote: RemoteKind) -> bool:
    """True when values of `local` can be in the remote field, if only after a look at each."""
    if local in FITTING[remote] or local in _TEXT_KINDS:
        return True
    return remote is RemoteKind.CHOICE and local in {FieldKind.MULTI, FieldKind.NUMBER}


def converted(value: Any, field: RemoteField, values: Mapping[str, str]) -> str:  # noqa: ANN401
    """The text to send for `value`; `values` are the user's own pairs for picklists.

    Raises Unfit with a sentence when the field cannot take it.
    """
    if field.kind is RemoteKind.MULTI:
        return _several(value, field, values)
    text = _text(value)
    if mapped := values.get(text):
        text = mapped
    convert = _CONVERT.get(field.kind)
    return convert(text, field) if convert else text


def option_for(text: str, field: RemoteField) -> str | None:
    """The internal value of the option that `text` names by value or by label."""
    for option in field.options:
        if option.value == text:
            return option.value
    folded = fold(text).strip()
    for option in field.options:
        if folded in {fold(option.value), fold(option.label).strip()}:
            return option.value
    return None


def same(field: RemoteField, ours: str, theirs: str) -> bool:
    """True when the destination has this value already, however it writes it."""
    if ours == theirs:
        return True
    if not ours or not theirs:
        return False
    if field.kind is RemoteKind.MULTI:
        return set(ours.split(SEPARATOR)) == set(theirs.split(SEPARATOR))
    if field.kind is RemoteKind.NUMBER:
        return _decimal(ours) == _decimal(theirs)
    if field.kind is RemoteKind.BOOL:
        return ours.lower() == theirs.lower()
    if field.kind in {RemoteKind.DATE, RemoteKind.MOMENT}:
        return _instant(ours) == _instant(theirs)
    return ours.strip() == theirs.strip()


def goes_back(field: RemoteField, ours: str, theirs: str) -> bool:
    """True when sending `ours` would move a forward-only stage back from `theirs`."""
    order = [option.value for option in field.options]
    if not field.forward_only or ours not in order or theirs not in order:
        return False
    return order.index(ours) < order.index(theirs)


def _several(value: Any, field: RemoteField, values: Mapping[str, str]) -> str:  # noqa: ANN401
    parts = value if isinstance(value, list) else _text(value).split(SEPARATOR)
    given = [str(part).strip() for part in parts if str(part).strip()]
    return SEPARATOR.join(_option(values.get(part, part), field) for part in given)


def _option(text: str, field: RemoteField) -> str:
    option = option_for(text, field)
    if option is None:
        raise Unfit(
            tr("“{value}” is not among the choices of {field}.", value=text, field=field.label)
        )
    return option


def _number(text: str, field: RemoteField) -> str:
    # 1,234.50 and 1 234.50 are written by people; a lone comma cannot be told from a decimal one.
    number = _decimal(text)
    if number is None:
        raise Unfit(tr("“{value}” is not a number for {field}.", value=text, field=field.label))
    return format(number, "f")


def _date(text: str, field: RemoteField) -> str:
    instant = _instant(text)
    if instant is None:
        raise Unfit(tr("“{value}” is not a date for {field}.", value=text, field=field.label))
    return instant.date().isoformat()


def _moment(text: str, field: RemoteField) -> str:
    instant = _instant(text)
    if instant is None:
        raise Unfit(tr("“{value}” is not a date for {field}.", value=text, field=field.label))
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bool(text: str, field: RemoteField) -> str:
    folded = fold(text).strip()
    if folded in _YES | _NO:
        return "true" if folded in _YES else "false"
    raise Unfit(tr("“{value}” is neither yes nor no for {field}.", value=text, field=field.label))


_CONVERT = {
    RemoteKind.NUMBER: _number,
    RemoteKind.DATE: _date,
    RemoteKind.MOMENT: _moment,
    RemoteKind.BOOL: _bool,
    RemoteKind.CHOICE: _option,
}


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value).strip()


def _decimal(text: str) -> Decimal | None:
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    plain = plain.replace("\N{NARROW NO-BREAK SPACE}", "")
    if "," in plain:
        groups = plain.lstrip("-").split(".")[0].split(",")
        grouped = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
        if not grouped:
            return None
        plain = plain.replace(",", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= LONGEST_NUMBER else None


def _instant(text: str) -> datetime | None:
    try:
        if text.lstrip("-").isdigit() and len(text) > 8:
            return datetime.fromtimestamp(int(text) / 1000, tz=UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
