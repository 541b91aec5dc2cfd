"""Writes pictures of every page and state, in both themes, two sizes, and in French.

    python packaging/screenshots.py [--large-text] [FOLDER]     by default docs/pictures

Each combination runs in a process of its own, since Qt takes its scale factor at start. The
pictures show the shipped sample contacts in a practice workspace, at a fixed time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageColor

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import plan_tour  # noqa: E402

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.core.paths import Workspace
    from app.views.contacts.page import ContactsPage
    from app.views.exporting.page import ExportsPage
    from app.views.importing.page import ImportPage
    from app.views.settings.page import SettingsPage
    from app.views.shell.window import MainWindow
    from app.views.vocabulary.page import VocabularyPage

NOW = "2026-11-23T10:00:00Z"
SMALL = (1024, 640)
PERSON = "Claire Dubois"

BAD_LIST = """Messe München;;;;;;
Vorname;Nachname;Firma;E-Mail;Telefon;Letzter Kontakt;Status
Jürgen;Groß;Groß & Söhne GmbH;j.gross@gross.example;+49 89 5550 0117;03/04/2026;new
Adela;Buendía;Minato Rail;adela.buendia@minato-rail.example;+34 810 12 77 84;02/03/2026;new
Zoë;Müller;Alpenblick AG;zoe.mueller@alpenblick.example;+41 44 555 01 21;05/04/2026;Interessent
Beatriz;Gonçalves;Douro Vinhos;beatriz(at)douro.example;+351 22 555 0190;06/04/2026;new
François;Noël;Cévennes Bois;f.noel@cevennes.example;3.36988E+10;01/08/2026;new
Katarzyna;Mazur;Wisla;k.mazur@wisla,example;+48 22 555 01 51;02/07/2026;Interessent
Yusuf;Demir;Anadolu;yusuf(at)anadolu.example;+90 212 555 01 42;04/06/2026;new
Helga;Brandt;Nordwind Logistik;helga.brandt@;+49 30 5550 0188;07/05/2026;Kunde seit 2019
Renée;Lefèvre;Atelier Rivoli;renee@rivoli.example;3.36123E+10;08/09/2026;new
Anke;Vogt;Alp;anke vogt@alp.example;+41 44 555 01 77;09/10/2026;new
Piotr;Lis;Lis;piotr@lis;+48 61 555 01 09;10/11/2026;new
Hélène;Dupré;"Atelier Rivoli;helene.dupre@rivoli.example;+33 1 55 55 01 60;11/12/2026;new
Núria;Puig;Puig & Fills SL;nuria.puig@puig.example;+34 93 555 0140;12/12/2026;new
"""
"""A list with what lists have: a title, somebody known, lost digits, odd words, an open quote."""

Shots = Iterator[str]


@dataclass(frozen=True, slots=True)
class Look:
    """One rendering of everything: theme, scale of the screen, text size, language."""

    theme: str = "light"
    scale: str = "1"
    percent: int = 100
    language: str = "en"

    @property
    def suffix(self) -> str:
        """What the names of its pictures end in."""
        parts = (
            "" if self.scale == "1" else "-150",
            "" if self.percent == 100 else f"-text-{self.percent}",
            "" if self.language == "en" else f"-{self.language}",
            "" if self.theme == "light" else f"-{self.theme}",
        )
        return "".join(parts)


THEMES = ("light", "dark")
LOOKS = (
    *(Look(theme, scale) for theme in THEMES for scale in ("1", "1.5")),
    Look(language="fr"),
)
LARGE_TEXT = tuple(Look(theme, percent=125) for theme in THEMES)


def main() -> int:
    """Render all, or with --child one look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument(
        "--large-text", action="store_true", help="also in the smallest window with larger text"
    )
    parser.add_argument("--child", nargs=4, metavar=("THEME", "SCALE", "PERCENT", "LANGUAGE"))
    given = parser.parse_args()
    if given.child:
        theme, scale, percent, language = given.child
        return render(given.folder, Look(theme, scale, int(percent), language))
    for look in (*LOOKS, *(LARGE_TEXT if given.large_text else ())):
        child = ["--child", look.theme, look.scale, str(look.percent), look.language]
        subprocess.run(
            [sys.executable, __file__, str(given.folder), *child],
            env={**os.environ, **environment(look.scale)},
            check=True,
        )
    return 0


