"""What all verbs share: exit codes, one JSON object on stdout, messages on stderr, streams."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from app.cli import run
from app.cli.program import program
from app.core.paths import Workspace
from tests.cli.driver import MAIN, Captely
from tests.conftest import LoggedErrors

WRONG = (
    (["nonsense"], "INVALID_INPUT", "No such command 'nonsense'."),
    (["contacts", "--nonsense"], "INVALID_INPUT", "No such option '--nonsense'."),
    (["contacts", "--limit", "x"], "INVALID_INPUT", "'x' is not a valid integer"),
    (["contacts", "colour:red"], "INVALID_INPUT", "There is no field 'colour'."),
    (["contacts", "status:nwe"], "INVALID_INPUT", "There is no status 'nwe'. Did you mean 'new'?"),
    (["contacts", "score>high"], "INVALID_INPUT", "score is a number, and 'high' is not."),
    (["contacts", "--sort", "colour"], "INVALID_INPUT", "Contacts cannot be sorted by 'colour'."),
    (["contact", "7"], "NOT_FOUND", "There is no contact 7."),
    (["contact", "set", "7", "title=x"], "NOT_FOUND", "There is no contact 7."),
    (["contact", "add", "Ada"], "INVALID_INPUT", "This is not FIELD=VALUE: Ada"),
    (["contact", "add", "company=Acme"], "INVALID_INPUT", "Nothing says who this is."),
    (["contact", "tag", "7", "--add", "x"], "NOT_FOUND", "There is no contact 7."),
    (["contact", "edit", "owner=x"], "INVALID_INPUT", "Say which contacts to change."),
    (["tags", "rename", "a", "b"], "NOT_FOUND", "There is no tag 'a'."),
    (["statuses", "delete", "new"], "INVALID_INPUT", "'New' is the status of new contacts."),
    (["fields", "delete", "size"], "NOT_FOUND", "There is no custom field"),
    (["suppression", "add", "email", "x"], "INVALID_INPUT", "'x' is not what a suppression"),
    (["suppression", "remove", "3"], "NOT_FOUND", "no longer on the suppression list"),
    (["job", "show", "4"], "NOT_FOUND", "There is no job 4."),
    (["job", "resume", "4"], "NOT_FOUND", "There is no job 4."),
    (["undo"], "NOT_FOUND", "There is nothing to undo."),
    (["redo"], "NOT_FOUND", "There is nothing to redo."),
    (["settings", "set", "colour", "red"], "NOT_FOUND", "There is no setting colour."),
    (["settings", "set", "appearance.theme", "red"], "INVALID_INPUT", "Theme cannot be red."),
    (["connection", "test", "nobody"], "NOT_FOUND", "There is no connection named nobody."),
    (["connection", "test", "hubspot"], "INVALID_INPUT", "There is no key for HubSpot yet."),
    (["export", "nobody"], "INVALID_INPUT", "No such command 'nobody'."),
    (["export", "csv"], "INVALID_INPUT", "Missing argument 'FILE'."),
    (["sandbox", "--scenario", "hubspot=x"], "INVALID_INPUT", "hubspot has no scenario x."),
)


@pytest.mark.parametrize(
    ("words", "code", "message"), WRONG, ids=[" ".join(wrong[0]) for wrong in WRONG]
)
def test_what_is_wrong_is_said_in_a_sentence_with_exit_code_2(
    captely: Captely, words: list[str], code: str, message: str
) -> None:
    answer = captely.json(*words)
    assert answer.code == 2
    assert list(answer.json) == ["error"]
    assert answer.json["error"]["code"] == code
    assert message in answer.message

    told = captely(*words)
    assert (told.code, told.out) == (2, "")
    assert message in told.err


def every_verb(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, command in group.commands.items():
        path = (*before, name)
        found += every_verb(command, path) if isinstance(command, click.Group) else [path]
    return found


@pytest.mark.parametrize("verb", every_verb(program), ids=" ".join)
def test_every_verb_explains_itself_and_takes_json_and_a_workspace(
    capsys: pytest.CaptureFixture[str], verb: tuple[str, ...]
) -> None:
    assert run([*verb, "--help"]) == 0
    words = capsys.readouterr().out
    assert words.startswith(f"Usage: captely {' '.join(verb)}")
    if verb != ("completion",):
        assert "--json" in words
        assert "--workspace" in words


@pytest.mark.parametrize(
    "verb", ["tags", "statuses", "fields", "suppression", "settings", "connection"]
)
def test_a_plural_alone_lists(captely: Captely, verb: str) -> None:
    assert captely.json(verb).json == captely.json(verb, "list").json
    assert captely(verb).out == captely(verb, "list").out


class TestStreams:
    def test_results_are_on_stdout_and_remarks_on_stderr(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        answer = captely("contacts")
        assert "Ada" in answer.out
        assert answer.err == "1 contact\n"

    def test_a_table_on_a_pipe_keeps_each_row_on_one_line(self, captely: Captely) -> None:
        captely.add("first_name=Ada", f"company={'Very long name ' * 20}", "email=a@example.com")
        lines = captely("contacts").out.splitlines()
        assert len(lines) == 2
        assert ("Very long name " * 20).strip() in lines[1]
        assert all(line == line.rstrip() for line in lines)
        assert "\x1b" not in "".join(lines)

    def test_a_table_on_a_terminal_keeps_inside_its_width(self, captely: Captely) -> None:
        captely.add("first_name=Ada", f"company={'Very long name ' * 20}", "email=a@example.com")
        lines = _on_terminal(captely, 80, "contacts")
        assert len(lines) > 3
        assert max(len(line) for line in lines) <= 80

    def test_a_reader_that_has_seen_enough_is_no_error(self, captely: Captely) -> None:
        captely.file("list.csv", "Email", *(f"p{i}@example.com" for i in range(2_000)))
        captely.done("import", str(captely.folder / "list.csv"))
        command = f'"{sys.executable}" "{MAIN}" contacts --limit 2000 --json | head -1; '
        shell = subprocess.run(
            ["bash", "-c", f'{command} echo "${{PIPESTATUS[0]}}"'],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert shell.stdout == "{\n0\n"
        assert shell.stderr == ""

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_a_closed_stdout_is_no_error(self, captely: Captely, form: list[str]) -> None:
        captely.add("first_name=Ada")
        words = " ".join(["contacts", *form])
        shell = subprocess.run(
            ["bash", "-c", f'"{sys.executable}" "{MAIN}" {words} >&-'],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (shell.returncode, "Traceback" in shell.stderr) == (0, False)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    @pytest.mark.parametrize("verb", ["contacts", "contacts --json", "contacts x:1 --json", "-h"])
    def test_an_output_without_room_is_said_in_a_sentence(
        self, captely: Captely, verb: str
    ) -> None:
        captely.add("first_name=Ada")
        shell = subprocess.run(
            ["bash", "-c", f'"{sys.executable}" "{MAIN}" {verb} >/dev/full'],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (shell.returncode, "Traceback" in shell.stderr) == (2, False)
        assert shell.stderr.startswith("The output cannot be written: No space left on device")

    def test_names_outside_the_terminals_encoding_do_not_stop_a_verb(
        self, captely: Captely
    ) -> None:
        captely.add("first_name=Łukasz")
        plain = captely.ended(captely.start("contacts", PYTHONIOENCODING="latin-1"))
        assert (plain.code, "?ukasz" in plain.out) == (0, True)
        exact = captely.ended(captely.start("contacts", "--json", PYTHONIOENCODING="latin-1"))
        assert exact.json["contacts"][0]["first_name"] == "Łukasz"


def test_a_defect_still_gives_one_json_object_and_no_contact_in_the_log(
    captely: Captely, monkeypatch: pytest.MonkeyPatch, expect_log: LoggedErrors
) -> None:
    def broken(_self: object) -> Workspace:
        raise LookupError("ada@example.com")

    monkeypatch.setattr(Workspace, "prepare", broken)
    expect_log("Unexpected LookupError")
    answer = captely.json("contacts")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "ERROR"
    assert answer.json["error"]["detail"] == "LookupError"
    assert "ada@example.com" not in answer.out + answer.err


@pytest.mark.free
class TestWorkspace:
    def test_a_file_in_its_place_is_named(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        captely.workspace.write_text("mine")
        assert "is a file" in captely.json("contacts").message
        assert run(["contacts", "--json"]) == 2
        assert captely.workspace.read_text() == "mine"

    def test_a_synced_folder_is_refused(self, captely: Captely, tmp_path: Path) -> None:
        captely.workspace = tmp_path / "Dropbox" / "work"
        assert "copied by a cloud service" in captely.json("contacts").message

    def test_a_damaged_database_is_named_and_left_alone(self, captely: Captely) -> None:
        captely.workspace.mkdir()
        (captely.workspace / "captely.db").write_bytes(b"no database " * 500)
        assert captely.json("contacts").message == "The workspace's database is damaged."
        found = captely.json("doctor")
        assert (found.code, found.json["ok"]) == (1, False)
        assert found.json["problems"][0]["message"] == "The workspace's database is damaged."
        assert (captely.workspace / "captely.db").read_bytes() == b"no database " * 500

    def test_the_variable_names_it_where_no_option_does(
        self, captely: Captely, capsys: pytest.CaptureFixture[str]
    ) -> None:
        captely.add("first_name=Ada")
        assert run(["contacts"]) == 0
        assert "Ada" in capsys.readouterr().out

    def test_the_clock_starts_where_it_is_told(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CAPTELY_NOW", "2027-01-01T00:00:00Z")
        captely.add("first_name=Ada")
        made = captely.done("contacts")["contacts"][0]["created"]
        assert made.startswith("2027-01-01T00:00:0")
        monkeypatch.setenv("CAPTELY_NOW", "soon")
        assert captely.json("contacts").message == "CAPTELY_NOW is not a date and time: soon"

    def test_a_wrong_password_of_a_shared_database_is_not_repeated(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CAPTELY_DATABASE_URL", "postgresql://u:secret-word@127.0.0.1:1/x")
        answer = captely.json("contacts")
        assert answer.message == "The shared database cannot be reached."
        assert "secret-word" not in answer.out + answer.err


class TestCompletion:
    @pytest.mark.parametrize(
        ("words", "offered"),
        [
            (["captely", "expo"], "export"),
            (["captely", "export", "hub"], "hubspot"),
            (["captely", "import", "--on-duplicate", ""], "fill update skip create"),
        ],
    )
    def test_bash_completes(self, tmp_path: Path, words: list[str], offered: str) -> None:
        (tmp_path / "captely").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{MAIN}" "$@"\n')
        (tmp_path / "captely").chmod(0o755)
        quoted = " ".join(f"'{word}'" for word in words)
        script = (
            'eval "$(captely completion bash)"; '
            f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
            '_captely_completion captely; echo "${COMPREPLY[@]}"'
        )
        shell = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=True,
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        )  # fmt: skip
        assert (shell.stdout.strip(), shell.stderr) == (offered, "")

    @pytest.mark.parametrize("shell", ["zsh", "fish"])
    def test_the_other_shells_get_a_script(
        self, capsys: pytest.CaptureFixture[str], shell: str
    ) -> None:
        assert run(["completion", shell]) == 0
        assert f"_CAPTELY_COMPLETE={shell}_complete" in capsys.readouterr().out


def _on_terminal(captely: Captely, columns: int, *words: str) -> list[str]:
    """What a verb prints on a terminal of so many columns, without its colours."""
    ours, theirs = pty.openpty()
    environment: dict[str, Any] = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, str(MAIN), *words], stdout=theirs, env=environment, stderr=subprocess.PIPE
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:
            # Linux ends a terminal whose other side is closed with an error.
            break
        if not block:
            break
        printed += block
    os.close(ours)
    process.communicate(timeout=60)
    plain = click.unstyle(printed.decode())
    return [line.rstrip("\r") for line in plain.splitlines()]
