"""Why an action cannot be used now, in words."""

from __future__ import annotations

from studio.app.texts import tr


def reason(when: str) -> str:
    """One sentence that says what the condition of that name (`Spec.when`) asks for; "" for one that always holds."""
    return {
        "picture": tr("There is no picture here yet: render this frame first."),
        "undo": tr("There is nothing to undo."),
        "redo": tr("Nothing was undone that could be made again."),
        "selection": tr("Select a key first."),
        "copy": tr("Select a key first, or render this frame to copy its picture."),
        "paste": tr("Copy keys or a picture first."),
        "prompt": tr("There is no prompt yet: press K on the timeline first."),
        "range": tr("Set a range first, with I and O."),
        "renderable": tr("The project cannot be rendered as it is; the inspector says why at its top."),
        "rendering": tr("Nothing is rendering."),
        "any_take": tr("Select a take first."),
        "takes": tr("Select a take first, one that is not in the bin."),
        "binned": tr("Show the bin among the takes, and select one there."),
        "walk": tr("Select two takes or more of one medium and size first."),
        "full_bin": tr("The bin is empty."),
        "paused": tr("No render is paused."),
    }.get(when, "")
