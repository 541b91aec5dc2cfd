"""The window's words in other languages: complete, current, and with the same places to fill."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("translations", ROOT / "packaging/translations.py")
assert SPEC is not None
assert SPEC.loader is not None
translations = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(translations)

CATALOGUES = sorted(translations.LOCALES.glob("*/LC_MESSAGES/captely.po"))
PLACE = re.compile(r"\{(\w*)\}")


def language(path: Path) -> str:
    return path.parents[1].name


def both(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def messages(path: Path) -> Iterator[Message]:
    return (message for message in translations.translated(path) if message.id)


def test_french_is_shipped_beside_english():
    assert "fr" in map(language, CATALOGUES)


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
def test_every_sentence_of_the_sources_is_translated_and_no_other(path: Path):
    wanted = {both(message.id) for message in translations.collected() if message.id}
    held = {both(message.id) for message in messages(path)}

    assert wanted - held == set()
    assert held - wanted == set()
    assert translations.missing(translations.translated(path)) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
def test_a_translation_fills_the_same_places(path: Path):
    for message in messages(path):
        ours, theirs = both(message.id)[-1], both(message.string)[-1]
        assert sorted(PLACE.findall(ours)) == sorted(PLACE.findall(theirs)), ours


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
def test_what_is_shipped_is_what_was_translated(path: Path):
    catalogue = translations.translated(path)

    assert path.with_suffix(".mo").read_bytes() == translations.compiled(catalogue)


def test_no_word_is_translated_before_the_language_is_known():
    """A call of tr while a module is imported would speak the language of the start."""
    early = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        if "cli" not in path.parts
        for line in sorted(calls_at_import(ast.parse(path.read_text())))
    ]

    assert early == []


def calls_at_import(node: ast.AST) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            defaults = (*child.args.defaults, *filter(None, child.args.kw_defaults))
            for default in defaults:
                yield from calls_at_import(default)
            continue
        called = child.func if isinstance(child, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in ("tr", "trn"):
            yield child.lineno
        yield from calls_at_import(child)
