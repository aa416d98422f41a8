"""How much the text firewall catches of what people write, measured on texts that its rules were never tuned on."""

import pytest
import screening_corpus as corpus

from samverkan_map import screening

KINDS = {
    "personnummer": "personal_number", "samordningsnummer": "personal_number", "regnummer": "plate", "telefon": "phone",
    "e_post": "email", "lagenhet": "home", "namn": "name", "forum": "forum",
}  # fmt: skip


def test_at_least_98_of_100_texts_about_persons_are_caught_and_at_most_2_of_100_others(record_property):
    caught, wrongly = corpus.rates(tuned=False)
    tuned = corpus.rates(tuned=True)
    told = f"never tuned on: {caught:.1%} caught, {wrongly:.1%} wrongly; tuned on: {tuned[0]:.1%}, {tuned[1]:.1%}"
    record_property("text firewall", told)
    print(told)  # noqa: T201 - the rates are there to be read
    assert caught >= 0.98, told
    assert wrongly <= 0.02, told


def test_the_corpus_is_as_large_as_promised_and_both_halves_hold_every_kind():
    assert sum(map(len, corpus.TO_CATCH.values())) >= 200 and len(corpus.HARMLESS) >= 500
    every = [text for texts in (*corpus.TO_CATCH.values(), corpus.HARMLESS) for text in texts]
    assert len(set(every)) == len(every)
    for texts in (*corpus.TO_CATCH.values(), corpus.HARMLESS):
        assert all(len(corpus.half(texts, tuned=tuned)) >= 5 for tuned in (True, False))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_caught_is_mostly_called_what_it_is(kind):
    texts = corpus.TO_CATCH[kind]
    called = [text for text in texts if KINDS[kind] in {finding.kind for finding in screening.findings(text)}]
    assert len(called) >= 0.9 * len(texts)


def test_the_look_at_many_texts_at_once_sees_the_same():
    every = [text for texts in corpus.TO_CATCH.values() for text in texts] + corpus.HARMLESS
    assert screening.screen_many(every).keys() == {at for at, text in enumerate(every) if screening.findings(text)}