def environment(scale: str) -> dict[str, str]:
    """What makes a run the same everywhere."""
    return {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": scale,
        "QT_LOGGING_RULES": "qt.qpa.*=false",
        "CAPTELY_NOW": NOW,
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "LOGNAME": PERSON,
    }


def render(folder: Path, look: Look) -> int:
    """Write the pictures of one look."""
    from app.core.paths import Workspace

    with tempfile.TemporaryDirectory(prefix="captely-pictures-") as place:
        workspace = Workspace(Path(place) / "Nordlicht").make_sandbox()
        with opened(workspace, look) as (_app, window):
            shoot(window, (name for tour in TOURS for name in tour(window)), folder, look)
        render_plans(Path(place), folder, look)
    return 0


def render_plans(place: Path, folder: Path, look: Look) -> None:
    """Write the pictures of plan and usage, each of a real workspace with a time of its own."""
    import app.bootstrap
    from app.core.clock import clock_from_environment
    from app.core.paths import Workspace

    vendor = plan_tour.Vendor()
    for name, prepare, tour in plan_tour.WORKSPACES:
        clock = plan_tour.PlayedClock(plan_tour.NOW)
        app.bootstrap.clock_from_environment = partial(_same, clock)  # type: ignore[assignment]
        fill = partial(prepare, clock=clock, vendor=vendor)
        with opened(Workspace(place / name / "Nordlicht"), look, fill) as (made, window):
            shoot(window, tour(made, window, clock, vendor), folder, look)
    app.bootstrap.clock_from_environment = clock_from_environment


def _same(clock: plan_tour.PlayedClock) -> plan_tour.PlayedClock:
    return clock


@contextmanager
def opened(
    workspace: Workspace, look: Look, prepare: Callable[[App], None] = lambda _app: None
) -> Iterator[tuple[App, MainWindow]]:
    """A window on a workspace that `prepare` has filled."""
    from app.bootstrap import build
    from app.core.actor import Origin
    from app.core.settings import FONT_SIZE, LANGUAGE, THEME, USER_NAME
    from app.views.desktop import make_window, prepare_application

    app = build(workspace, origin=Origin.UI)
    app.settings.set(THEME, look.theme)
    app.settings.set(FONT_SIZE, look.percent)
    app.settings.set(LANGUAGE, look.language)
    app.settings.set(USER_NAME, PERSON)
    prepare(app)
    prepare_application()
    window = make_window(app)
    if look.percent > 100:
        window.resize(*SMALL)
    window.open()
    yield app, window
    window.close()
    app.close()


def shoot(window: MainWindow, names: Iterable[str], folder: Path, look: Look) -> None:
    """Write a picture whenever the tour says its name."""
    from app.views.shell.pictures import save, settle

    for name in names:
        # What was closed may have left no window active, and then no focus is shown.
        window.activateWindow()
        settle(window)
        shrink(save(window, folder / f"{name}{look.suffix}.png"))


def shrink(path: Path) -> None:
    """Keep 256 colours as they are: those of the theme, then the most used.

    A palette of means, or of the most used alone, would tint small things such as the dots of a
    legend, which are fewer than the shades of letters.
    """
    from app.views.common.theme import theme

    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    own = [ImageColor.getrgb(code) for code in theme().tokens.hexes.values()]
    kept = list(dict.fromkeys([*own, *(colour for _n, colour in counted)]))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def import_tour(window: MainWindow) -> Shots:
    """From the empty window to a finished import."""
    from app.core.paths import resources
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    settle(window)
    yield "empty-contacts"
    window.show_place(Place.IMPORT)
    yield "import-0-empty"
    page: ImportPage = window.page(Place.IMPORT)  # type: ignore[assignment]
    page.choose(resources() / "samples" / "contacts.csv")
    yield "import-1-file"
    page.next.click()
    page.mapping.options.tags.setText("messe-2026, dach")
    page.mapping.options.tags.textEdited.emit("messe-2026, dach")
    yield "import-2-mapping"
    for question in page.mapping.options.questions.values():
        question.radios["dmy"].click()
    page.next.click()
    yield "import-3-rows"
    page.next.click()
    yield "import-4-done"
    yield from corrections(window, page)


