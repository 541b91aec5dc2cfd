"""The mapping editor: which of our fields goes into which remote field, under which policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.errors import CaptelyError
from app.core.fields import Field
from app.core.text import tr
from app.services.connections import RemoteFields
from app.services.connectors import RemoteField
from app.services.exporting.mapping import FILL, OVERWRITE, FieldMapping, Rule
from app.services.exporting.values import may_fit
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.boxes import Rule as Line
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel, Label
from app.views.common.page_header import PageHeader
from app.views.common.pills import IconMark, Notice
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import short_time

KEY_FIELD = "email"


@dataclass(frozen=True, slots=True)
class _Known:
    mapping: FieldMapping
    local: tuple[Field, ...]
    remote: RemoteFields


class MappingView(QWidget):
    """saved once a mapping is kept, closed when the user goes back without."""

    saved = Signal()
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._name = ""
        self._known: _Known | None = None
        self._rules: list[Rule] = []
        self.rows: dict[str, Select] = {}
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.refresh = Btn(tr("Fetch fields again"), Kind.OUTLINE, "refresh-cw")
        self.save = Btn(tr("Save mapping"), Kind.PRIMARY)
        self.header = PageHeader(tr("Mapping"), self.back, self.refresh, self.save)
        self.notice = Notice()
        self.add = Select(tr("Add a remote field"))
        self.add.setMinimumWidth(theme().px(280))
        self._age = Label("", Role.SMALL, "muted")
        self._scroll = Scrolled(QWidget(), tr("Mapped fields"))
        card = Card(gap=0, padding=1)
        card.body.addWidget(self._scroll, 1)
        card.body.addWidget(Line())
        foot = row(self.add, None, self._age, gap=16, margins=(16, 12, 16, 12))
        card.body.addLayout(foot)
        layout = column(self.header, self.notice, card, gap=16, margins=(24, 16, 24, 24))
        layout.setStretchFactor(card, 1)
        self.setLayout(layout)
        self.back.clicked.connect(self.closed.emit)
        self.refresh.clicked.connect(lambda: self.load(self._name, refresh=True))
        self.save.clicked.connect(self._save)
        self.add.picked.connect(self._add)

    def load(self, name: str, *, refresh: bool = False) -> None:
        """Read the mapping and the remote fields."""
        self._name = name
        mappings = self._desk.app.exporting.mappings
        self.notice.say(tr("Asking for the fields"), Tone.NEUTRAL)
        self.save.setEnabled(False)

        def read() -> _Known:
            local, remote = mappings.fields(name, refresh=refresh)
            return _Known(mappings.get(name), local, remote)

        self._desk.calls.network(self, read, self._show, self._failed)

    def _show(self, known: _Known) -> None:
        self._known = known
        self._rules = list(known.mapping.rules)
        if not any(rule.remote == KEY_FIELD for rule in self._rules):
            self._rules.insert(0, Rule(KEY_FIELD, KEY_FIELD))
        self.notice.say("")
        self.save.setEnabled(True)
        when = short_time(known.remote.at, self._desk.app.clock.now())
        self._age.setText(tr("Fields fetched: {when}", when=when))
        self._show_rules()

    def _show_rules(self) -> None:
        known = self._known
        if known is None:
            return
        grid = QGridLayout()
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        titles = (tr("Captely field"), "", tr("Remote field"), tr("If it has a value there"), "")
        for place, words in enumerate(titles):
            grid.addWidget(Label(words, Role.CAPTION, "secondary"), 0, place)
        self.rows = {}
        for number, rule in enumerate(self._rules):
            self._add_row(grid, 2 * number + 1, rule, known)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(2, 3)
        grid.setColumnStretch(3, 2)
        grid.setRowStretch(2 * len(self._rules) + 2, 1)
        self._scroll.setWidget(box(grid))
        used = {rule.remote for rule in self._rules}
        free = [field for field in known.remote.fields if field.writable and field.name not in used]
        self.add.set_choices(
            [("", tr("Add a remote field")), *((f.name, f"{f.label} ({f.name})") for f in free)]
        )
        self.add.choose("")

    def _add_row(self, grid: QGridLayout, line: int, rule: Rule, known: _Known) -> None:
        target = known.remote.get(rule.remote)
        source = Select(
            tr("Source of {field}", field=rule.remote), _sources(rule, target, known.local)
        )
        source.choose(rule.source or "")
        source.picked.connect(lambda value, name=rule.remote: self._set_source(name, str(value)))
        self.rows[rule.remote] = source
        policies = [(OVERWRITE, tr("Overwrite it")), (FILL, tr("Keep it"))]
        policy = Select(tr("Policy of {field}", field=rule.remote), policies)
        policy.choose(rule.write)
        policy.picked.connect(lambda value, name=rule.remote: self._set_policy(name, str(value)))
        label = target.label if target else tr("no longer there")
        words = ElidedLabel(
            f"{label} ({rule.remote})", Role.BODY, "primary" if target else "danger"
        )
        drop = IconBtn("x", tr("Do not send {field}", field=rule.remote))
        drop.clicked.connect(lambda _on, name=rule.remote: self.drop(name))
        is_key = rule.remote == KEY_FIELD
        drop.setEnabled(not is_key)
        policy.setVisible(not is_key)
        grid.addWidget(Line(), line, 0, 1, 5)
        for place, part in enumerate((source, IconMark("arrow-right"), words, policy, drop)):
            grid.addWidget(part, line + 1, place)

    def _set_source(self, remote: str, source: str) -> None:
        if source:
            self._change(remote, lambda rule: replace(rule, source=source, constant=None))

    def _set_policy(self, remote: str, write: str) -> None:
        self._change(remote, lambda rule: replace(rule, write=write))

    def _change(self, remote: str, change: Callable[[Rule], Rule]) -> None:
        self._rules = [change(rule) if rule.remote == remote else rule for rule in self._rules]

    def drop(self, remote: str) -> None:
        """Send this remote field no longer."""
        self._rules = [rule for rule in self._rules if rule.remote != remote]
        self._show_rules()

    def _add(self, remote: object) -> None:
        known = self._known
        if known is None or not remote:
            return
        target = known.remote.get(str(remote))
        fitting = [key for key, _words in _sources(None, target, known.local)]
        if not fitting:
            self.notice.say(tr("None of your fields fits into {field}.", field=str(remote)))
            self.add.choose("")
            return
        self.notice.say("")
        self._rules.append(Rule(str(remote), str(fitting[0])))
        self._show_rules()

    def _save(self) -> None:
        mappings = self._desk.app.exporting.mappings
        mapping = FieldMapping(self._name, tuple(self._rules))
        self.save.setEnabled(False)
        self._desk.calls.network(
            self,
            lambda: mappings.save(mapping),
            lambda _none: self.saved.emit(),
            self._failed,
        )

    def _failed(self, error: CaptelyError) -> None:
        self.save.setEnabled(self._known is not None)
        self.notice.say_error(error)


def _sources(
    rule: Rule | None, target: RemoteField | None, local: Sequence[Field]
) -> list[tuple[object, str]]:
    """Our fields that fit into the remote one, and the rule's constant if it has one."""
    choices: list[tuple[object, str]] = [
        (field.key, field.title)
        for field in local
        if target is None or may_fit(field.kind, target.kind) or (rule and rule.source == field.key)
    ]
    if rule is not None and rule.constant is not None:
        choices.insert(0, ("", tr("Always “{value}”", value=rule.constant)))
    return choices
