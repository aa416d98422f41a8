"""`samverkan effect`: what there is to say is said, and that is no fault of the command."""

from datetime import date

from builders import COORDINATOR, a_measure, a_place

from samverkan_map import measures


def test_a_measure_that_is_openly_not_followed_up_says_so_and_ends_well(quick, embedded, vellinge):
    with embedded.writing() as session:
        place = a_place(session, vellinge)
        waived, unplanned = (a_measure(session, vellinge, place, title=title).id for title in ("Samtal", "Skylt"))
        measures.waive(session, COORDINATOR, waived, "Den är för liten för att synas.", today=date(2026, 4, 2))
        session.commit()
    said = quick("effect", waived)
    assert (said.code, said.err) == (0, "")
    assert said.out == "Samtal\nÅtgärden följs inte upp: Den är för liten för att synas.\n"
    assert quick("effect", waived, "--json").code == 0
    said = quick("effect", unplanned)
    assert (said.code, said.out) == (0, "Skylt\nÅtgärden har ingen plan för uppföljning.\n")
    assert quick("effect", 99).code == 4
