"""Where a manuscript reports the items of a checklist as far as its headings and words show it."""

from __future__ import annotations

from collections.abc import Iterable

from prismake.submission.checklists import Checklist, Entry, Places


def standard_entries(checklist: Checklist, places: Places) -> dict[str, Entry]:
    """Item -> the usual places of its report that are there and say something of it; other items are left out.

    Text that is still to be written says nothing. An item of which the checklist knows words that a report needs, as a
    whole, is left out where the places have none of them.
    """
    entries: dict[str, Entry] = {}
    for item, usual in checklist.standard.items():
        at = [place for name in usual.at for place in places.named(name) if places.says(place, usual.words)]
        entry = Entry(tuple(place for place in dict.fromkeys(at) if not _has_part(place, at)))
        whole = [one for one in checklist.particulars.get(item, ()) if not one.what]
        texts = "\n".join(places.text(place) or "" for place in entry.at)
        if entry.at and not any(one.missing(texts) for one in whole):
            entries[item] = entry
    return entries


def _has_part(place: str, places: Iterable[str]) -> bool:
    """Whether one of the places is a heading under this one."""
    return any(other.startswith(f"{place} > ") for other in places)
