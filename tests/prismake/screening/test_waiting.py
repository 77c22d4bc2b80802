"""Which records go out together: all that wait, new ones, the pilot, each person's portion, conflicts."""

from collections import Counter

from prismake.screening.stages import make_stages
from prismake.screening.waiting import ALL, CONFLICTS, NEW, PILOT, Division, Screening, batches, standing

REASONS = {"design": "Wrong design"}
NAMES = [f"s:{number}" for number in range(40)]


def stage(**more):
    (made,) = make_stages([{"id": "abstract", "reasons": REASONS, **more}])
    return made


def waiting(names=NAMES, **more):
    return Screening(**{"waiting": {"abstract": names}, "conflicts": {}, "reached": {"abstract": NAMES}, **more})


def by_name(made):
    return {(batch.name, batch.reviewer): batch.records for batch in made}


def test_the_tables_of_screening_say_what_waits():
    screening = [
        {"record_id": "s:1", "stage": "abstract", "decision": "pending"},
        {"record_id": "s:2", "stage": "abstract", "decision": "pending"},
        {"record_id": "s:3", "stage": "fulltext", "decision": "include"},
        {"record_id": "s:4", "stage": "abstract", "decision": "unseen"},
    ]
    trail = [{"record_id": "s:3", "stage": "abstract", "decided_by": "a.csv:2"}]
    trail += [{"record_id": "s:9", "stage": "abstract", "decided_by": "rule editorial"}]
    conflicts = [
        {"record_id": name, "stage": "abstract", "settled": settled}
        for name, settled in (("s:2", ""), ("s:3", "include"))
    ]
    votes = [{"record_id": "s:2", "stage": "abstract", "reviewer": "Ana"}]
    now = standing(screening, trail, conflicts, votes)
    assert now.waiting == {"abstract": ["s:1"]}
    assert now.conflicts == {"abstract": ["s:2"]}
    assert now.reached == {"abstract": ["s:3"]}
    assert now.answered == {("s:2", "abstract"): {"Ana"}}


def test_without_people_or_pilot_all_that_waits_is_one_batch():
    assert by_name(batches([stage()], waiting(), Division(), {})) == {(ALL, ""): tuple(NAMES)}
    assert batches([stage()], waiting(names=[]), Division(), {}) == []


def test_new_is_what_was_not_handed_over():
    made = by_name(batches([stage()], waiting(), Division(), {"abstract": set(NAMES[:38])}))
    assert made[NEW, ""] == ("s:38", "s:39")
    assert made[ALL, ""] == tuple(NAMES)


def test_the_pilot_depends_on_the_seed_alone():
    def pilot(names=NAMES, seed=1, reached=NAMES):
        made = batches(
            [stage()], waiting(names, reached={"abstract": reached}), Division((), {"abstract": 10}, seed), {}
        )
        return by_name(made)[PILOT, ""]

    first = pilot()
    assert len(first) == 10
    assert first == tuple(sorted(first, key=NAMES.index))
    assert set(pilot(reached=NAMES[::-1])) == set(first)
    # Decisions take records out of the pilot and draw no others.
    assert pilot(names=[name for name in NAMES if name not in first[:4]]) == first[4:]
    assert set(pilot(seed=2)) != set(first)


def test_each_record_goes_to_as_many_people_as_the_stage_asks_for():
    people = Division(("Ana", "Ben", "Cem"), {"abstract": 5})
    made = by_name(batches([stage(reviewers=2)], waiting(), people, {}))
    portions = [made[ALL, name] for name in people.reviewers]
    assert set(Counter(name for portion in portions for name in portion).values()) == {2}
    assert min(map(len, portions)) > 15
    assert {made[PILOT, name] for name in people.reviewers} == {made[PILOT, ""]}


def test_a_record_stays_with_its_people_while_others_come_and_go():
    people = Division(("Ana", "Ben", "Cem"))
    before = by_name(batches([stage(reviewers=2)], waiting(), people, {}))
    after = by_name(batches([stage(reviewers=2)], waiting(NAMES[7:]), people, {}))
    for name in people.reviewers:
        assert after[ALL, name] == tuple(record for record in before[ALL, name] if record in NAMES[7:])


def test_who_has_answered_is_not_asked_again():
    people = Division(("Ana", "Ben"))
    now = waiting(["s:1", "s:2"], answered={("s:1", "abstract"): {"Ana"}})
    made = by_name(batches([stage(reviewers=2)], now, people, {}))
    assert made[ALL, "Ana"] == ("s:2",)
    assert made[ALL, "Ben"] == ("s:1", "s:2")


def test_conflicts_are_a_batch_of_their_own():
    made = by_name(batches([stage()], waiting(["s:1"], conflicts={"abstract": ["s:2"]}), Division(("Ana",)), {}))
    assert made[CONFLICTS, ""] == ("s:2",)
    assert made[ALL, ""] == ("s:1",)
    assert (CONFLICTS, "Ana") not in made
