"""The map of clusters gives the same for few records, by a dictionary, and for many, by sorted ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common import cluster_map
from prismake.common.cluster_map import ClusterMap


@pytest.mark.parametrize("most", [0, 100])
@given(known=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=12), other=st.text(max_size=3))
def test_a_map_of_any_size_is_like_a_dictionary(most: int, known: dict[str, str], other: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster_map, "DICTIONARY", most)
        clusters = ClusterMap.of(known)
        assert dict(clusters) == dict(clusters.items()) == known
        assert list(clusters.values()) == list(known.values())
        assert [clusters.row(name) for name in known] == list(range(len(known)))
        assert clusters.get(other) == known.get(other)
        assert (other in clusters) == (other in known)
