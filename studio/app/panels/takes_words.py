"""What the panel of takes says: why nothing is shown, why there is no walk, what emptying the bin does away with."""

from __future__ import annotations

from collections.abc import Sequence

from studio.app.panels.takes_reader import Listing
from studio.app.texts import plural, tr
from studio.takes.index import Row


def why_nothing(listing: Listing | None, *, all_wanted: bool, keeping: bool) -> str:
    """Why no take is shown.

    Args:
        listing: what the library has; None while it is being looked at.
        all_wanted: nothing is looked for in particular.
        keeping: new takes are kept.
    """
    if listing is None:
        return tr("Looking…")
    if not all_wanted:
        return tr("No take is like that.")
    if listing.wanted.binned:
        return tr("The bin is empty.")
    put_away = ""
    if listing.binned:
        how = tr("The button with the bin, above, shows what is in it: it can be brought back from there.")
        one = listing.binned == 1
        where = tr("Your only take is in the bin.") if one else plural("All %n take(s) are in the bin.", listing.binned)
        put_away = f"{where} {how}"
    if not keeping:
        return " ".join(filter(None, (put_away, tr("Takes are not kept: that is set so in Preferences."))))
    return put_away or tr(
        "Every keyframe that is dreamed is kept here with all that made it. Render something to see the first."
    )


def why_no_walk(rows: Sequence[Row]) -> str:
    """Why there is no walk between takes; "" when there may be one."""
    media, sizes = sorted({row.medium for row in rows}), sorted({row.size for row in rows})
    if len(rows) < 2:
        return tr("Select two takes or more: Ctrl and a click adds one.")
    if len(media) > 1:
        return tr("These are of different media: {media}. A walk stays within one medium.", media=", ".join(media))
    if len(sizes) > 1:
        shown = ", ".join(tr("{width} × {height}", width=width, height=height) for width, height in sizes)
        return tr("These are of different sizes: {sizes}. A walk stays at one size.", sizes=shown)
    return ""


def what_goes() -> str:
    """What emptying the bin does away with, and what it does not."""
    return tr(
        "Their pictures are gone then, and no walk or keyframe can be made from them any more. It cannot be undone. "
        "Projects, and frames that were rendered, stay."
    )
