"""Which words of a query the full-text index is asked for, by what a sample of texts says."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.query import Words
from app.services.search_plan import Sampled

MILLION = 1_000_000


def words(*choices: str, whole: bool = False) -> Words:
    return Words(negated=False, choices=tuple(f" {choice}" for choice in choices), whole=whole)


def asked(sampled: Sampled, *terms: Words, wanted: int = 50) -> Sequence[str]:
    return sorted(
        word
        for group in sampled.plan(terms, wanted).tokens
        for choice in group
        for word, _ in choice
    )


def sample(texts: dict[str, int], *, of: int = 1_000, together: int = 0) -> Sampled:
    """So many texts of each kind, and others that have none of the words."""
    found = [text for text, number in texts.items() for _ in range(number)]
    return Sampled([*found, *["n other \n"] * (of - len(found))], MILLION, together)


def test_a_rare_word_is_asked_alone_beside_the_beginning_of_half_of_all() -> None:
    sampled = sample({"n a b \n": 500, "n zoe \n": 1})
    assert asked(sampled, words("zoe", whole=True), words("a")) == ["zoe"]


def test_two_words_that_are_common_but_seldom_meet_are_both_asked() -> None:
    sampled = sample({"n garcia \n": 20, "n shaw \n": 20})
    assert asked(sampled, words("garcia", whole=True), words("shaw")) == ["garcia", "shaw"]


def test_two_words_that_always_meet_are_not_both_asked() -> None:
    sampled = sample({"n ada acme \n": 100}, together=100)
    assert len(asked(sampled, words("ada", whole=True), words("acme", whole=True))) == 1


def test_the_words_of_one_term_are_asked_by_themselves() -> None:
    # david.h: the h stands for more contacts than it saves.
    sampled = sample({"n david \n": 17, "n h \n": 400})
    assert asked(sampled, words("david h")) == ["david"]
    sampled = sample({"n david \n": 17, "n herrera \n": 3})
    assert asked(sampled, words("david herr")) == ["david", "herr"]


def test_choices_are_one_question_because_any_will_do() -> None:
    assert asked(sample({}), words("0611", "611")) == ["0611", "611"]


def test_a_whole_word_is_not_taken_for_a_longer_one() -> None:
    # Every text begins so, and none has it whole: it is the rarest of all.
    sampled = sample({"n adamson bo \n": 900})
    assert asked(sampled, words("adam", whole=True), words("bo")) == ["adam"]


def test_a_sample_of_nothing_still_gives_a_plan() -> None:
    plan = Sampled([], 0, 0).plan([words("ada")], 50)
    assert list(plan.tokens) == [((("ada", True),),)]
    assert 0 <= plan.share <= 1
