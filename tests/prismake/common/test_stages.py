import pytest
from prismake.common.stages import asks_other_methods, found_by_other_methods, role_of, stage_issues

STAGES = [{"id": "sift", "role": "removal"}, {"id": "title"}, {"id": "retrieval"}, {"id": "fulltext"}]


def test_roles_by_declaration_by_name_and_by_place():
    assert [role_of(STAGES, at) for at in range(4)] == ["removal", "screening", "retrieval", "assessment"]
    assert [asks_other_methods(STAGES, at) for at in range(4)] == [False, False, True, True]
    assert asks_other_methods([{"id": "title", "other_methods": True}, {"id": "fulltext"}], 0)
    assert not stage_issues(STAGES)


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([{"id": "a"}, {"id": "b", "role": "removal"}, {"id": "c"}], "'b' has the role removal, after a stage with"),
        ([{"id": "a", "role": "removal"}], "no stage follows the removal"),
        ([{"id": "a", "other_methods": False}], "'a', must also apply to records from other methods"),
        ([{"id": "included"}], "a stage cannot have the id 'included'"),
    ],
)
def test_stages_that_make_no_flow(stages, message):
    assert message in " ".join(str(issue) for issue in stage_issues(stages))


def test_a_cluster_with_one_record_of_a_database_is_not_found_elsewhere():
    clusters = {
        "cited:1": "cited:1",
        "pubmed:1": "cited:1",
        "cited:2": "cited:2",
        "web:3": "cited:2",
        "pubmed:4": "pubmed:4",
    }
    assert found_by_other_methods(clusters, ["cited", "web"]) == {"cited:2"}
