"""What can be done with the selected takes, as a menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from studio.app.icons import icon
from studio.app.panels.takes_words import why_no_walk
from studio.app.texts import plural, tr

if TYPE_CHECKING:
    from studio.app.panels.takes import TakesPanel


def menu_of(panel: TakesPanel, frame: int) -> QMenu:
    """The menu of what is selected in a panel; it deletes itself. `frame` is where the playhead stands."""
    rows = panel.selected
    menu = QMenu(panel)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    if not panel.in_bin:
        text = (
            tr("Use 1 Take as Keyframe at Frame {frame}", frame=frame)
            if len(rows) == 1
            else plural("Use %n Take(s) as Keyframes from Frame {frame} On", len(rows), frame=frame)
        )
        menu.addAction(icon("diamond-plus"), text, panel.use)
        walk = menu.addAction(icon("spline"), tr("Walk Between Them…"), panel.walk)
        why_not = why_no_walk(rows)
        walk.setEnabled(not why_not)
        walk.setToolTip(why_not or tr("Blend from take to take without dreaming again."))
        walk.setStatusTip(walk.toolTip())
        menu.addSeparator()
    starred = all(row.star for row in rows)
    menu.addAction(icon("star"), tr("Take the Star Away") if starred else tr("Give a Star"), panel.star)
    write = partial(panel.details.tags.setFocus, Qt.FocusReason.OtherFocusReason)
    menu.addAction(icon("bookmark"), tr("Tags…"), write)
    menu.addAction(icon("copy"), tr("Copy Prompt"), panel.copy_prompt)
    menu.addAction(icon("folder-open"), tr("Show in Folder"), panel.show_folder)
    menu.addSeparator()
    if panel.in_bin:
        menu.addAction(icon("rotate-ccw"), tr("Bring Back"), panel.restore)
        menu.addAction(icon("trash-2"), tr("Empty the Bin…"), panel.empty_bin)
    else:
        menu.addAction(icon("trash-2"), tr("Move to the Bin"), panel.remove)
    return menu
