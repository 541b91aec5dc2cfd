"""The table of rules with the inspector of one: what is mapped, its samples, and every step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.text import fold, tr, trn
from app.services.exporting import Editing, FieldMapping, Preview, Rule, ValueCount, problems
from app.services.exporting.suggest import SURE
from app.views.common.boxes import Card, row
from app.views.common.boxes import Rule as Line
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField
from app.views.common.labels import ElidedLabel
from app.views.common.latest import Latest
from app.views.common.pills import sentences
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.words import short_time
from app.views.exporting.mapping_draft import MappingDraft
from app.views.exporting.mapping_rows import columns, row_of
from app.views.exporting.mapping_words import their_choices
from app.views.exporting.picker import Picker
from app.views.exporting.rule_inspector import RuleInspector, Shown

_INSPECTOR_WIDTH = 336


class MappingEditor(QWidget):
    """moved is emitted after each step."""

    moved = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._ids: Sequence[int] = ()
        self._everybody = True
        self._previewing = Latest(desk.calls, self)
        self._chosen = ""
        self._problems: dict[str, str] = {}
        self._values: dict[str, Sequence[ValueCount]] = {}
        self._shown: list[Rule] = []
        self.editing: Editing | None = None
        self.draft = MappingDraft((), {})
        self.preview = Preview({})
        self.search = SearchField(tr("Search the mapping"))
        self.search.setPlaceholderText(tr("Search the mapping"))
        self.add = Btn(tr("Add field"), Kind.OUTLINE, "plus")
        self.model = ListModel(columns(""), self)
        self.table = Table(tr("Mapped fields"), columns(""))
        self.inspector = RuleInspector()
        self._age = ElidedLabel("", Role.SMALL, "muted")
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._show_rows())
        self.add.clicked.connect(self.add_field)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(lambda _row: self.inspector.pick_source())
        self.inspector.changed.connect(self._change)
        self.inspector.removed.connect(self.remove)
        self.restyle()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        tools = row(self.search, None, self.add, gap=8, margins=(8, 8, 8, 8))
        tools.setStretchFactor(self.search, 2)
        left = Card(gap=0, padding=1)
        left.body.addLayout(tools)
        left.body.addWidget(Line())
        left.body.addWidget(self.table, 1)
        left.body.addWidget(Line())
        left.body.addLayout(row(self._age, margins=(15, 8, 15, 8)))
        self._right = Card(gap=0, padding=1)
        self._right.body.addWidget(self.inspector)
        main = row(left, self._right, gap=16)
        main.setStretchFactor(left, 1)
        self.setLayout(main)

    def restyle(self) -> None:
        """Take the width of the inspector in the present text size."""
        self._right.setFixedWidth(theme().px(_INSPECTOR_WIDTH))

    def edit(self, editing: Editing, ids: Sequence[int], *, everybody: bool) -> None:
        """Begin with the mapping in use; ids are whom the samples are taken from."""
        self.editing, self._ids, self._everybody = editing, ids, everybody
        rules = sorted(editing.mapping.rules, key=lambda rule: rule.remote != editing.key_field)
        if not rules or rules[0].remote != editing.key_field:
            rules.insert(0, Rule(editing.key_field, editing.key_field))
        sure = {(s.rule.remote, s.rule.source): s.confidence for s in editing.suggestions()}
        self.draft = MappingDraft(rules, {} if editing.book.mappings else sure)
        when = short_time(editing.remote.at, self._desk.app.clock.now())
        fetched = tr("Fields fetched: {when}", when=when)
        self._age.setText(f"{fetched} · {editing.account}" if editing.account else fetched)
        self._values.clear()
        self._chosen = editing.key_field
        self.model.show([], columns(editing.label))
        self.table.set_columns(columns(editing.label))
        self.refresh()

    def refresh(self) -> None:
        """Show the draft and ask for its samples."""
        self._show_rows()
        self.moved.emit()
        editing = self.editing
        if editing is None:
            return
        mappings, mapping, ids = self._desk.app.exporting.mappings, self.mapping(), self._ids
        self._previewing.read(lambda: mappings.preview(editing, mapping, ids), self._previewed)

    def mapping(self) -> FieldMapping:
        """The mapping as it stands."""
        return FieldMapping(self.editing.name if self.editing else "", self.draft.rules)

    def missing(self) -> list[str]:
        """The fields without which the destination takes no new contact."""
        if self.editing is None:
            return []
        used = {rule.remote for rule in self.draft.rules}
        fields = self.editing.remote.fields
        return [each.label for each in fields if each.required and each.name not in used]

    def _previewed(self, preview: Preview) -> None:
        self.preview = preview
        self._show_rows()

    def _show_rows(self) -> None:
        editing = self.editing
        if editing is None:
            return
        words = fold(self.search.text()).split()
        troubles = problems(self.draft.rules, editing, editing.local, editing.remote.fields)
        self._shown, cells = [], []
        self._problems = {}
        for rule, problem in zip(self.draft.rules, troubles, strict=True):
            said = sentences(problem) if problem is not None else ""
            self._problems[rule.remote] = said
            made = row_of(rule, editing, self.preview, said, self.draft.confidence(rule))
            if all(word in fold(" ".join(cell.text for cell in made)) for word in words):
                self._shown.append(rule)
                cells.append(made)
        self.model.show(cells)
        wanted = self._chosen
        place = next((n for n, rule in enumerate(self._shown) if rule.remote == wanted), 0)
        if self._shown:
            self.table.select(place)
        self._inspect()

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            self._chosen = self._shown[place].remote
            self._inspect()

    def _inspect(self) -> None:
        editing, rule = self.editing, self.draft.rule(self._chosen)
        if editing is None or rule is None:
            return
        values = self._values.get(rule.source or "", ())
        problem = self._problems.get(rule.remote, "")
        shown = Shown(rule, problem, self.preview.of(rule.remote), values)
        self.inspector.show_rule(editing, shown)
        target = editing.remote.get(rule.remote)
        if target is not None and target.options and rule.source not in (None, *self._values):
            self._count(editing, str(rule.source))

    def _count(self, editing: Editing, source: str) -> None:
        field = next((each for each in editing.local if each.key == source), None)
        if field is None:
            return
        mappings, ids = self._desk.app.exporting.mappings, self._ids
        everybody = self._everybody
        self._values[source] = ()
        self._desk.calls.read(
            self,
            lambda: mappings.count_values(field, None if everybody else ids),
            lambda found: self._counted(editing, source, found),
        )

    def _counted(self, editing: Editing, source: str, found: Sequence[ValueCount]) -> None:
        if editing is self.editing:
            self._values[source] = found
            self._inspect()

    def _change(self, before: Rule, after: Rule) -> None:
        self.draft.change(before, after)
        self.refresh()

    def add_field(self) -> None:
        """Choose a remote field, then ours for it."""
        editing = self.editing
        if editing is not None:
            taken = [rule.remote for rule in self.draft.rules]
            choices = their_choices(editing, taken)
            Picker(self.add, tr("Field of {label}", label=editing.label), choices, self.add_remote)

    def add_remote(self, remote: str) -> None:
        """Add a remote field with ours that its name suggests; without one ours is asked for."""
        editing = self.editing
        if editing is None:
            return
        pairs = {each.rule.remote: each.rule for each in editing.suggestions()}
        self._chosen = remote
        self.search.clear()
        self.draft.add(pairs.get(remote) or Rule(remote, constant=""))
        self.refresh()
        if remote not in pairs:
            # Nothing is guessed: whoever leaves the list has a text that is still blank.
            self.inspector.pick_source()

    def remove(self, rule: Rule) -> None:
        """Send this remote field no longer."""
        editing = self.editing
        if editing is not None and rule.remote != editing.key_field:
            place = self.draft.rules.index(rule)
            self.draft.remove(rule)
            rest = self.draft.rules
            self._chosen = rest[min(place, len(rest) - 1)].remote if rest else ""
            self.refresh()

    def remove_chosen(self) -> None:
        """Send the chosen field no longer."""
        rule = self.draft.rule(self._chosen)
        if rule is not None:
            self.remove(rule)

    def undo(self) -> None:
        """One step back."""
        self.draft.undo()
        self.refresh()

    def redo(self) -> None:
        """One step forth."""
        self.draft.redo()
        self.refresh()

    def suggest(self) -> None:
        """Add every pair that names, labels and types suggest, with how sure each is."""
        editing = self.editing
        if editing is None:
            return
        ours = {rule.source for rule in self.draft.rules}
        taken = [rule.remote for rule in self.draft.rules]
        found = [s for s in editing.suggestions(taken) if s.rule.source not in ours]
        self.draft.suggest(found)
        self.refresh()
        unsure = sum(each.confidence < SURE for each in found)
        said = trn("Added {n} pair", "Added {n} pairs", len(found))
        if not found:
            said = tr("Every field that has a counterpart is mapped")
        elif unsure:
            said = f"{said}. {trn('Look at {n} of them', 'Look at {n} of them', unsure)}"
        self._desk.say(said, tr("Undo") if found else "", self.undo if found else None)

    def take(self, mapping: FieldMapping) -> None:
        """Put another mapping in the place of the whole one, as one step."""
        self.draft.take(mapping.rules)
        self.refresh()
