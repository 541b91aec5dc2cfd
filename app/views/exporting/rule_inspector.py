"""Everything about one rule of a mapping: where its value comes from, policies, values, samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.connectors import RemoteField
from app.services.exporting import Editing, Rule, Sample, ValueCount
from app.services.exporting.mapping import CLEAR, CREATE, FILL, INVALID, OVERWRITE, SKIP
from app.services.exporting.values import option_for
from app.views.common.boxes import Part, Scrolled, box, column, row
from app.views.common.boxes import Rule as Line
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.painting import LEFT, paint_box, paint_text
from app.views.common.pills import Notice, Pill
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL, Tone
from app.views.common.words import number
from app.views.exporting.mapping_words import CONSTANT, kind_of, our_choices, title_of
from app.views.exporting.picker import Choice, Picker

W = TypeVar("W", bound=QWidget)

TEXT = "text"
MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """What the inspector shows: the rule, its problem if any, samples, and values with counts."""

    rule: Rule
    problem: str = ""
    samples: Sequence[Sample] = ()
    values: Sequence[ValueCount] = ()


class RuleInspector(Scrolled):
    """changed carries the rule as it was and as it is to be; removed the rule to take out."""

    changed = Signal(object, object)
    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__(QWidget(), tr("The chosen field"), over=True)
        self._editing: Editing | None = None
        self._shown: Shown | None = None
        self.controls: dict[str, QWidget] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._build)

    def show_rule(self, editing: Editing, shown: Shown | None) -> None:
        """Show a rule, or nothing; made anew once the control that was used has finished."""
        self._editing, self._shown = editing, shown
        self._later.start()

    @property
    def shown(self) -> Shown | None:
        """What is shown."""
        return self._shown

    def change(self, **values: object) -> None:
        """Change the rule in some of its parts."""
        if self._shown is not None:
            rule = self._shown.rule
            self.changed.emit(rule, replace(rule, **values))  # type: ignore[arg-type]

    def pick_source(self) -> None:
        """Choose where the value comes from."""
        editing, shown = self._editing, self._shown
        button = self.controls.get("source")
        if editing is None or shown is None or button is None:
            return
        target = editing.remote.get(shown.rule.remote)
        choices = our_choices(editing, target, ())
        if shown.rule.remote != editing.key_field:
            same = tr("The same text for everybody")
            choices.insert(0, Choice(CONSTANT, same, tr("Text"), finds=tr("constant fixed always")))
        Picker(button, tr("Take it from"), choices, self._source_picked)

    def _source_picked(self, key: str) -> None:
        if key != CONSTANT:
            self.change(source=key, constant=None)
        elif self._shown is not None and self._shown.rule.constant is None:
            target = self._target()
            first = target.options[0].value if target and target.options else ""
            self.change(source=None, also=(), constant=first, fallback=None)

    def _target(self) -> RemoteField | None:
        if self._editing is None or self._shown is None:
            return None
        return self._editing.remote.get(self._shown.rule.remote)

    def _build(self) -> None:
        focused = next((key for key, each in self.controls.items() if each.hasFocus()), "")
        self.controls = {}
        editing, shown = self._editing, self._shown
        if editing is None or shown is None:
            self.setWidget(_nothing())
            return
        parts: list[Part] = [*self._head(editing, shown), Line(), *self._source(editing, shown)]
        if shown.rule.remote != editing.key_field:
            parts += [*self._blank(shown), *self._policy(editing, shown)]
        parts += [*self._values(shown), Line(), *_samples(shown.samples), None]
        self.setWidget(box(column(*parts, gap=8, margins=(15, 15, 15, 24))))
        self.updateGeometry()
        if focused in self.controls:
            self.controls[focused].setFocus()

    def _head(self, editing: Editing, shown: Shown) -> list[Part]:
        target = self._target()
        title = ElidedLabel(target.label if target else shown.rule.remote, Role.SUBTITLE)
        remove = self._keep("remove", IconBtn("trash-2", tr("Take the field out of the mapping")))
        remove.clicked.connect(lambda: self.removed.emit(shown.rule))
        is_key = shown.rule.remote == editing.key_field
        remove.setEnabled(not is_key)
        line = row(title, remove, gap=8)
        line.setStretchFactor(title, 1)
        code = ElidedLabel(shown.rule.remote, Role.CODE, "muted")
        facts = row(code, gap=8)
        facts.setStretchFactor(code, 1)
        if target is not None:
            facts.addWidget(Pill(kind_of(target), dot=False))
        if is_key:
            facts.addWidget(Pill(tr("Key"), Tone.INFO, dot=False))
        elif target is not None and target.required:
            facts.addWidget(Pill(tr("Required"), Tone.WARNING, dot=False))
        parts: list[Part] = [line, facts]
        if shown.problem:
            notice = Notice(Tone.DANGER)
            notice.say(shown.problem)
            parts.append(notice)
        return parts

    def _source(self, editing: Editing, shown: Shown) -> list[Part]:
        rule = shown.rule
        words = (
            tr("The same text for everybody")
            if rule.source is None
            else title_of(rule.source, editing.local)
        )
        button = self._keep("source", _WideBtn(words))
        button.setAccessibleName(tr("Take it from: {field}", field=words))
        button.clicked.connect(self.pick_source)
        parts: list[Part] = [_caption(tr("Take it from")), button]
        if rule.source is None:
            parts.append(self._constant(rule))
            return parts
        for place, source in enumerate(rule.also):
            parts.append(self._further(editing, rule, place, source))
        if rule.remote != editing.key_field:
            more = self._keep("more", Btn(tr("Else take another field"), Kind.LINK, "plus"))
            more.clicked.connect(lambda: self._pick_further(more, rule))
            parts.append(more)
        return parts

    def _constant(self, rule: Rule) -> QWidget:
        target = self._target()
        if target is not None and target.options:
            select = self._keep(
                "constant",
                Select(tr("Text"), [(each.value, each.label) for each in target.options]),
            )
            select.choose(rule.constant)
            select.picked.connect(lambda value: self.change(constant=str(value)))
            return select
        line = self._keep("constant", QLineEdit(rule.constant or ""))
        line.setAccessibleName(tr("The text for everybody"))
        line.setPlaceholderText(tr("The text for everybody"))
        line.editingFinished.connect(lambda: self._typed("constant", line, rule.constant))
        return line

    def _further(self, editing: Editing, rule: Rule, place: int, source: str) -> QWidget:
        words = ElidedLabel(tr("else {field}", field=title_of(source, editing.local)))
        drop = self._keep(f"drop{place}", IconBtn("x", tr("No longer take {field}", field=source)))
        left = (*rule.also[:place], *rule.also[place + 1 :])
        drop.clicked.connect(lambda: self.change(also=left))
        line = row(words, drop, gap=8, margins=(12, 0, 0, 0))
        line.setStretchFactor(words, 1)
        return box(line)

    def _pick_further(self, at: QWidget, rule: Rule) -> None:
        if self._editing is not None:
            choices = our_choices(self._editing, self._target(), rule.sources)
            Picker(
                at,
                tr("Else take"),
                choices,
                lambda key: self.change(also=(*rule.also, key)),
            )

    def _blank(self, shown: Shown) -> list[Part]:
        rule = shown.rule
        if rule.source is None:
            return []
        choices = [
            (SKIP, tr("Leave theirs alone")),
            (CLEAR, tr("Clear theirs")),
            (TEXT, tr("Send this text")),
        ]
        select = self._keep("blank", Select(tr("If it is blank here"), choices))
        select.choose(TEXT if rule.fallback is not None else rule.blank)
        select.picked.connect(self._blank_picked)
        parts: list[Part] = [_caption(tr("If it is blank here")), select]
        if rule.fallback is not None:
            line = self._keep("fallback", QLineEdit(rule.fallback))
            line.setAccessibleName(tr("The text instead"))
            line.setPlaceholderText(tr("The text instead"))
            line.editingFinished.connect(lambda: self._typed("fallback", line, rule.fallback))
            parts.append(line)
        return parts

    def _blank_picked(self, value: object) -> None:
        if value == TEXT:
            self.change(blank=SKIP, fallback="")
        else:
            self.change(blank=str(value), fallback=None)

    def _policy(self, editing: Editing, shown: Shown) -> list[Part]:
        caption = tr("If {label} has a value", label=editing.label)
        choices = [
            (OVERWRITE, tr("Overwrite it")),
            (FILL, tr("Keep it, fill only blanks")),
            (CREATE, tr("Send only with new contacts")),
        ]
        select = self._keep("write", Select(caption, choices))
        select.choose(shown.rule.write)
        select.picked.connect(lambda value: self.change(write=str(value)))
        return [_caption(caption), select]

    def _values(self, shown: Shown) -> list[Part]:
        target, rule = self._target(), shown.rule
        if target is None or not target.options or rule.source is None or not shown.values:
            return []
        lost = sum(
            option_for(rule.values.get(v.value, v.value), target) is None for v in shown.values
        )
        parts: list[Part] = [Line(), _caption(tr("Your value, and theirs"))]
        if lost:
            words = trn("{n} value has no choice there.", "{n} values have no choice there.", lost)
            parts.append(Para(words, Role.SMALL, "warning"))
        parts += [self._value(rule, target, each) for each in shown.values[:MOST_VALUES]]
        rest = len(shown.values) - MOST_VALUES
        if rest > 0:
            parts.append(Para(trn("{n} more value", "{n} more values", rest), Role.SMALL, "muted"))
        choices = [(INVALID, tr("Do not send the contact")), (SKIP, tr("Leave the field out"))]
        select = self._keep("unmapped", Select(tr("A value without a choice"), choices))
        select.choose(rule.unmapped)
        select.picked.connect(lambda value: self.change(unmapped=str(value)))
        return [*parts, _caption(tr("A value without a choice")), select]

    def _value(self, rule: Rule, target: RemoteField, value: ValueCount) -> QWidget:
        found = option_for(rule.values.get(value.value, value.value), target)
        words = ElidedLabel(value.value, Role.BODY)
        count = Label(number(value.count), Role.FIGURE, "muted")
        choices = [("", tr("No choice")), *((each.value, each.label) for each in target.options)]
        select = self._keep(f"value:{value.value}", Select(value.value, choices))
        select.choose(found or "")
        select.picked.connect(lambda picked: self._map_value(rule, value.value, str(picked)))
        head = row(words, count, gap=8)
        head.setStretchFactor(words, 1)
        return box(column(head, select, gap=4))

    def _map_value(self, rule: Rule, ours: str, theirs: str) -> None:
        values = {key: value for key, value in rule.values.items() if key != ours}
        if theirs:
            values[ours] = theirs
        self.change(values=values)

    def _typed(self, part: str, line: QLineEdit, before: str | None) -> None:
        if line.text() != (before or ""):
            self.change(**{part: line.text()})

    def _keep(self, key: str, control: W) -> W:
        self.controls[key] = control
        return control


class _WideBtn(Btn):
    """A button as wide as its column that looks like a drop-down, since it opens a list."""

    def __init__(self, words: str) -> None:
        super().__init__(words, Kind.OUTLINE, "chevron-down")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Long words may be cut; the list shows them whole."""
        return QSize(theme().px(96), theme().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint box, words and chevron."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        ground = look.colour("bg.hover" if self._hovered else "bg.surface")
        paint_box(painter, rect, RADIUS_CONTROL, ground, look.colour("border.control"))
        side = look.px(16)
        words = rect.adjusted(12, 0, -20 - side, 0)
        paint_text(painter, words, self.text(), Role.BODY, look.colour("text.primary"), LEFT)
        chevron = QRectF(rect.right() - 12 - side, (rect.height() - side) / 2, side, side)
        paint_icon(painter, self.icon_name, chevron, look.colour("text.secondary"))


def _caption(words: str) -> Label:
    return Label(words, Role.CAPTION, "secondary")


def _samples(samples: Sequence[Sample]) -> list[Part]:
    parts: list[Part] = [_caption(tr("As it will be sent"))]
    for each in samples:
        name = ElidedLabel(each.name, Role.SMALL, "secondary")
        tone = "danger" if each.fault else "primary" if each.text else "muted"
        words = each.fault or each.text or (tr("cleared") if each.text == "" else tr("not sent"))
        sent = ElidedLabel(words, Role.SMALL, tone)
        line = row(name, sent, gap=8)
        line.setStretchFactor(name, 2)
        line.setStretchFactor(sent, 3)
        parts.append(line)
    if not samples:
        parts.append(Para(tr("No contact to show."), Role.SMALL, "muted"))
    return parts


def _nothing() -> QWidget:
    words = Para(tr("Choose a field at the left to see where its value comes from."))
    return box(column(words, None, margins=(16, 16, 16, 16)))
