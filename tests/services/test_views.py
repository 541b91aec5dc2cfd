"""Saved views: kept with their look, renamed, reordered and deleted, all of it undoable."""

from __future__ import annotations

from functools import partial

import pytest

from app.core.errors import InvalidInput, NotFound
from app.services.view_picks import Pick, Picks, asked
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


@pytest.fixture
def crew(office: Office) -> Office:
    """Ann, Ben and Cid are new, Dee and Eve lost; the view New keeps Dee and hides Ben."""
    for name, status in (
        ("Ann Lee", "new"), ("Ben Lee", "new"), ("Cid", "new"), ("Dee Lee", "lost"), ("Eve", "lost")
    ):  # fmt: skip
        office.add(full_name=name, status=status, city=f"City of {name[:3].lower()}")
    view = office.views.save("New ones", "status:new").id
    office.views.pick(view, office.found("dee"), Pick.KEEP)
    office.views.pick(view, office.found("ben"), Pick.HIDE)
    return office


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('in:"New ones"', ["Ann Lee", "Cid", "Dee Lee"]),
        ('in:"new  ONES" lee', ["Ann Lee", "Dee Lee"]),
        ('in:"New ones" -status:lost', ["Ann Lee", "Cid"]),
        ('picks:"New ones"', ["Ann Lee", "Cid", "Dee Lee", "Eve"]),
        ('name:eve picks:"New ones"', ["Dee Lee", "Eve"]),
        ('lee picks:"New ones" -ann', ["Dee Lee"]),
        ('city:city picks:"New ones"', ["Ann Lee", "Cid", "Dee Lee", "Eve"]),
    ],
)
@pytest.mark.parametrize("sort", ["name", "city", "company", "id", "score", "tags"])
def test_that_a_view_finds_who_is_kept_and_not_who_is_hidden(
    crew: Office, query: str, found: list[str], sort: str
) -> None:
    for descending in (False, True):
        order = found
        if descending and sort in ("name", "city", "id"):
            order = found[::-1]
        look: dict[str, object] = {"sort": sort, "descending": descending}
        assert crew.names(query, **look) == order
        first = crew.search.first_page(query, sort=sort, descending=descending, limit=2)
        assert [row.name for row in first] == order[:2]
        total, ids = crew.search.page(query, sort=sort, descending=descending, limit=2, offset=1)
        assert [row.name for row in crew.search.rows(ids)] == order[1:3]
        assert total == crew.search.count(query) == len(found)


def test_that_picks_are_undone_released_and_the_last_word_counts(crew: Office) -> None:
    view = crew.views.named("New ones")
    ben, dee = crew.found("ben")[0], crew.found("dee")[0]
    assert (view.picks.kept, view.picks.hidden) == ((dee,), (ben,))
    crew.views.pick(view.id, [dee], Pick.HIDE)
    assert crew.views.get(view.id).picks == Picks((), tuple(sorted((ben, dee))))
    crew.operations.undo()
    assert crew.views.get(view.id).picks == view.picks
    crew.views.pick(view.id, [ben, dee], None)
    assert not crew.views.get(view.id).picks
    assert crew.views.get(view.id).asked == "status:new"
    crew.operations.undo()
    assert crew.names(crew.views.get(view.id).asked) == ["Ann Lee", "Cid", "Dee Lee"]


def test_that_a_kept_contact_in_the_trash_is_not_shown(crew: Office) -> None:
    crew.contacts.delete(crew.found("dee"))
    assert crew.names('in:"New ones"') == ["Ann Lee", "Cid"]
    crew.operations.undo()
    assert crew.names('in:"New ones"') == ["Ann Lee", "Cid", "Dee Lee"]


def test_that_a_view_of_the_trash_hides_but_keeps_nobody(crew: Office) -> None:
    view = crew.views.save("Gone", "in:trash lee").id
    crew.contacts.delete(crew.found("lee"))
    ann, dee = crew.found("in:trash ann")[0], crew.found("in:trash dee")[0]
    crew.views.pick(view, [ann], Pick.HIDE)
    crew.views.pick(view, [dee, *crew.found("eve")], Pick.KEEP)
    assert crew.names("in:gone") == ["Ben Lee"]


def test_that_a_line_within_the_view_narrows_and_another_one_is_its_draft(crew: Office) -> None:
    view = crew.views.named("New ones")
    within = partial(asked, view.name, view.query, view.picks)
    assert within("status:new") == 'in:"New ones"'
    assert within("lee  status:new 01 42 68") == 'in:"New ones" lee 01 42 68'
    assert within("status:lost lee") == 'status:lost lee picks:"New ones"'
    assert within("") == 'picks:"New ones"'
    assert asked(view.name, view.query, Picks(), "lee") == "lee"


def test_that_a_view_is_not_made_of_views_nor_picked_without_end(crew: Office) -> None:
    with pytest.raises(InvalidInput, match="cannot be made of another view"):
        crew.views.save("More", 'in:"New ones" score>60')
    with pytest.raises(InvalidInput, match="There is no view 'nil'"):
        crew.found("in:nil")
    with pytest.raises(InvalidInput, match="10,000 contacts at most"):
        crew.views.pick(crew.views.named("New ones").id, range(1, 10_100), Pick.HIDE)