def corrections(window: MainWindow, page: ImportPage) -> Shots:
    """A list with all kinds of problems, put right."""
    from app.views.importing.review_step import MATCHES, VALUES
    from app.views.shell.pictures import settle

    window.toast.hide()
    path = Path(tempfile.mkdtemp(prefix="captely-list-")) / "messe-muenchen-2026.csv"
    path.write_text(BAD_LIST, "cp1252")
    page.start_over()
    page.choose(path)
    yield "import-1-quote"
    page.file.reread.emit({"keep_going": True})
    settle(window)
    page.next.click()
    settle(window)
    page.mapping.pick(4)
    yield "import-2-question"
    if page.mapping.picker is not None:
        page.mapping.picker.close()
    for question in page.mapping.options.questions.values():
        question.radios["dmy"].click()
    page.next.click()
    yield "import-3-review"
    page.review.problems.offer_rule()
    yield "import-3-fix-all"
    page.review.problems.close_changes()
    page.review.show_view(VALUES)
    yield "import-3-values"
    page.review.show_view(MATCHES)
    yield "import-3-matches"
    page.next.click()
    yield "import-4-rejected"
    window.toast.hide()


def contacts_tour(window: MainWindow) -> Shots:
    """The list, its drawer and its states."""
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    window.toast.hide()
    window.show_place(Place.CONTACTS)
    page: ContactsPage = window.page(Place.CONTACTS)  # type: ignore[assignment]
    yield "contacts"
    page.table.select(2)
    page.open_contact(page.model.ids[2])
    yield "contact-drawer"
    yield from drawer_tour(window, page)
    page.model.checks.add(page.model.ids[:3])
    yield "contacts-selected"
    page.bulk.delete(page.checked())
    yield "contacts-undo-toast"
    window.desk.undo()
    settle(window)
    window.toast.hide()
    page.search.setText("zzz")
    yield "contacts-no-match"
    page.clear()
    settle(window)
    page.search.setText("colour:red")
    yield "contacts-bad-search"
    page.clear()
    yield from contact_list_tour(window, page)


def contact_list_tour(window: MainWindow, page: ContactsPage) -> Shots:
    """Filters, saved views, help while searching, a cell being edited, the cards and the trash."""
    from PySide6.QtCore import Qt

    from app.views.shell.pictures import settle

    app = window.desk.app
    app.views.save("Hot leads", "status:qualified has:email")
    app.views.save("No e-mail", "no:email")
    page.keeper.load()
    settle(window)
    window.toast.hide()
    page.search.setText("status:new,contacted -tag:dach has:phone")
    yield "contacts-filters"
    page.search.setText("status:")
    page.search.setFocus(Qt.FocusReason.OtherFocusReason)
    page.search.suggest()
    yield "contacts-help"
    page.search.close_list()
    page.clear()
    settle(window)
    page.columns.choose(("name", "title", "company", "city", "status", "last_contacted"))
    page.editing.begin(3, 3)
    yield "contacts-cell"
    page.editing.cancel()
    page.columns.reset()
    page.doing.toggle_kind()
    yield "contacts-cards"
    page.doing.toggle_kind()
    page.filters.trash.click()
    yield "contacts-trash"
    page.clear()
    page.filters.everything.click()
    settle(window)
    page.table.skeleton.begin()
    yield "contacts-loading"
    page.table.skeleton.hide()
    yield from odd_contacts(window, page)


def odd_contacts(window: MainWindow, page: ContactsPage) -> Shots:
    """Long names and values, many tags, and words from right to left."""
    from app.views.shell.pictures import settle

    app = window.desk.app
    made = [
        app.contacts.add(values).id
        for values in (
            {
                "full_name": "Wolfeschlegelsteinhausenbergerdorff-Oberschwätzinger Maximiliane",
                "email": "maximiliane@donaudampfschifffahrtsgesellschaft.example",
                "company": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk GmbH & Co. KG",
                "title": "Stellvertretende Leiterin der strategischen Beschaffung",
                "tags": "automotive, dach, follow-up, logistics, newsletter, partner, prio, wine",
            },
            {
                "full_name": "נועה כהן",
                "email": "noa@cohen.example",
                "company": "כהן ושות׳",
                "title": "מנהלת מכירות",
                "tags": "newsletter",
            },
        )
    ]
    page.search.setText("tag:newsletter")
    settle(window)
    window.toast.hide()
    for contact, name in zip(made, ("contact-long", "contact-right-to-left"), strict=True):
        page.open_contact(contact)
        yield name
    page.drawer.dismiss()
    app.contacts.delete(made)
    settle(window)
    window.toast.hide()
    page.clear()


