"""What is put right in a list on its way in: edited cells, rules, replacements, mapped values.

The file itself is never touched. Everything but the edited cells belongs to the shape of the list
and works on the next file of that shape too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from app.core.text import fold


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell as the user typed it, in the row that begins on `line` of the file."""

    line: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A named repair, one of repairs.REPAIRS, of every value in a column that it can mend.

    With a problem it is confined to values that have this one.
    """

    column: str
    repair: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Find and replace over a column; whole means that the cell must be `find` and no more."""

    column: str
    find: str
    put: str
    whole: bool = False
    match_case: bool = False


@dataclass(frozen=True, slots=True)
class Fixes:
    """Everything that is put right, by the names of columns in FileShape.names.

    values maps a column to what replaces its written values, which are compared folded; an empty
    replacement leaves the cell blank. constants gives a field one value in every row. splits are
    columns of whole names that become a first and a last name. dropped are lines of this file that
    are not read, drop_totals leaves out every line that only adds up the others.
    """

    edits: tuple[Edit, ...] = ()
    rules: tuple[Rule, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    splits: tuple[str, ...] = ()
    dropped: tuple[int, ...] = ()
    drop_totals: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    @property
    def drops(self) -> bool:
        """Whether lines of the file are left out."""
        return bool(self.dropped) or self.drop_totals

    @property
    def extra(self) -> int:
        """How many cells are added at the end of each row."""
        return len(self.constants) + 2 * len(self.splits)

    def with_edit(self, line: int, column: str, value: str) -> Fixes:
        """With this cell typed anew; the last edit of a cell is the one that counts."""
        others = tuple(e for e in self.edits if (e.line, e.column) != (line, column))
        return replace(self, edits=(*others, Edit(line, column, value)))

    def with_rule(self, rule: Rule) -> Fixes:
        """With this rule, once."""
        return self if rule in self.rules else replace(self, rules=(*self.rules, rule))

    def with_replacement(self, wanted: Replacement) -> Fixes:
        """With this replacement after the others."""
        return replace(self, replacements=(*self.replacements, wanted))

    def without_line(self, line: int) -> Fixes:
        """With one line of the file left out."""
        return replace(self, dropped=tuple(sorted({*self.dropped, line})))

    def with_value(self, column: str, written: str, put: str | None) -> Fixes:
        """With `written` replaced in a column; None takes the replacement away."""
        mapped = {key: dict(pairs) for key, pairs in self.values.items()}
        own = mapped.setdefault(column, {})
        own.pop(fold(written.strip()), None)
        if put is not None:
            own[fold(written.strip())] = put
        if not own:
            del mapped[column]
        return replace(self, values=mapped)

    def among(self, names: Collection[str]) -> Fixes:
        """Those of these columns."""
        return replace(
            self,
            edits=tuple(one for one in self.edits if one.column in names),
            rules=tuple(one for one in self.rules if one.column in names),
            replacements=tuple(one for one in self.replacements if one.column in names),
            values={column: pairs for column, pairs in self.values.items() if column in names},
            splits=tuple(column for column in self.splits if column in names),
        )

    def lasting(self) -> Fixes:
        """Those that make sense for another file of the same shape."""
        return replace(self, edits=(), dropped=())

    def as_dict(self) -> dict[str, Any]:
        """These fixes in JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The fixes that `as_dict` wrote; raises KeyError and TypeError for anything else."""

        def each(name: str) -> Iterable[Mapping[str, Any]]:
            return stored.get(name) or ()

        return cls(
            edits=tuple(Edit(**one) for one in each("edits")),
            rules=tuple(Rule(**one) for one in each("rules")),
            replacements=tuple(Replacement(**one) for one in each("replacements")),
            values={key: dict(pairs) for key, pairs in dict(stored.get("values") or {}).items()},
            constants=dict(stored.get("constants") or {}),
            splits=tuple(stored.get("splits") or ()),
            dropped=tuple(stored.get("dropped") or ()),
            drop_totals=bool(stored.get("drop_totals")),
        )
