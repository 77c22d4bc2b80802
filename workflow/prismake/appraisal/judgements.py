"""The judgements of all appraisals as a table: what traffic lights, weighted summaries and other plots need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from prismake.appraisal.forms import OVERALL


@dataclass(frozen=True)
class Judgement:
    """An item, or the overall judgement, of an appraisal.

    `form` is empty, and `item` too, for a study that nobody has appraised. `about` is what of the study is appraised,
    empty for all of it; `group` the form's heading for the item. `state` is answered, unclear or pending; `answer` is
    empty while it is pending, `proposed` where the form's rules propose nothing.
    """

    study_id: str
    about: str
    form: str
    item: str
    subject: str
    group: str
    state: str
    answer: str
    proposed: str
    note: str

    def as_row(self) -> dict[str, str]:
        """The row of results/judgements.csv."""
        return asdict(self)


def judgements(appraisal: Mapping[str, Any]) -> Iterator[Judgement]:
    """Study by study and item by item, the overall judgement last, from the content of results/appraisal.json.

    The items are those of the study's own form: what another form of a shared matrix has is not among them.
    """
    for one in appraisal["appraisals"]:
        place = (one["study_id"], one["about"])
        if one["form"] is None:
            yield Judgement(*place, "", "", "", "", one["state"], "", "", one["note"] or "")
            continue
        form = appraisal["forms"][one["form"]]
        for item in form["items"]:
            cell = one["items"][item["id"]]
            texts = [cell[name] or "" for name in ("answer", "proposed", "note")]
            yield Judgement(*place, one["form"], item["id"], item["subject"], item["group"], cell["state"], *texts)
        if form["overall"]:
            answer = one["overall"]
            state = "pending" if answer is None else "unclear" if answer in form["unclear"] else "answered"
            texts = [one[name] or "" for name in ("overall", "proposed", "note")]
            yield Judgement(*place, one["form"], OVERALL, "overall judgement", "", state, *texts)
