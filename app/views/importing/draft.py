"""What the user has decided so far about one import; the pages write it, the services read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from app.services.importing import ImportOptions
from app.services.importing.mapping import Preview
from app.services.importing.shape import ReadOptions


@dataclass(slots=True)
class Draft:
    """One import in preparation.

    mapping holds only the columns that the user changed: column name -> field key, "" to ignore.
    orders holds the answers to questions about dates: column name -> dmy, mdy or ymd.
    """

    path: Path
    read: ReadOptions = field(default_factory=ReadOptions)
    preview: Preview | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    on_duplicate: str = "fill"
    default_country: str = ""

    def reread(self, **changes: str | int | None) -> None:
        """Read the file another way; what was mapped by column name stays."""
        self.read = replace(self.read, **changes)  # type: ignore[arg-type]

    def field_of(self, name: str) -> str:
        """The field of a column, by what the user chose or else by its guess; "" if ignored."""
        if name in self.mapping or self.preview is None:
            return self.mapping.get(name, "")
        guesses = dict(zip(self.preview.shape.names, self.preview.columns, strict=True))
        return guesses[name].field or "" if name in guesses else ""

    @property
    def options(self) -> ImportOptions:
        """What the import service takes."""
        return ImportOptions(
            read=self.read,
            mapping=dict(self.mapping),
            date_orders=dict(self.orders),
            tags=self.tags,
            on_duplicate=self.on_duplicate,
            default_country=self.default_country,
        )
