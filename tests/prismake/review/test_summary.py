import json

from prismake.review.summary import summary


def test_a_build_ends_with_the_flow_the_doubtful_pairs_and_the_manuscript(tmp_path):
    (tmp_path / "dedup").mkdir()
    boxes = [{"id": "identified", "role": "identified", "n": 1200}, {"id": "d", "role": "duplicates", "n": 1}]
    (tmp_path / "flow.json").write_text(json.dumps({"boxes": boxes}))
    flow, figure = "Flow: 1,200 identified, 1 duplicate", f"Flow figure: {tmp_path}/figures/prisma.svg"
    assert summary(tmp_path, "d.csv").split("\n") == ["", flow, figure]
    queue = tmp_path / "dedup" / "to_review.csv"
    queue.write_text("record_a,record_b\n")
    assert summary(tmp_path, "d.csv").split("\n") == ["", flow, figure]
    queue.write_text('record_a,record_b\na,"b\nc"\nd,e\n')
    pairs = f"To decide: 2 possible duplicates in {queue}; decide each in d.csv"
    assert summary(tmp_path, "d.csv").split("\n") == ["", flow, pairs, figure]
    (tmp_path / "manuscript").mkdir()
    (tmp_path / "manuscript/manuscript.pdf").touch()
    assert summary(tmp_path, "d.csv").split("\n")[-1] == f"Manuscript: {tmp_path}/manuscript/manuscript.pdf"
