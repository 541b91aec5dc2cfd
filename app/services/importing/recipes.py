"""A recipe: how lists of one shape are read, mapped and put right, kept and handed on as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from app.core.errors import InvalidInput, NotFound, StorageError
from app.core.text import tr
from app.services.importing.fixes import Fixes
from app.services.importing.layout import chosen_quote
from app.services.importing.mapping import Preview
from app.services.importing.options import ImportOptions
from app.services.importing.shape import OWN_COLUMNS, ReadOptions

FORMAT, VERSION = "captely import recipe", 1
_TEXTS = ("on_duplicate", "default_country")
_PAIRS = ("mapping", "date_orders", "decimals", "by_field")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was decided about a list and holds for others with the same columns.

    columns are the header texts; mapping has them by their distinct names, with an empty field for
    the ignored. Cells that were typed anew belong to one file and are no part of it. quote is the
    sign around values where somebody chose it.
    """

    columns: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    default_country: str = ""
    on_duplicate: str = ""
    by_field: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    fixes: Fixes = field(default_factory=Fixes)
    quote: str | None = None

    @classmethod
    def of(cls, columns: Sequence[str], mapping: Mapping[str, str], options: ImportOptions) -> Self:
        """The recipe by which a list was planned."""
        return cls(
            columns=tuple(column for column in columns if column not in OWN_COLUMNS),
            mapping={c: f for c, f in mapping.items() if c not in OWN_COLUMNS},
            date_orders=dict(options.date_orders),
            decimals=dict(options.decimals),
            default_country=options.default_country,
            on_duplicate=options.on_duplicate,
            by_field=dict(options.by_field),
            tags=options.tag_names,
            fixes=options.fixes.lasting(),
            quote=options.read.quote,
        )

    def with_found(self, targets: Iterable[tuple[Any, ...]], names: Sequence[str]) -> Self:
        """With the orders and decimal marks that a list itself has shown, for others that do not.

        targets are those of a plan: index, field, order of dates, decimal mark.
        """
        found = [(names[i], order, mark) for i, _, order, mark in targets if i < len(names)]
        return replace(
            self,
            date_orders={n: o for n, o, _ in found if o} | dict(self.date_orders),
            decimals={n: m for n, _, m in found if m} | dict(self.decimals),
        )

    def applied(self, options: ImportOptions, preview: Preview) -> ImportOptions:
        """`options` with this recipe wherever they say nothing themselves.

        Columns that the list does not have are passed over, and what its own dates and numbers
        prove goes before what those of an earlier list did.
        """
        names = preview.shape.names

        def known(pairs: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
            return {c: v for c, v in pairs.items() if c in names} | dict(own)

        dates = {names[i] for i, found in preview.dates.items() if found.order}
        numbers = {names[i] for i, found in preview.numbers.items() if found.decimal}
        orders = {c: o for c, o in self.date_orders.items() if c not in dates}
        decimals = {c: m for c, m in self.decimals.items() if c not in numbers}
        return replace(
            options,
            read=self.reading(options.read),
            mapping=known(self.mapping, options.mapping),
            date_orders=known(orders, options.date_orders),
            decimals=known(decimals, options.decimals),
            default_country=options.default_country or self.default_country,
            by_field={**self.by_field, **options.by_field},
            tags=tuple(dict.fromkeys((*self.tags, *options.tags))),
            fixes=self._fixes(options.fixes, names),
        )

    def reading(self, read: ReadOptions) -> ReadOptions:
        """`read` with what this recipe says where it says nothing itself."""
        return replace(read, quote=self.quote) if read.quote is None else read

    def _fixes(self, own: Fixes, names: Collection[str]) -> Fixes:
        mine = self.fixes.among(names)
        return replace(
            own,
            rules=(*(r for r in mine.rules if r not in own.rules), *own.rules),
            replacements=(
                *(r for r in mine.replacements if r not in own.replacements),
                *own.replacements,
            ),
            values={
                **own.values,
                **{c: {**pairs, **own.values.get(c, {})} for c, pairs in mine.values.items()},
            },
            constants={**mine.constants, **own.constants},
            splits=tuple(dict.fromkeys((*mine.splits, *own.splits))),
            drop_totals=mine.drop_totals or own.drop_totals,
        )

    def as_dict(self) -> dict[str, Any]:
        """The recipe in JSON."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "columns": list(self.columns),
            **{name: dict(getattr(self, name)) for name in _PAIRS},
            **{name: getattr(self, name) for name in _TEXTS},
            "tags": list(self.tags),
            "fixes": self.fixes.as_dict(),
            "quote": self.quote,
        }

    @classmethod
    def stored(cls, kept: Mapping[str, Any]) -> Self:
        """The recipe that a workspace holds; an older one kept the mapping alone."""
        if kept.get("format") == FORMAT:
            return cls.from_dict(kept)
        return cls(columns=tuple(kept), mapping={str(c): str(f) for c, f in kept.items()})

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """The recipe that `as_dict` wrote; raises InvalidInput for anything else."""
        try:
            if written["format"] != FORMAT or int(written["version"]) > VERSION:
                raise ValueError(written["format"])
            pairs: dict[str, Any] = {
                name: {str(k): str(v) for k, v in dict(written.get(name) or {}).items()}
                for name in _PAIRS
            }
            texts: dict[str, Any] = {name: str(written.get(name) or "") for name in _TEXTS}
            return cls(
                columns=tuple(map(str, written.get("columns") or ())),
                tags=tuple(map(str, written.get("tags") or ())),
                fixes=Fixes.from_dict(written.get("fixes") or {}).lasting(),
                quote=None if written.get("quote") is None else chosen_quote(written["quote"]),
                **pairs,
                **texts,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(
                tr("This is no import recipe of this version of Captely."),
                tr("Choose a file that was saved as a recipe, or save it again."),
                type(error).__name__,
            ) from error


def read_recipe(path: Path) -> Recipe:
    """The recipe in a JSON file; raises NotFound and InvalidInput with a sentence."""
    try:
        written = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotFound(
            tr("There is no file {path}.", path=str(path)), tr("Check its name and folder.")
        ) from error
    except (OSError, ValueError) as error:
        raise InvalidInput(
            tr("{name} cannot be read as a recipe.", name=path.name),
            tr("Choose a JSON file that was saved as a recipe."),
            type(error).__name__,
        ) from error
    if not isinstance(written, dict):
        written = {}
    return Recipe.from_dict(written)


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Save a recipe as JSON; raises StorageError when the file cannot be written."""
    try:
        text = json.dumps(recipe.as_dict(), ensure_ascii=False, indent=2, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            tr("The recipe cannot be written to {path}.", path=str(path)),
            tr("Choose another file or folder."),
            str(error),
        ) from error