def drawer_tour(window: MainWindow, page: ContactsPage) -> Shots:
    """One contact: edited in place, its timeline, its history, and the form of a new one."""
    from PySide6.QtCore import Qt

    from app.views.shell.pictures import settle

    drawer, app = page.drawer, window.desk.app
    contact = page.model.ids[2]
    for values in (
        {"title": "Head of Sales", "email.home": "adela@casa.example"},
        {"status": "qualified", "tags": "dach, messe-2026, prio"},
        {"notes": "Wants the price list in Spanish.\nCall again after the fair."},
    ):
        app.contacts.change(contact, values)
    settle(window)
    window.toast.hide()
    drawer.details.rows["title"].toggle_panel()
    yield "contact-provenance"
    drawer.editing.begin("phone")
    yield "contact-edit"
    drawer.editing.cancel()
    drawer.editing.begin("tags")
    yield "contact-edit-tags"
    drawer.editing.cancel()
    drawer.editing.begin("company")
    drawer.editing.edit.editor.set_text("Minato Rail S.A.")
    app.contacts.change(contact, {"company": "Minato Group"})
    drawer.editing.finish()
    yield "contact-conflict"
    drawer.editing.cancel()
    drawer.editing.begin("last_contacted")
    calendar = drawer.editing.edit.editor.show_calendar()
    calendar.setParent(window, calendar.windowFlags() & ~Qt.WindowType.Popup)
    line = drawer.editing.edit.editor.line
    calendar.move(line.mapTo(window, line.rect().topLeft()) - calendar.rect().bottomLeft())
    calendar.show()
    yield "contact-calendar"
    calendar.close()
    drawer.editing.cancel()
    drawer.show_tab(1)
    yield "contact-timeline"
    drawer.show_tab(2)
    yield "contact-history"
    drawer.add()
    window.toast.clear()
    drawer.form.editors["first_name"].set_text("Ada")
    drawer.form.editors["email"].set_text("adela.buendia@minato-rail.example")
    drawer.form.likeness_wished.emit(drawer.form.values())
    yield "contact-form"
    drawer.form.editors["email"].set_text("ada@")
    drawer.form.submit()
    yield "contact-form-refused"
    drawer.dismiss()
    drawer.new.draft = {}
    window.toast.hide()


def export_tour(window: MainWindow) -> Shots:
    """Connection, a file, mapping, dry run, run and history."""
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    window.toast.hide()
    window.show_place(Place.CONNECTIONS)
    settle(window)
    page: ExportsPage = window.page(Place.EXPORTS)  # type: ignore[assignment]
    connections = window.page(Place.CONNECTIONS)
    next(iter(connections.cards.values())).test.click()  # type: ignore[attr-defined]
    yield "connections"
    window.show_place(Place.EXPORTS)
    yield "exports-empty"
    page.to_file()
    yield "export-file"
    page.to_connector()
    yield "export-dry-run"
    yield from mapping_states(window, page)
    page.plan.send.click()
    yield "export-run"
    yield from backfill_states(window, page)
    page.show_runs()
    yield "exports"


def mapping_states(window: MainWindow, page: ExportsPage) -> Shots:
    """The editor with a picklist, and the list to choose a field from."""
    from app.views.exporting.picker import Picker
    from app.views.shell.pictures import settle

    page.plan.mapping_wished.emit()
    settle(window)
    editor = page.mapping.editor
    editor.add_remote("lifecyclestage")
    settle(window)
    editor.inspector.change(source="status", constant=None)
    for picker in window.findChildren(Picker):
        picker.end()
    yield "export-mapping"
    editor.add_field()
    yield "export-mapping-fields"
    for picker in window.findChildren(Picker):
        picker.end()
    page.mapping.back.click()


def backfill_states(window: MainWindow, page: ExportsPage) -> Shots:
    """A mapping that was changed since contacts were sent."""
    from app.services.exporting import FieldMapping, Rule
    from app.views.shell.pictures import settle

    mappings = window.desk.app.exporting.mappings
    lead = Rule("lifecyclestage", constant="lead")
    mappings.save(FieldMapping("hubspot", (*mappings.get("hubspot").rules, lead)))
    page.to_connector()
    settle(window)
    page.plan.table.select(2)
    yield "export-backfill"
    page.plan.back.click()
    settle(window)


