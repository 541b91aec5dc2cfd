"""Contacts, tags, statuses, fields, suppression, settings, history and undo, verb by verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.driver import Captely

TYPES = (
    ("text", "", "any words", "any words"),
    ("number", "", "1 200,5", 1200.5),
    ("money", "", "€99", 99),
    ("date", "", "2026-03-04", "2026-03-04"),
    ("bool", "", "no", False),
    ("choice", "Small", "small", "Small"),
    ("multi", "Small", "small", ["Small"]),
    ("url", "", "example.com/x", "https://example.com/x"),
    ("email", "", "ADA@example.com", "ada@example.com"),
    ("phone", "", "+44 20 7946 0958", "+442079460958"),
)


class TestContact:
    def test_what_was_typed_is_stored_tidy(self, captely: Captely) -> None:
        made = captely.done(
            "contact", "add", "first_name= Ada ", "email=ADA@Example.com", "email.home=a@x.example",
            "phone=+44 20 7946 0958", "tags=fair,uk",
        )["contact"]  # fmt: skip
        assert (made["first_name"], made["email"], made["phone"], made["tags"], made["status"]) == (
            "Ada", "ada@example.com", "+442079460958", ["fair", "uk"], "new",
        )  # fmt: skip
        assert made["labelled"] == {"email": [["home", "a@x.example"]]}

    def test_somebody_who_is_there_is_named_and_not_doubled(self, captely: Captely) -> None:
        captely.add("email=ada@example.com")
        again = captely.json("contact", "add", "email=ADA@example.com")
        assert (again.code, again.message) == (2, "Contact 1 has this e-mail address already.")
        assert captely.done("contacts")["total"] == 1
        captely.done("contact", "add", "email=ada@example.com", "--allow-duplicate")
        assert captely.done("contacts")["total"] == 2

    def test_an_empty_value_clears_a_field(self, captely: Captely) -> None:
        ada = captely.add("first_name=Ada", "title=Countess")
        assert captely.done("contact", "set", str(ada), "title=")["contact"]["title"] is None
        refused = captely.json("contact", "set", str(ada), "first_name=")
        assert (refused.code, refused.message) == (2, "Nothing says who this is.")
        assert captely.done("contact", str(ada))["contact"]["first_name"] == "Ada"

    @pytest.mark.parametrize(
        ("pair", "message"),
        [
            ("email=nobody", "E-mail is not an address: nobody"),
            ("score=3", "Score is kept by Captely and cannot be typed."),
            ("titel=x", "There is no field 'titel'. Did you mean 'title'?"),
            ("status=hot", "Status has no choice hot."),
        ],
    )
    def test_a_value_that_cannot_be_changes_nothing(
        self, captely: Captely, pair: str, message: str
    ) -> None:
        ada = captely.add("first_name=Ada")
        answer = captely.json("contact", "set", str(ada), "title=x", pair)
        assert (answer.code, answer.message) == (2, message)
        assert captely.done("contact", str(ada))["contact"]["title"] is None

    def test_the_number_alone_shows_everything_with_its_origin(self, captely: Captely) -> None:
        file = captely.file("list.csv", "Name,Email", "Ada,ada@example.com")
        captely.done("import", file)
        captely.done("contact", "set", "1", "email.home=a@x.example", "notes=one\ntwo")
        shown = captely.done("contact", "1")
        assert list(shown) == ["contact", "provenance", "timeline"]
        assert shown["provenance"]["email"]["file"] == "list.csv"
        assert shown["provenance"]["email"]["row"] == 2
        assert [entry["kind"] for entry in shown["timeline"]] == ["contact.edit", "import"]

        words = captely("contact", "1").out
        assert words.startswith("1  Ada\n")
        assert "list.csv, row 2" in words
        assert "E-mail (home)" in words
        assert "one two" in words
        assert "Change a contact" in words

    def test_tags_are_added_and_removed_beside_the_others(self, captely: Captely) -> None:
        ids = [str(captely.add(f"first_name={name}", "tags=uk,old")) for name in ("Ada", "Bob")]
        changed = captely.done("contact", "tag", *ids, "--add", "vip", "--remove", "old")
        assert (changed["changed"], changed["equal"]) == (2, 0)
        tags = [contact["tags"] for contact in captely.done("contacts")["contacts"]]
        assert tags == [["uk", "vip"], ["uk", "vip"]]
        assert captely.json("contact", "tag", *ids).message == "Say which tags."

    def test_one_wrong_id_stops_the_whole_list(self, captely: Captely) -> None:
        ada = captely.add("first_name=Ada")
        assert captely.json("contact", "delete", str(ada), "9").message == "There is no contact 9."
        captely.json("contact", "tag", str(ada), "9", "--add", "new one")
        assert captely.done("contacts")["total"] == 1
        assert captely.done("tags")["tags"] == []

    def test_deleted_ones_come_back_from_the_trash(self, captely: Captely) -> None:
        ada = str(captely.add("first_name=Ada", "tags=fair"))
        captely.done("contact", "delete", ada)
        assert captely.done("contacts")["total"] == 0
        assert captely.done("contacts", "in:trash")["total"] == 1
        assert "is in the trash" in captely.json("contact", "delete", ada).message
        assert "trash" in captely("contact", ada).out
        captely.done("contact", "restore", ada)
        assert captely.done("contacts", "tag:fair")["total"] == 1
        assert "is not in the trash" in captely.json("contact", "restore", ada).message

    def test_many_change_as_one_step_after_a_look(self, captely: Captely) -> None:
        for name in ("Ada", "Bob"):
            captely.add(f"first_name={name}", "tags=fair")
        captely.add("first_name=Cleo", "tags=fair", "owner=ada")
        words = ("contact", "edit", "tag:fair", "owner=ada")
        expected = {"changed": 2, "equal": 1, "blocked": 0, "missing": 0, "blocks": []}
        assert captely.done(*words, "--dry-run") == {**expected, "dry_run": True}
        assert captely.done("contacts", "owner:ada")["total"] == 1
        assert captely.done(*words) == {**expected, "dry_run": False}
        assert captely.done("contacts", "owner:ada")["total"] == 3
        captely.done("undo")
        assert captely.done("contacts", "owner:ada")["total"] == 1

    def test_text_is_replaced_and_tags_change_and_who_cannot_is_told(
        self, captely: Captely
    ) -> None:
        captely.add("first_name=Ada", "email=ada@old.example", "tags=fair")
        captely.add("first_name=Bob", "email=bob@old.example", "tags=fair")
        captely.add("first_name=Bob", "email=bob@new.example")
        words = ("contact", "edit", "tag:fair", "--replace", "email", "@old", "@new")
        answer = captely.json(*words, "--add-tag", "vip", "--remove-tag", "fair")
        assert answer.code == 1
        assert (answer.json["changed"], answer.json["blocked"]) == (1, 1)
        assert answer.json["blocks"][0]["count"] == 1
        assert captely.done("contacts", "tag:vip")["contacts"][0]["email"] == "ada@new.example"
        assert "1: Another contact has" in captely(*words).err
        whole = captely.done(
            "contact", "edit", "ada", "--replace", "first_name", "AD", "x", "--whole"
        )
        assert (whole["changed"], whole["equal"]) == (0, 1)

    def test_a_change_of_very_many_runs_as_a_job(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.services.bulk.service.SMALL", 1)
        for name in ("Ada", "Bob"):
            captely.add(f"first_name={name}", "tags=fair")
        assert captely.done("contact", "edit", "tag:fair", "owner=ada")["changed"] == 2
        assert captely.done("jobs")["jobs"][0]["state"] == "done"
        captely.done("undo")
        assert captely.done("contacts", "owner:ada")["total"] == 0


class TestView:
    def test_a_view_lists_its_contacts_in_its_order(self, captely: Captely) -> None:
        for name, city in (("Ada", "Kiel"), ("Bob", "Bonn"), ("Cy", "Rome")):
            captely.add(f"first_name={name}", f"city={city}", f"tags={'fair' * (name != 'Cy')}")
        saved = captely.done("view", "save", "The fair", "tag:fair", "--sort", "-city")["view"]
        assert (saved["name"], saved["query"], saved["sort"]) == ("The fair", "tag:fair", "-city")
        listed = captely.done("contacts", "--view", "the FAIR")
        assert [one["city"] for one in listed["contacts"]] == ["Kiel", "Bonn"]
        assert captely.done("contacts", "bob", "--view", "The fair")["total"] == 1
        by_name = captely.done("contacts", "--view", "The fair", "--sort", "city")["contacts"]
        assert [one["city"] for one in by_name] == ["Bonn", "Kiel"]

    def test_a_view_keeps_and_hides_contacts_for_every_verb(
        self, captely: Captely, tmp_path: Path
    ) -> None:
        one, two, three = (
            captely.done("contact", "add", f"first_name={name}", f"tags={tag}")["contact"]["id"]
            for name, tag in (("Ann", "fair"), ("Bob", "fair"), ("Cid", "show"))
        )
        captely.done("view", "save", "The fair", "tag:fair")
        assert captely.done("view", "keep", "The fair", str(three))["view"]["kept"] == [three]
        assert captely.done("view", "hide", "the fair", str(two))["view"]["hidden"] == [two]
        listed = captely.done("contacts", "--view", "The fair")
        assert [each["id"] for each in listed["contacts"]] == [one, three]
        assert captely.done("contacts", 'in:"The fair" cid')["total"] == 1
        assert (
            captely.done("export", "csv", str(tmp_path / "a.csv"), 'in:"The fair"')["written"] == 2
        )
        assert captely.done("view", "unpick", "The fair", str(two))["view"]["hidden"] == []
        assert captely.json("view", "keep", "The fair", "99").code == 2

    def test_views_are_replaced_renamed_and_deleted(self, captely: Captely) -> None:
        captely.done("view", "save", "Hot", "score>60", "--column", "name", "--column", "score")
        assert "already a view" in captely.json("view", "save", "hot", "score>80").message
        captely.done("view", "save", "hot", "score>80", "--force")
        captely.done("view", "rename", "Hot", "Very hot")
        assert [v["query"] for v in captely.done("view")["views"]] == ["score>80"]
        assert "Very hot" in captely("view", "list").out
        captely.done("view", "delete", "very hot")
        assert captely.done("view", "list")["views"] == []
        captely.done("undo")
        assert len(captely.done("view", "list")["views"]) == 1
        missing = captely.json("contacts", "--view", "cold")
        assert (missing.code, missing.message) == (2, "There is no view 'cold'.")

    def test_a_value_may_hold_signs_of_the_query_language(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        captely.done("contact", "edit", "ada", "notes=a>=b", "website=https://x.example/?a=b")
        contact = captely.done("contact", "1")["contact"]
        assert (contact["notes"], contact["website"]) == ("a>=b", "https://x.example/?a=b")


class TestContacts:
    def test_pages_sorts_and_counts(self, captely: Captely) -> None:
        for name in ("Cleo", "Ada", "Bob"):
            captely.add(f"first_name={name}")
        names = [c["first_name"] for c in captely.done("contacts", "--limit", "2")["contacts"]]
        assert names == ["Ada", "Bob"]
        page = captely.done("contacts", "--sort", "-name", "--offset", "2")
        assert (page["total"], [c["first_name"] for c in page["contacts"]]) == (3, ["Ada"])
        assert "1 of 3 contacts; see --limit and --offset" in captely("contacts", "--limit=1").err

    def test_a_filter_may_begin_with_a_minus_and_hold_blanks(self, captely: Captely) -> None:
        captely.add("first_name=Ada", "tags=eu", "company=Acme Ltd")
        captely.add("first_name=Bob", "company=Acme Ltd")
        assert captely.done("contacts", "company:Acme Ltd", "-tag:eu")["total"] == 1
        assert captely.done("contacts", 'company:"Acme Ltd" -tag:eu')["total"] == 1


class TestVocabulary:
    @pytest.mark.parametrize(("kind", "choice", "typed", "stored"), TYPES)
    def test_custom_fields_of_every_type(
        self, captely: Captely, kind: str, choice: str, typed: str, stored: object
    ) -> None:
        choices = ["--choice", choice] if choice else []
        made = captely.done("fields", "add", "My field", "--type", kind, *choices)
        assert made["field"]["key"] == "custom:my_field"
        ada = captely.add("first_name=Ada", f"custom:my_field={typed}")
        contact = captely.done("contact", str(ada))["contact"]
        assert contact["custom"] == {"my_field": stored}
        captely.done("contact", "set", str(ada), "custom:my_field=")
        assert captely.done("contact", str(ada))["contact"]["custom"] == {}

    def test_a_deleted_field_comes_back_with_its_values(self, captely: Captely) -> None:
        captely.done("fields", "add", "Size")
        captely.add("first_name=Ada", "custom:size=42")
        captely.done("fields", "delete", "custom:size")
        assert "custom:size" not in captely("fields").out
        captely.done("undo")
        assert captely.done("contacts", "custom:size:42")["total"] == 1

    def test_tags_are_renamed_merged_and_deleted(self, captely: Captely) -> None:
        captely.add("first_name=Ada", "tags=fair,uk")
        captely.done("tags", "rename", "fair", "trade fair")
        captely.done("tags", "merge", "trade fair", "uk")
        assert [(t["name"], t["contacts"]) for t in captely.done("tags")["tags"]] == [("uk", 1)]
        assert captely.done("tags", "delete", "uk")["contacts"] == 1
        assert captely.done("contact", "1")["contact"]["tags"] == []

    def test_contacts_of_a_deleted_status_move_to_another(self, captely: Captely) -> None:
        captely.done("statuses", "add", "Warm")
        captely.done("statuses", "rename", "warm", "Very warm")
        captely.add("first_name=Ada", "status=very warm")
        assert captely.json("statuses", "delete", "warm").code == 2
        assert captely.done("statuses", "delete", "warm", "--move-to", "lost")["contacts"] == 1
        assert captely.done("contacts", "status:lost")["total"] == 1

    def test_who_must_not_be_mailed(self, captely: Captely) -> None:
        ada = captely.add("email=ada@example.com")
        entry = captely.done("suppression", "add", "email", "ADA@example.com")["added"]["id"]
        captely.done("suppression", "add", "domain", "acme.example", "--reason", "bounced")
        captely.done("suppression", "add", "contact", str(ada))
        kinds = {row["kind"] for row in captely.done("suppression")["suppression"]}
        assert kinds == {"email", "domain", "contact"}
        captely.done("suppression", "remove", str(entry))
        assert len(captely.done("suppression")["suppression"]) == 2

    def test_a_setting_is_kept(self, captely: Captely) -> None:
        captely.done("settings", "set", "import.on_duplicate", "update")
        captely.done("settings", "set", "appearance.font_percent", "125")
        kept = {row["key"]: row["value"] for row in captely.done("settings")["settings"]}
        assert (kept["import.on_duplicate"], kept["appearance.font_percent"]) == ("update", 125)
        assert captely.json("settings", "set", "appearance.font_percent", "many").code == 2
        captely.done("settings", "reset", "import.on_duplicate")
        kept = {row["key"]: row["value"] for row in captely.done("settings")["settings"]}
        assert kept["import.on_duplicate"] == "fill"

    def test_settings_travel_in_a_file_without_secrets(self, captely: Captely) -> None:
        file = captely.folder / "settings.json"
        captely.done("settings", "set", "import.default_country", "FR")
        captely.done("settings", "set", "appearance.theme", "dark")
        assert captely.done("settings", "export", str(file))["written"] == 2
        assert captely.json("settings", "export", str(file)).code == 2
        captely.done("settings", "export", str(file), "--force")

        captely.workspace = captely.folder / "another"
        assert captely.done("settings", "import", str(file)) == {
            "changed": ["appearance.theme", "import.default_country"],
            "unknown": [],
        }
        kept = {row["key"]: row["value"] for row in captely.done("settings")["settings"]}
        assert (kept["import.default_country"], kept["appearance.theme"]) == ("FR", "dark")

    def test_a_file_of_something_else_changes_no_setting(self, captely: Captely) -> None:
        file = captely.folder / "settings.json"
        for content in ("{", "[]", '{"captely_settings": 1, "settings": {"appearance.theme": 3}}'):
            file.write_text(content)
            assert captely.json("settings", "import", str(file)).code == 2
        assert captely.json("settings", "import", "no-such-file.json").code == 2


class TestJournal:
    def test_undo_and_redo_work_after_a_restart(self, captely: Captely) -> None:
        captely.add("first_name=Ada", "tags=fair")
        captely.done("contact", "set", "1", "title=Countess")
        undone = captely.done("undo")
        assert (undone["undone"], undone["label"]) == (1, "Undo: Change a contact")
        assert captely.done("contact", "1")["contact"]["title"] is None
        captely.done("redo")
        assert captely.done("contact", "1")["contact"]["title"] == "Countess"

    def test_an_older_step_is_undone_around_what_came_later(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        captely.done("contact", "set", "1", "title=Countess", "city=London")
        step = captely.done("history", "--limit", "1")["history"][0]["id"]
        captely.done("contact", "set", "1", "city=Paris")
        answer = captely("undo", str(step))
        assert answer.code == 0
        contact = captely.done("contact", "1")["contact"]
        assert (contact["title"], contact["city"]) == (None, "Paris")
        assert "Kept: contact 1 city" in answer.err

    def test_redo_takes_the_id_of_a_change_or_of_its_undo(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        captely.done("contact", "set", "1", "title=Countess")
        title = captely.done("history", "--limit", "1")["history"][0]["id"]
        captely.done("contact", "set", "1", "city=Paris")
        undo = captely.done("undo", str(title))["operation"]
        # A new change ends the redo of the last undo, not that of one called by its name.
        captely.done("contact", "set", "1", "city=London")
        assert captely.json("redo").json["error"]["code"] == "NOT_FOUND"

        for named in (title, undo):
            assert captely.done("redo", str(named))["label"] == "Redo: Change a contact"
            assert captely.done("contact", "1")["contact"]["title"] == "Countess"
            undo = captely.done("undo", str(title))["operation"]
        captely.done("redo", str(title))
        standing = captely.json("redo", str(title)).json["error"]
        assert standing["message"] == "This stands as it is."
        unknown = captely.json("redo", "999").json["error"]
        assert (unknown["code"], unknown["hint"]) == (
            "NOT_FOUND",
            "Find it with: captely history",
        )

    def test_history_tells_who_did_what(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        captely.done("undo")
        entries = captely.done("history")["history"]
        assert [(e["kind"], e["origin"], e["undone"]) for e in entries] == [
            ("undo", "cli", False),
            ("contact.create", "cli", True),
        ]
        assert captely.done("history", "--actor", "nobody")["history"] == []

    def test_the_journal_verifies(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        assert captely.done("audit", "verify")["entries"] == 1
        assert captely("audit", "verify").out == "The journal is whole: 1 entry.\n"


def test_bytes_that_are_no_text_are_refused_with_a_sentence(captely: Captely) -> None:
    for words in (("contact", "add", "first_name=\udcff"), ("contacts", "\udcff")):
        answer = captely.json(*words)
        assert (answer.code, answer.json["error"]["code"]) == (2, "INVALID_INPUT")
        assert answer.message.startswith("This is not text in the terminal's encoding")
