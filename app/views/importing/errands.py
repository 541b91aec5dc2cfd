"""What the import page has done for it on the side: new fields and choices, recipes, files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from app.core.errors import CaptelyError, StorageError
from app.core.fields import CUSTOM_PREFIX, Field, FieldKind
from app.core.text import tr
from app.services.importing.recipes import Recipe, read_recipe, write_recipe
from app.services.importing.samples import field_kind
from app.services.jobs import Lane
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.importing.draft import Draft
from app.views.importing.new_field_dialog import NewFieldDialog

if TYPE_CHECKING:
    from app.views.importing.page import ImportPage

_JSON = "JSON (*.json)"


class Errands(QObject):
    """Each asks what it has to, does it in the background and shows the result on the page."""

    def __init__(self, desk: Desk, page: ImportPage) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self._pasting, self._reading_recipe = Latest(desk.calls, self), Latest(desk.calls, self)

    def paste(self) -> None:
        """Begin an import with what the clipboard holds: cells, or copied files."""
        # An empty clipboard of some systems holds nothing at all.
        mime = QApplication.clipboard().mimeData() or QMimeData()
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self._page.visit(paths[0] if len(paths) == 1 else tuple(paths))
            return
        text, html, correcting = mime.text(), mime.html(), self._desk.app.importing.correcting
        draft = self._page.draft
        self._pasting.call(
            Lane.BULK,
            lambda: correcting.paste(text, html),
            lambda path: self._page.choose(path) if self._page.draft is draft else None,
            self._not_pasted,
        )

    def _not_pasted(self, error: CaptelyError) -> None:
        if self._page.choosing:
            self._page.file.say_error(error)
        else:
            self._desk.say_error(error)

    def new_field(self, name: str) -> None:
        """Make a field of the user's own for a column."""
        draft = self._page.draft
        preview = draft.preview if draft is not None else None
        if draft is None or preview is None:
            return
        index = preview.shape.names.index(name)
        values = [raw.cells[index] for raw in preview.rows if index < len(raw.cells)]
        kind, choices = field_kind(values)
        samples = preview.columns[index].samples
        dialog = NewFieldDialog(name, kind, choices, samples, self._page.host)
        dialog.finished.connect(lambda code: self._asked(code, dialog, draft, name))
        dialog.open()

    def _asked(self, code: int, dialog: NewFieldDialog, draft: Draft, name: str) -> None:
        wanted = dialog.wanted
        dialog.deleteLater()
        if code == QDialog.DialogCode.Accepted:
            self.make_field(draft, name, *wanted)

    def make_field(
        self, draft: Draft, column: str, label: str, kind: FieldKind, choices: tuple[str, ...]
    ) -> None:
        """Make the field and put the column into it."""
        fields = self._desk.app.custom_fields
        self._desk.calls.edit(
            self,
            lambda: (fields.add(label, kind, choices), fields.fields()),
            lambda made: self._made(draft, column, *made),
            self._page.mapping.notice.say_error,
        )

    def _made(self, draft: Draft, column: str, field: Field, custom: tuple[Field, ...]) -> None:
        draft.custom = custom
        draft.new_fields.add(column)
        if self._page.draft is draft:
            self._page.mapping.choose(column, field.key)

    def create_value(self, key: str, written: str) -> None:
        """Make a status or a choice of a value that the file has."""
        app, draft = self._desk.app, self._page.draft
        if draft is None:
            return

        def make() -> str:
            if key == "status":
                return app.statuses.add(written)
            field = next(one for one in app.custom_fields.fields() if one.key == key)
            name = key.removeprefix(CUSTOM_PREFIX)
            app.custom_fields.set_choices(name, [*field.choices, written])
            return written

        self._desk.calls.edit(self, make, lambda _made: self._remade(draft))

    def _remade(self, draft: Draft) -> None:
        if self._page.draft is draft:
            self._page.make_plan()

    def save_recipe(self) -> None:
        """Write what is decided into a file."""
        draft = self._page.draft
        preview = draft.preview if draft is not None else None
        if draft is None or preview is None:
            return
        name = f"{draft.path.stem} recipe.json"
        path = ask_where(self._page.host, tr("Save recipe"), name, _JSON)
        if path is None:
            return
        options, correcting = draft.options, self._desk.app.importing.correcting
        self._desk.calls.edit(
            self,
            lambda: write_recipe(correcting.recipe(preview, options), path),
            lambda _none: self._desk.say(tr("The recipe is saved as {name}.", name=path.name)),
        )

    def refuse_several(self, files: Sequence[Path]) -> None:
        """Several files were dropped at once: say so where it is seen."""
        said = tr("Drop one list at a time; {n} files were dropped.", n=len(files))
        if self._page.choosing:
            self._page.file.notice.say(said)
        else:
            self._desk.say(said)

    def use_recipe(self) -> None:
        """Decide as a file says."""
        name, _filter = QFileDialog.getOpenFileName(self._page.host, tr("Use a recipe"), "", _JSON)
        if name:
            self.take_recipe(Path(name))

    def take_recipe(self, path: Path) -> None:
        """Read a recipe and follow it."""
        draft = self._page.draft
        self._reading_recipe.read(
            lambda: read_recipe(path), lambda recipe: self._take(draft, path.stem, recipe)
        )

    def _take(self, draft: Draft | None, name: str, recipe: Recipe) -> None:
        page = self._page
        if draft is None or draft.preview is None or draft is not page.draft:
            return
        draft.take(recipe)
        draft.recipe_name = name
        if draft.is_misread:
            page.read_again()
        elif page.plan is not None:
            page.make_plan()
        else:
            page.show_mapping()
        self._desk.say(tr("The list follows the recipe {name}.", name=name))

    def forget(self) -> None:
        """Guess anew, now and the next time."""
        draft = self._page.draft
        preview = draft.preview if draft is not None else None
        if draft is not None and preview is not None:
            correcting, path = self._desk.app.importing.correcting, draft.path
            self._desk.calls.edit(
                self,
                lambda: correcting.forget(preview),
                lambda _none: self._page.choose(path) if self._page.draft is draft else None,
            )

    def save_rejects(self) -> None:
        """Write the rows that would be rejected into a file, before anything is imported."""
        plan = self._page.plan
        if plan is None or not plan.counts.rejected:
            return
        name = f"{plan.source.stem} rejected.csv"
        path = ask_where(self._page.host, tr("Save rejected rows"), name, "CSV (*.csv)")
        if path is not None:
            correcting = self._desk.app.importing.correcting
            self._desk.calls.edit(
                self,
                lambda: correcting.save_rejects(plan, path),
                lambda _none: self._desk.say(tr("Saved as {name}.", name=path.name)),
            )


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Where a file is to be written, None if nowhere."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return Path(chosen) if chosen else None


def copy_rejects(source: Path, path: Path) -> None:
    """Copy the file of rejected rows; raises StorageError when it cannot be written."""
    try:
        shutil.copyfile(source, path)
    except OSError as error:
        raise StorageError(
            tr("The rejected rows cannot be saved as {name}.", name=path.name),
            tr("Choose another folder."),
            str(error),
        ) from error