def other_tour(window: MainWindow) -> Shots:
    """History."""
    from app.views.common.places import Place

    window.show_place(Place.HISTORY)
    yield "history"


def settings_tour(window: MainWindow) -> Shots:
    """The sections of the settings, a search, and a shortcut that is taken."""
    from app.views.common.places import Place
    from app.views.contacts.actions import ADD
    from app.views.shell.actions import UNDO
    from app.views.shell.pictures import settle

    window.toast.hide()
    window.show_place(Place.SETTINGS)
    page: SettingsPage = window.page(Place.SETTINGS)  # type: ignore[assignment]
    page.show_section("appearance")
    yield "settings"
    page.search.setText("size")
    yield "settings-search"
    page.search.setText("xyzzy")
    yield "settings-no-match"
    page.search.clear()
    page.show_section("export")
    yield "settings-exporting"
    page.show_section("shortcuts")
    settle(window)
    page.section("shortcuts").press(ADD, UNDO.keys[0])  # type: ignore[attr-defined]
    yield "settings-shortcuts"
    page.show_section("data")
    yield "settings-data"
    page.show_section("about")
    yield "settings-about"


def shell_tour(window: MainWindow) -> Shots:
    """What floats above the pages: palette, shortcut sheet, job centre, messages."""
    from app.services.jobs import JobChanged, JobProgress, JobState
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    window.toast.clear()
    window.show_place(Place.CONTACTS)
    palette = window.floating.palette
    palette.open(Place.CONTACTS)
    yield "palette"
    palette.field.setText("imp")
    yield "palette-search"
    palette.close_palette()
    window.floating.sheet.open()
    yield "shortcuts"
    window.floating.sheet.close_panel()
    app = window.desk.app
    app.jobs.pause(app.jobs.create("import", "Import of leads-q4.xlsx", {}, total=100_000))
    window.floating.open_jobs()
    settle(window)
    job, (done, total) = app.jobs.views()[0], (12_400, 100_000)
    running = JobState.RUNNING
    app.bus.publish(JobChanged(replace(job, state=running)))
    app.bus.publish(
        JobProgress(job.id, job.kind, job.label, running, done, total, 3_100.0, 28.0, "")
    )
    yield "jobs"
    window.floating.job_centre.close_panel()
    window.desk.say("3 contacts deleted", "Undo", window.desk.undo)
    window.desk.say("12 contacts tagged", "Undo", window.desk.undo)
    window.toast.focus()
    yield "messages"
    window.toast.clear()
    window.floating.drop_target.offer([Path("leads-q4.xlsx")])
    yield "drop-target"
    window.floating.drop_target.hide()


def vocabulary_tour(window: MainWindow) -> Shots:
    """Own fields with their choices, the pipeline, and tags."""

    from app.services.bulk.acts import Act, Edit
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    app = window.desk.app
    app.custom_fields.add("Company size", "choice", ["1-10", "11-50", "51-200", "201+"])
    app.custom_fields.add("Budget", "money")
    app.custom_fields.add("Contract end", "date")
    for size, first in (("51-200", 20), ("11-50", 90)):
        edit = Edit(Act.SET, "custom:company_size", size)
        app.bulk.run(app.bulk.plan(range(first, first + 20), [edit]))
    app.statuses.add("In talks", "accent")
    app.statuses.archive("archived")
    tags = app.tags
    tags.recolour(tags.named("dach"), "info")
    tags.create("VIP", "success")
    window.show_place(Place.VOCABULARY)
    page: VocabularyPage = window.page(Place.VOCABULARY)  # type: ignore[assignment]
    settle(window)
    window.toast.hide()
    yield "vocabulary-fields"
    page.begin()
    yield "vocabulary-new-field"
    page.fields.leave_new()
    page.show_list(1)
    page.statuses.table.select(2)
    yield "vocabulary-statuses"
    page.show_list(2)
    yield "vocabulary-tags"


TOURS: tuple[Callable[[MainWindow], Shots], ...] = (
    import_tour,
    contacts_tour,
    vocabulary_tour,
    export_tour,
    other_tour,
    settings_tour,
    shell_tour,
)

if __name__ == "__main__":
    sys.exit(main())
