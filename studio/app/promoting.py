"""Pictures that become keyframes: a take, a draft or any other picture, with the prompt that it was dreamed from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.viewer.saving import png
from studio.base.errors import AssetError
from studio.project import changes, pictures
from studio.project.model import Asset
from studio.timeline.model import KeyRef
from studio.timeline.prompt import Prompt


def promote(context: Context, picture: bytes | Path, prompt: Prompt, frame: int | None = None) -> None:
    """Let a keyframe with that prompt begin from a picture, as one entry of the history, and select it.

    The picture is copied beside the project in another thread, so the keyframe is there a moment later. What goes wrong
    is told by `context.tasks.failed`, or by the document's `refused`.

    Args:
        context: whose document gets the keyframe.
        picture: the content of a picture file, or where the file is.
        prompt: what the keyframe asks for.
        frame: where it stands; the playhead by default. A keyframe of the same track that stands there is replaced.
    """
    place = context.player.frame if frame is None else frame
    context.tasks.start(_promoted(context, picture, prompt, place))


async def bring(context: Context, picture: bytes | Path | QImage, name: str = "picture") -> Asset:
    """Copy a picture beside the project, and give back the asset that it is, or that it would be once it is added.

    Args:
        context: whose document it is for.
        picture: the content of a picture file, where the file is, or the picture itself.
        name: what it is to be called; a file has its own name.

    Raises:
        AssetError: it cannot be used as a picture, or another project was opened meanwhile.
        FileError: it could not be written.
    """
    document = context.document
    folder, known = document.folder, document.project.assets
    if isinstance(picture, QImage):
        picture = await context.tasks.in_thread(png, picture)
    if isinstance(picture, bytes):
        copied = await context.tasks.in_thread(pictures.copy_data, picture, name, folder, known)
    else:
        copied = await context.tasks.in_thread(pictures.copy, picture, folder, known)
    if document.folder != folder:
        raise AssetError(
            tr("The picture was not added"), tr("Another project was opened meanwhile"), tr("Do it again there")
        )
    return pictures.asset_for(document.project, copied)


async def _promoted(context: Context, picture: bytes | Path, prompt: Prompt, frame: int) -> None:
    asset = await bring(context, picture)
    document = context.document
    document.seal()
    if not document.apply(changes.promote(asset, prompt, frame)):
        return
    document.seal()
    track = next(each for each in document.timeline.prompts if not each.muted)
    context.choice.select([KeyRef(track.ref, frame)])
