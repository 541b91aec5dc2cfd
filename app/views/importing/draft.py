"""What the user has decided so far about one import; the pages write it, the services read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.fields import FIELDS, Field, FieldKind
from app.services.importing import ImportOptions
from app.services.importing.fixes import Fixes
from app.services.importing.mapping import Preview
from app.services.importing.memory import Remembered
from app.services.importing.parking import Parking
from app.services.importing.recipes import Recipe
from app.services.importing.samples import Look
from app.services.importing.shape import OWN_COLUMNS, ReadOptions

_DATED = (FieldKind.DATE, FieldKind.MOMENT)
_COUNTED = (FieldKind.NUMBER, FieldKind.MONEY)


@dataclass(slots=True)
class Draft:
    """One import in preparation.

    mapping holds only the columns that the user changed: column name -> field key, "" to ignore.
    orders and decimals hold the answers to questions about dates and numbers by column name; past
    the fixes as they were before each change, for taking them back. parking is allowed from the
    first, for the review says how many fit and how many wait. step is where to go on once
    the list is read, for one that was begun before.
    """

    path: Path
    read: ReadOptions = field(default_factory=ReadOptions)
    preview: Preview | None = None
    look: Look | None = None
    remembered: Remembered | None = None
    recipe_name: str = ""
    custom: tuple[Field, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    on_duplicate: str = "fill"
    by_field: dict[str, str] = field(default_factory=dict)
    parking: Parking = field(default_factory=lambda: Parking(allowed=True))
    default_country: str = ""
    fixes: Fixes = field(default_factory=Fixes)
    past: list[Fixes] = field(default_factory=list)
    new_fields: set[str] = field(default_factory=set)
    step: int = 0

    def reread(self, **changes: str | int | bool | None) -> None:
        """Read the file another way; what was mapped by column name stays."""
        self.read = replace(self.read, **changes)  # type: ignore[arg-type]
        self.look = None

    def fit(self) -> None:
        """Let go of what was decided about columns that the list, read otherwise, does not have."""
        names = self.preview.shape.names if self.preview is not None else ()
        for decided in (self.mapping, self.orders, self.decimals):
            for name in [name for name in decided if name not in names]:
                del decided[name]
        self.fixes = self.fixes.among(names)
        self.past.clear()

    def field_of(self, name: str) -> str:
        """The field of a column, by what the user chose or else by its guess; "" if ignored."""
        if name in self.mapping or self.preview is None:
            return self.mapping.get(name, "")
        guesses = dict(zip(self.preview.shape.names, self.preview.columns, strict=True))
        return guesses[name].field or "" if name in guesses else ""

    @property
    def mapped(self) -> dict[str, str]:
        """Every column with its field, "" for the ignored."""
        names = self.preview.shape.names if self.preview is not None else ()
        return {name: self.field_of(name) for name in names}

    @property
    def can_be_planned(self) -> bool:
        """Something is mapped, and every question of the file is answered."""
        return any(self.mapped.values()) and not self.questions

    @property
    def questions(self) -> tuple[str, ...]:
        """The columns whose dates or numbers can be read two ways, as long as nobody said which."""
        open_dates = (c for c in self.dated(_DATED) if c not in self.orders)
        open_numbers = (c for c in self.dated(_COUNTED) if c not in self.decimals)
        return (*open_dates, *open_numbers)

    def dated(self, kinds: Sequence[FieldKind] = _DATED) -> tuple[str, ...]:
        """Columns mapped to dates (or to other kinds) whose values leave open how they are read."""
        if self.preview is None:
            return ()
        wanted = {f.key for f in (*FIELDS, *self.custom) if f.kind in kinds}
        evidence = self.preview.dates if kinds is _DATED else self.preview.numbers
        names = self.preview.shape.names
        return tuple(
            names[i]
            for i, found in evidence.items()
            if not found.decided and self.field_of(names[i]) in wanted
        )

    @property
    def counted(self) -> tuple[str, ...]:
        """Columns mapped to numbers whose decimal mark is open."""
        return self.dated(_COUNTED)

    @property
    def is_familiar(self) -> bool:
        """Nothing is left to decide: such a list was imported before."""
        if self.preview is None or self.remembered is None:
            return False
        own = {c.name for c in self.preview.columns if c.name in OWN_COLUMNS}
        known = {c.name for c in self.preview.columns if c.reason == "remembered"}
        return own | known == {c.name for c in self.preview.columns} and self.can_be_planned

    def take(self, recipe: Recipe) -> None:
        """Decide everything as a recipe says, as far as the list has its columns."""
        if self.preview is None:
            return
        options = recipe.applied(self.options, self.preview)
        self.read = options.read
        guesses = {column.name: column.field or "" for column in self.preview.columns}
        self.mapping = {c: f for c, f in options.mapping.items() if guesses.get(c) != f}
        self.orders, self.decimals = dict(options.date_orders), dict(options.decimals)
        self.tags, self.by_field = options.tags, dict(options.by_field)
        self.default_country, self.fixes = options.default_country, options.fixes
        self.on_duplicate = recipe.on_duplicate or self.on_duplicate

    @property
    def is_misread(self) -> bool:
        """The list was read with other quotes than were decided on since."""
        preview, quote = self.preview, self.read.quote
        if preview is None or preview.shape.kind != "csv":
            return False
        return quote not in (None, preview.shape.quote)

    def fix(self, fixes: Fixes) -> None:
        """Put something right, so that it can be taken back."""
        self.past.append(self.fixes)
        self.fixes = fixes

    def unfix(self) -> bool:
        """Take back the last fix; False when there is none."""
        if not self.past:
            return False
        self.fixes = self.past.pop()
        return True

    @property
    def options(self) -> ImportOptions:
        """What the import service takes."""
        return ImportOptions(
            read=self.read,
            mapping=dict(self.mapping),
            date_orders=dict(self.orders),
            decimals=dict(self.decimals),
            tags=self.tags,
            on_duplicate=self.on_duplicate,
            by_field=dict(self.by_field),
            default_country=self.default_country,
            fixes=self.fixes,
            parking=self.parking,
        )

    def split(self, name: str, *, wanted: bool) -> None:
        """Take the whole names of a column apart, or leave them together."""
        others = tuple(one for one in self.fixes.splits if one != name)
        self.fixes = replace(self.fixes, splits=(*others, name) if wanted else others)

    def set_constant(self, key: str, value: str) -> None:
        """Give a field one value in every row; a blank one takes that away."""
        constants = {k: v for k, v in self.fixes.constants.items() if k != key}
        if value.strip():
            constants[key] = value.strip()
        self.fixes = replace(self.fixes, constants=constants)
