"""Pictures that become keyframes: a take, a draft or any other picture, with the prompt that it was dreamed from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.viewer.saving import png
from studio.base.errors import AssetError
from studio.project import changes, pictures
from studio.project.model import Asset, Medium
from studio.project.pictures import Copied
from studio.timeline.beginnings import begin_from, key_for
from studio.timeline.model import KeyRef
from studio.timeline.prompt import Prompt

Source = bytes | Path | QImage
"""A picture: the content of a picture file, where the file is, or the picture itself."""


async def promote(context: Context, picture: Source, prompt: Prompt, frame: int, name: str = "") -> bool:
    """Let a keyframe with that prompt begin from a picture, as one entry of the history, and select it.

    The picture is copied beside the project in another thread.

    Args:
        context: whose document gets the keyframe.
        picture: what it begins from.
        prompt: what the keyframe asks for.
        frame: where it stands. A keyframe of the same track that stands there is replaced.
        name: what the picture is to be called; a file has a name of its own.

    Returns:
        Whether the keyframe is there; where not, the document's `refused` has told why.

    Raises:
        StudioError: as `bring`.
    """
    asset = await bring(context, picture, name)
    made = _applied(context, changes.promote(asset, prompt, frame))
    if made:
        track = next(each for each in context.document.timeline.prompts if not each.muted)
        context.choice.select([KeyRef(track.ref, frame)])
    return made


def begin(context: Context, picture: Source, key: KeyRef, name: str = "") -> None:
    """Let a key of a prompt track begin from a picture, as one entry of the history; as `promote`.

    Args:
        context: whose document it is.
        picture: what the key begins from.
        key: which.
        name: what the picture is to be called; a file has a name of its own.
    """
    context.tasks.start(_begun(context, picture, key, name))


def hand_over(context: Context, picture: Path, frame: int, medium: Medium) -> None:
    """Dream on in another medium from the picture of a frame, as one entry of the history; as `promote`.

    The keyframe at that frame begins from the picture, or the one that holds there, or a new one. It is selected then.

    Args:
        context: whose document it is.
        picture: of the frame, as it is stored.
        frame: whose picture it is.
        medium: the other one.
    """
    context.tasks.start(_handed_over(context, picture, frame, medium))


async def bring(context: Context, picture: Source, name: str = "") -> Asset:
    """Copy a picture beside the project, and give back the asset that it is, or that it would be once it is added.

    Args:
        context: whose document it is for.
        picture: what to copy.
        name: what it is to be called; a file has a name of its own.

    Raises:
        AssetError: it cannot be used as a picture, or another project was opened meanwhile.
        FileError: it could not be written.
    """
    document = context.document
    folder, known = document.folder, document.project.assets
    copied = await context.tasks.in_thread(_copied, picture, name, folder, known)
    if document.folder != folder:
        raise AssetError(
            tr("The picture was not added"), tr("Another project was opened meanwhile"), tr("Do it again there")
        )
    return pictures.asset_for(document.project, copied)


def _copied(picture: Source, name: str, folder: Path, known: Sequence[Asset]) -> Copied:
    if isinstance(picture, Path):
        if not name:
            return pictures.copy(picture, folder, known)
        picture = _read(picture)
    data = png(picture) if isinstance(picture, QImage) else picture
    return pictures.copy_data(data, name or "picture", folder, known)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = tr("The picture {name} cannot be used", name=path.name)
        raise AssetError(what, error.strerror or str(error), tr("Render the frame again")) from error


async def _begun(context: Context, picture: Source, key: KeyRef, name: str) -> None:
    asset = await bring(context, picture, name)
    begun = changes.on_timeline(begin_from([key], asset.id))
    _applied(context, changes.together(begun.label, changes.add_asset(asset), begun))


async def _handed_over(context: Context, picture: Path, frame: int, medium: Medium) -> None:
    asset = await bring(context, picture, f"{context.document.project.medium.kind} {frame:04d}")
    if _applied(context, changes.hand_over(asset, medium, frame)):
        context.choice.select([key_for(context.document.timeline, frame)])


def _applied(context: Context, change: changes.Change) -> bool:
    """Make a change that is an entry of the history by itself. Whether it could be made."""
    document = context.document
    document.seal()
    made = document.apply(change)
    document.seal()
    return made
