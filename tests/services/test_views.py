"""Saved views: kept with their look, renamed, reordered and deleted, all of it undoable."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput, NotFound
from app.services.views import Look, read_look
from tests.services.office import Office

LOOK = Look((("name", 240), ("score", 0)), "score", descending=True, density="compact")


def names(office: Office) -> list[str]:
    return [view.name for view in office.views.list()]


def test_that_a_view_comes_back_as_it_was_saved(office: Office) -> None:
    saved = office.views.save("  Hot   leads ", "score>60 -tag:eu", LOOK)
    assert (saved.name, saved.query, saved.look) == ("Hot leads", "score>60 -tag:eu", LOOK)
    assert office.views.named("HOT leads") == saved


def test_that_views_keep_the_users_order(office: Office) -> None:
    one, two, three = (office.views.save(name, "").id for name in ("One", "Two", "Three"))
    office.views.reorder([three, one, two])
    assert names(office) == ["Three", "One", "Two"]
    with pytest.raises(InvalidInput, match="each view exactly once"):
        office.views.reorder([one, two])


def test_that_each_change_of_a_view_can_be_taken_back(office: Office) -> None:
    view = office.views.save("Hot", "score>60").id
    office.views.update(view, "score>80", LOOK)
    office.operations.undo()
    assert office.views.get(view).query == "score>60"
    office.views.rename(view, "Very hot")
    office.operations.undo()
    assert names(office) == ["Hot"]
    office.views.delete(view)
    assert names(office) == []
    office.operations.undo()
    assert names(office) == ["Hot"]


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("  ", "", "A view needs a name"),
        ("x" * 41, "", "A view needs a name"),
        ("trash", "", "always there"),
        ("Hot", "", "already a view 'HOT'"),
        ("Cold", "colour:red", "There is no field 'colour'"),
    ],
)
def test_that_what_cannot_be_saved_is_refused(
    office: Office, name: str, query: str, sentence: str
) -> None:
    office.views.save("HOT", "")
    with pytest.raises(InvalidInput) as refused:
        office.views.save(name, query)
    assert sentence in refused.value.message
    assert refused.value.hint
    assert names(office) == ["HOT"]


@pytest.mark.parametrize("look", [Look((("colour", 0),)), Look(sort="colour")])
def test_that_an_unknown_column_or_order_is_refused(office: Office, look: Look) -> None:
    with pytest.raises(InvalidInput, match="colour"):
        office.views.save("Hot", "", look)


def test_that_a_view_that_is_gone_says_so(office: Office) -> None:
    for act in (office.views.delete, office.views.get):
        with pytest.raises(NotFound):
            act(7)
    with pytest.raises(NotFound, match="There is no view 'x'"):
        office.views.named("x")


def test_that_a_look_of_another_version_is_read_as_far_as_it_goes() -> None:
    stored = {"columns": ["name", ["score", -3]], "density": "tiny", "kind": "globe", "sort": None}
    assert read_look(stored) == Look((("name", 0), ("score", 0)))
    assert read_look(None) == Look()
