"""Rules of the house that no linter knows: sizes, names and what a file may not contain."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_USUAL_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
THREADS = {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor", "Process", "QThread", "QRunnable"}
THREADS |= {"QThreadPool", "Timer", "globalInstance", "new_event_loop"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def function_lengths() -> Iterator[int]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield node.end_lineno - node.lineno + 1


def test_no_module_grows_past_what_a_reader_can_hold():
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES}

    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE}
    assert too_long == {}


def test_nineteen_of_twenty_functions_fit_on_a_screen():
    percentile_95 = statistics.quantiles(function_lengths(), n=20)[-1]

    assert percentile_95 <= LONGEST_USUAL_FUNCTION


def test_nothing_outside_the_views_has_a_name_that_says_nothing():
    vague = [
        name(path)
        for path in MODULES
        if "views" not in path.parts and VAGUE & {path.stem, path.parent.name}
    ]

    assert vague == []


def test_views_leave_threads_to_the_runner():
    found = []
    for path in (path for path in MODULES if "views" in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            used = [node.func] if isinstance(node, ast.Call) else getattr(node, "bases", [])
            last_words = {ast.unparse(expression).split(".")[-1] for expression in used}
            found += [f"{name(path)}: {word}" for word in last_words & THREADS]

    assert found == []


def test_every_package_has_an_init_so_that_the_frozen_build_finds_it():
    folders = {path.parent for path in MODULES}

    assert [name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_opens_with_one_sentence_saying_what_it_is_for(path: Path):
    said = ast.get_docstring(ast.parse(path.read_text()))

    assert said, f"{name(path)} does not say what it is for"
    assert re.match(r"[^\n]+[.?!](\n|$)", said), f"{name(path)} opens with more than one line"
