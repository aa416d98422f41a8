"""What several requests want to write at the same moment is committed together, and each is told of its own."""

import threading

import pytest
from sqlalchemy import func, select

from samverkan_map.db import engine
from samverkan_map.db.tables import State
from samverkan_map.errors import BadValue
from samverkan_map.web.transactions import Together


def put(key, *, then=None):
    def write(session):
        session.add(State(key=key, value="1"))
        session.flush()
        if then:
            raise then
        return key

    return write


def all_at_once(together, writes):
    """Let them all wait for the first one, and give what each was told."""
    told = {}

    def one(number, write):
        try:
            told[number] = together.write(write)
        except Exception as error:
            told[number] = error

    with together.turn:
        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(writes)]
        for thread in threads:
            thread.start()
        while len(together.waiting) < len(writes):
            pass
    for thread in threads:
        thread.join()
    return [told[number] for number in range(len(writes))]


class Opened:
    """A database that counts how often it is written to, and waits hardly any time for somebody else."""

    def __init__(self, database):
        self.database, self.times = database, 0

    def writing(self):
        self.times += 1
        return self.database.writing(wait=0.1)


def stored(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).where(State.key.in_(["a", "b", "c"])))


def test_one_transaction_keeps_what_all_who_waited_wrote_but_not_what_was_refused(database):
    no, opened = BadValue("forms.errors.choice", field="x"), Opened(database)
    told = all_at_once(Together(opened), [put("a"), put("b", then=no), put("c"), put("a")])
    assert (told[1], told[2]) == (no, "c")
    assert sorted(type(told[at]).__name__ for at in (0, 3)) == ["IntegrityError", "str"]
    assert (opened.times, stored(database)) == (1, 2)


def test_when_the_database_is_held_everybody_who_waited_is_told_and_the_next_ones_are_served(embedded):
    together = Together(Opened(embedded))
    with embedded.writing() as somebody:
        put("c")(somebody)
        told = all_at_once(together, [put("a"), put("b")])
    assert [engine.translate(one).key for one in told] == ["database.locked"] * 2
    with pytest.raises(RuntimeError):
        together.write(put("c", then=RuntimeError()))
    assert (together.write(put("a")), stored(embedded)) == ("a", 1)
