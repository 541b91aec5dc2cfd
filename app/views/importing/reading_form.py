"""How a list is read: encoding, delimiter, names, lines, quotes, with what speaks for each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.text import marked, tr, trn
from app.services.importing.mapping import Preview
from app.services.importing.samples import Look, second_header
from app.services.importing.shape import FileShape, ReadOptions
from app.views.common.boxes import Card, box, column, row
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Label, Para
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.words import number

LEAST, GAP = 112, 16
_MOST_HEADER, _MOST_SKIPPED = 10, 20

ENCODINGS = {
    "utf-8": marked("UTF-8"),
    "utf-8-sig": marked("UTF-8 with mark"),
    "utf-16": marked("UTF-16"),
    "cp1252": marked("Windows-1252"),
    "iso-8859-15": marked("Latin-9"),
    "mac_roman": marked("Mac Roman"),
    "cp1250": marked("Windows-1250"),
    "cp1251": marked("Windows-1251"),
    "cp1253": marked("Windows-1253"),
    "cp1254": marked("Windows-1254"),
    "shift_jis": marked("Shift JIS"),
    "euc_kr": marked("EUC-KR"),
    "gb18030": marked("GB 18030"),
    "big5": marked("Big5"),
}
_DELIMITERS = (
    (",", marked("Comma  ,")),
    (";", marked("Semicolon  ;")),
    ("\t", marked("Tab")),
    ("|", marked("Bar  |")),
)
_QUOTES = (('"', marked('Double  "')), ("'", marked("Single  '")), ("", marked("None")))


def encoding_words(name: str) -> str:
    """How people call an encoding."""
    return tr(ENCODINGS[name]) if name in ENCODINGS else name


class ReadingForm(Card):
    """Emits reread with the ReadOptions to change."""

    reread = Signal(object)

    def __init__(self) -> None:
        super().__init__(gap=8)
        self.encoding = Select(tr("Encoding"))
        self.delimiter = Select(tr("Delimiter"))
        self.quote = Select(tr("Quotes"))
        self.header = Select(tr("Column names"))
        self.skip = Select(tr("Leave out on top"))
        self.quotes = Select(tr("Unclosed quotes"))
        self.sheet = Select(tr("Sheet"))
        self._facts: dict[Select, Fact] = {}
        self._parts: dict[Select, QWidget] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(8)
        self.body.addLayout(self._grid)
        for control in self._controls:
            self._captioned(control).setParent(self)
        self._placed: tuple[int, list[QWidget]] = (0, [])
        self.encoding.picked.connect(partial(self._pick, "encoding"))
        self.delimiter.picked.connect(partial(self._pick, "delimiter"))
        self.quote.picked.connect(partial(self._pick, "quote"))
        self.sheet.picked.connect(partial(self._pick, "sheet"))
        self.skip.picked.connect(lambda n: self.reread.emit(_skipping(n)))
        self.quotes.picked.connect(partial(self._pick, "keep_going"))
        self.header.picked.connect(self._pick_header)

    @property
    def _controls(self) -> tuple[Select, ...]:
        return (
            self.encoding, self.delimiter, self.quote, self.header, self.skip, self.quotes,
            self.sheet,
        )  # fmt: skip

    def _captioned(self, control: Select) -> QWidget:
        caption = Label(control.accessibleName(), Role.CAPTION, "secondary")
        caption.setBuddy(control)
        control.setMinimumWidth(theme().px(LEAST))
        self._facts[control] = Fact()
        self._parts[control] = box(column(caption, control, self._facts[control], None, gap=4))
        return self._parts[control]

    def restyle(self) -> None:
        """Take the widths of the present text size."""
        for control in self._controls:
            control.setMinimumWidth(theme().px(LEAST))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many controls side by side as have room for their words."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        shown = [control for control in self._controls if not self._parts[control].isHidden()]
        widest = max((control.minimumSizeHint().width() for control in shown), default=1)
        margins = self.body.contentsMargins()
        room = self.width() - margins.left() - margins.right() + GAP
        most = max(1, min(len(shown), room // (widest + GAP)))
        # Lines of equal length: five in two lines are three and two, not four and one.
        lines = -(-len(shown) // most)
        across = -(-len(shown) // lines) if shown else 1
        parts = [self._parts[control] for control in shown]
        if (across, parts) == self._placed:
            return
        self._placed = (across, parts)
        for part in self._parts.values():
            self._grid.removeWidget(part)
        for place, part in enumerate(parts):
            self._grid.addWidget(part, place // across, place % across)
        for place in range(len(self._parts)):
            self._grid.setColumnStretch(place, 1 if place < across else 0)

    def _pick(self, option: str, value: object) -> None:
        self.reread.emit({option: value})

    def _pick_header(self, value: object) -> None:
        written = str(value)
        depth = 2 if written.endswith("+") else 1
        self.reread.emit({"header_row": int(written.rstrip("+")), "header_depth": depth})

    def show_preview(self, preview: Preview, options: ReadOptions) -> None:
        """Show how the list was read."""
        shape = preview.shape
        found = shape.encoding or ""
        names = [found, *(name for name in ENCODINGS if name != found)] if found else []
        self.encoding.set_choices([(name, encoding_words(name)) for name in names])
        self.encoding.choose(found)
        self._show_delimiters(shape)
        self.quote.set_choices([(sign, tr(words)) for sign, words in _QUOTES])
        self.quote.choose(shape.quote)
        self._show_header(shape, options)
        skipped = max(options.skip_rows or 0, 0)
        rows = [(0, tr("No lines"))]
        rows += [(n, trn("{n} line", "{n} lines", n)) for n in range(1, _MOST_SKIPPED + 1)]
        self.skip.set_choices(rows)
        self.skip.choose(skipped)
        self.quotes.set_choices([(False, tr("Stop and say so")), (True, tr("Reject their lines"))])
        self.quotes.choose(options.keep_going)
        self.sheet.set_choices([(name, name) for name in shape.sheets])
        self.sheet.choose(shape.sheet)
        is_text, is_json = shape.kind == "csv", shape.kind == "json"
        for control, shown in (
            (self.encoding, is_text), (self.delimiter, is_text), (self.quote, is_text),
            (self.header, not is_json),
            (self.skip, not is_json), (self.quotes, is_text and options.keep_going),
            (self.sheet, len(shape.sheets) > 1),
        ):  # fmt: skip
            self._parts[control].setVisible(shown)
        self.setVisible(not is_json)
        for fact in self._facts.values():
            fact.say("")
        self._say_header(preview, options)
        self._place()

    def _show_delimiters(self, shape: FileShape) -> None:
        choices = [(key, tr(words)) for key, words in _DELIMITERS]
        if shape.delimiter and shape.delimiter not in dict(_DELIMITERS):
            choices.append((shape.delimiter, shape.delimiter))
        self.delimiter.set_choices(choices)
        self.delimiter.choose(shape.delimiter)

    def _show_header(self, shape: FileShape, options: ReadOptions) -> None:
        last = max(_MOST_HEADER, shape.header_row)
        rows: list[tuple[object, str]] = [
            (str(n), tr("In row {n}", n=n)) for n in range(1, last + 1)
        ]
        at = max(2, shape.header_row)
        joined = tr("Rows {one} and {two}, joined", one=at - 1, two=at)
        rows.insert(at, (f"{at}+", joined))
        self.header.set_choices([*rows, ("0", tr("None in this file"))])
        self.header.choose(f"{shape.header_row}{'+' if options.header_depth > 1 else ''}")

    def _say_header(self, preview: Preview, options: ReadOptions) -> None:
        fact, shape = self._facts[self.header], preview.shape
        if options.header_depth > 1:
            fact.say(tr("Two rows of names"), good=True)
        elif shape.header_row == 0:
            fact.say(tr("No names found: please check"), good=False)
        elif second_header(shape):
            fact.say(tr("Two header rows: please check"), good=False)
        elif shape.header_row > 1:
            fact.say(tr("Lines above: left out"), good=True)
        else:
            n = len(shape.columns)
            fact.say(trn("{n} column", "{n} columns", n), good=True)

    def show_look(self, look: Look) -> None:
        """Say what reading the whole list has shown."""
        encoding, delimiter = self._facts[self.encoding], self._facts[self.delimiter]
        if look.strange:
            encoding.say(tr("Some letters look wrong"), good=False)
        elif look.accents:
            accents = trn("{n} accent reads well", "{n} accents read well", look.accents)
            encoding.say(accents, good=True)
        else:
            encoding.say(tr("Plain letters only"), good=True)
        if look.odd_rows:
            delimiter.say(
                trn("{n} row does not fit", "{n} rows do not fit", look.odd_rows), good=False
            )
        else:
            delimiter.say(tr("Every row fits"), good=True)
        quotes = self._facts[self.quotes]
        if look.open_quote is not None:
            quotes.say(tr("Line {n} opens one", n=number(look.open_quote)), good=False)
        elif look.closed_quote is not None:
            quotes.say(tr("Line {n} is rejected", n=number(look.closed_quote)), good=False)
        if look.open_quote is not None or look.closed_quote is not None:
            self._parts[self.quotes].show()
            self._place()


def _skipping(lines: object) -> dict[str, object]:
    """Lines left out on top move the names, so these are looked for again."""
    return {"skip_rows": lines, "header_row": None, "header_depth": 1}


class Fact(QWidget):
    """A few words below a control, with a mark that says whether all is well."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = IconMark("circle-check", "pill.success.fg", beside=Role.SMALL)
        self._words = Para("", Role.SMALL)
        line = row(self._mark, self._words, gap=4)
        line.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        line.setStretchFactor(self._words, 1)
        self.setLayout(line)
        self.say("")

    def text(self) -> str:
        """The words shown now."""
        return self._words.text()

    def say(self, words: str, *, good: bool = True) -> None:
        """Show other words; none keep the room empty."""
        self._words.setText(words)
        self._words.set_tone("secondary" if good else "warning")
        tone = "pill.success.fg" if good else "pill.warning.fg"
        self._mark.show_icon("circle-check" if good else "circle-alert", tone)
        self._mark.setVisible(bool(words))
