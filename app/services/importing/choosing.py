"""Decides which column goes into which field: what the user said, else the guess."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.core.errors import InvalidInput
from app.core.fields import BY_KEY, LABELLED, Field
from app.core.text import fold, tr
from app.services.importing.fixes import Fixes
from app.services.importing.mapping import Preview
from app.services.importing.normalise import Target
from app.services.importing.options import ImportOptions
from app.services.importing.shape import OWN_COLUMNS, FileShape

ORDERS = ("dmy", "mdy", "ymd")
DECIMAL_MARKS = (".", ",")


def choose(preview: Preview, options: ImportOptions, custom: Sequence[Field]) -> dict[str, str]:
    """Every column of the list with the key of its field, empty for an ignored one.

    Raises InvalidInput, naming the nearest, for a column or field that does not exist, and when
    no column can say who the people are.
    """
    chosen = {guess.name: guess.field or "" for guess in preview.columns}
    for written, key in options.mapping.items():
        column = _column(preview.shape, written)
        if key:
            field_of(key, custom)
            # What the user says about one column replaces a guess about another.
            taken = [name for name, other in chosen.items() if other == key]
            explicit = {_column(preview.shape, name) for name in options.mapping}
            chosen.update({name: "" for name in taken if name not in explicit})
        chosen[column] = key
    if not any(chosen.values()) and not options.fixes.constants:
        raise InvalidInput(
            tr("No column of {name} could be recognised.", name=preview.shape.path.name),
            tr('Say what the columns are, for example --map "Courriel=email".'),
        )
    return chosen


def targets(
    preview: Preview, mapping: Mapping[str, str], options: ImportOptions, custom: Sequence[Field]
) -> tuple[Target, ...]:
    """The columns that go somewhere, with how their dates and numbers are written.

    Raises InvalidInput for an unknown column, order or mark in options.date_orders and decimals.
    """
    orders = {_column(preview.shape, name): o for name, o in options.date_orders.items()}
    for column, order in orders.items():
        if order not in ORDERS:
            raise InvalidInput(
                tr("{order} is no order of dates for {column}.", order=order, column=column),
                tr("Choose dmy, mdy or ymd."),
            )
    decimals = {_column(preview.shape, name): mark for name, mark in options.decimals.items()}
    for column, mark in decimals.items():
        if mark not in DECIMAL_MARKS:
            raise InvalidInput(
                tr("{mark} is no decimal mark for {column}.", mark=mark, column=column),
                tr("Choose a point or a comma."),
            )
    splits = {_column(preview.shape, name) for name in options.fixes.splits}
    found = []
    for guess in preview.columns:
        key = mapping[guess.name]
        if key and guess.name not in splits:
            dates, numbers = preview.dates.get(guess.index), preview.numbers.get(guess.index)
            found.append(
                Target(
                    guess.index,
                    field_of(key, custom),
                    orders.get(guess.name) or (dates.order if dates else None),  # type: ignore[arg-type]
                    decimals.get(guess.name) or (numbers.decimal if numbers else None),  # type: ignore[arg-type]
                )
            )
    return (*found, *_added(preview.shape, options, custom))


def _added(shape: FileShape, options: ImportOptions, custom: Sequence[Field]) -> Iterator[Target]:
    """Where the cells go that mending adds behind those of the file."""
    keys = [key for _ in options.fixes.splits for key in ("first_name", "last_name")]
    for index, key in enumerate([*keys, *options.fixes.constants], len(shape.columns)):
        yield Target(index, field_of(key, custom))


def fitted(fixes: Fixes, shape: FileShape) -> Fixes:
    """The fixes with columns as the list writes them; raises InvalidInput for unknown ones."""
    named = partial(_column, shape)
    return replace(
        fixes,
        edits=tuple(replace(one, column=named(one.column)) for one in fixes.edits),
        rules=tuple(replace(one, column=named(one.column)) for one in fixes.rules),
        replacements=tuple(replace(one, column=named(one.column)) for one in fixes.replacements),
        values={named(column): pairs for column, pairs in fixes.values.items()},
        splits=tuple(map(named, fixes.splits)),
    )


def target_as_list(target: Target) -> list[object]:
    """A target as a plan file keeps it."""
    return [target.index, target.field.key, target.date_order, target.decimal]


def targets_of(kept: Iterable[tuple[Any, ...]], custom: Sequence[Field]) -> tuple[Target, ...]:
    """The targets that `target_as_list` wrote."""
    return tuple(
        Target(index, field_of(key, custom), order, decimal) for index, key, order, decimal in kept
    )


def field_of(key: str, custom: Sequence[Field]) -> Field:
    """The field with this key, also custom:<name> and labelled ones such as email.home.

    Raises InvalidInput, naming the nearest, when there is none or it cannot be imported into.
    """
    known = BY_KEY | {field.key: field for field in custom}
    base, _, label = key.partition(".")
    field = known.get(key) or (known.get(base) if label and base in LABELLED else None)
    if field is None:
        raise InvalidInput(tr("There is no field {field}.", field=key), _nearest(key, list(known)))
    if not field.editable:
        raise InvalidInput(
            tr("{field} is kept by Captely and cannot be imported.", field=field.title),
            tr("Map its column to another field, or to nothing."),
        )
    return field if field.key == key else replace(field, key=key)


def _column(shape: FileShape, written: str) -> str:
    """The column that the user means; case, accents and spaces around do not matter."""
    if written in shape.names:
        return written
    folded = {fold(name.strip()): name for name in reversed(shape.names)}
    found = folded.get(fold(" ".join(written.split())))
    if found is None:
        names = [name for name in shape.names if name not in OWN_COLUMNS]
        raise InvalidInput(
            tr("{file} has no column {column}.", file=shape.path.name, column=written),
            _nearest(written, names),
        )
    return found


def _nearest(written: str, names: Sequence[str]) -> str:
    by_folded = {fold(name): name for name in names}
    near = difflib.get_close_matches(fold(written), by_folded, n=3, cutoff=0.5)
    offered = [by_folded[name] for name in near] or list(names)[:8]
    if near:
        return tr("Did you mean {names}?", names=tr(" or ").join(offered))
    return tr("There are: {names}.", names=", ".join(offered))
