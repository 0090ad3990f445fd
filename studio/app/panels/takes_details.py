"""All that is known of the selected take, and its tags, which can be written here."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.app.panels.fields import Line
from studio.app.panels.takes_words import why_no_walk
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.takes.index import Row
from studio.takes.take import Kept, Take

_ROOM = 20 * GRID  # pixels of the details' height, where there is so much
_HASH = 12  # digits of a hash that are shown; the rest is in the tip


class TakesDetails(QScrollArea):
    """Prompt, facts and tags of one take; of several, what they have in common."""

    tags_wanted = Signal(object, object)
    """(tags to add, tags to remove), for what is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("What is known of the take"))
        self._rows: tuple[Row, ...] = ()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID // 2, 0)
        column.setSpacing(GRID)
        self.prompt = QLabel()
        self.prompt.setTextFormat(Qt.TextFormat.PlainText)
        self.prompt.setWordWrap(True)
        self.prompt.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column.addWidget(self.prompt)
        self.tags = Line()
        self.tags.setPlaceholderText(tr("Tags, with commas between them"))
        self.tags.setAccessibleName(tr("Tags"))
        self.tags.setToolTip(tr("Your own words, with commas between them; 1 to 60 letters each. Enter keeps them."))
        self.tags.editingFinished.connect(self._write_tags)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(inside)
        self.show_rows(())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a prompt of three lines, medium, size, seed and score."""
        return QSize(super().sizeHint().width(), _ROOM)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show what a list knows of the selected takes; `show_take` adds the rest."""
        before, self._rows = self._rows, tuple(rows)
        if self._rows == before and before:
            return
        self.prompt.setProperty("role", "" if rows else "muted")
        self.prompt.style().polish(self.prompt)
        if len(rows) == 1:
            self.prompt.setText(rows[0].prompt)
        elif rows:
            self.prompt.setText(plural("%n take(s)", len(rows)))
        else:
            self.prompt.setText(tr("Select a take to see how it was made."))
        if [row.key for row in rows] != [row.key for row in before] or not self.tags.isModified():
            self.tags.setText(", ".join(_common(rows)))
        self.tags.setVisible(bool(rows))
        self._fill(_shared(rows))

    def show_take(self, kept: Kept) -> None:
        """Show all of a take, if it is the selected one still."""
        if [row.key for row in self._rows] == [kept.take.key]:
            self._fill(facts(kept.take))

    def _fill(self, found: Sequence[tuple[str, str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.tags:
                widget.hide()
                widget.deleteLater()
        first = (tr("Medium"), tr("Size"), tr("Seed"), tr("Score"), tr("Walk"))
        above = sum(name in first for name, _, _ in found)  # what one looks for comes before the tags, the rest after
        self._grid.addWidget(self.tags, above, 0, 1, 2)
        for number, (name, value, tip) in enumerate(found):
            place = number + (number >= above)
            label, said = QLabel(name), QLabel(value)
            label.setProperty("role", "muted")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setWordWrap(True)
            said.setToolTip(tip)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label, place, 0)
            self._grid.addWidget(said, place, 1)

    @Slot()
    def _write_tags(self) -> None:
        if not self.tags.isModified():
            return
        self.tags.setModified(False)
        written = [" ".join(tag.split()) for tag in self.tags.text().split(",") if tag.strip()]
        common = _common(self._rows)
        add, remove = [tag for tag in written if tag not in common], [tag for tag in common if tag not in written]
        if add or remove:
            self.tags_wanted.emit(tuple(add), tuple(remove))


def facts(take: Take) -> list[tuple[str, str, str]]:
    """Name, value and tip of all that is known of a take but its prompt and tags."""
    medium = take.medium
    found = [
        (tr("Medium"), " · ".join(filter(None, dict.fromkeys((medium.kind, medium.model, medium.start)))), ""),
        (tr("Size"), tr("{width} × {height}", width=take.width, height=take.height), tr("In pixels.")),
        (tr("Seed"), str(take.seed), ""),
    ]
    for guide in take.guides:
        score = "" if guide.score is None else f"{guide.score:.4f} · "
        tip = tr("Cosine with its wishes, by this perceptor, whose weights have the SHA-256 {hash}", hash=guide.sha256)
        found.append((tr("Score"), score + (guide.model or tr("starter")), tip))
    found.append((tr("Steps"), str(take.steps), tr("Of the optimiser.")))
    for name, digest in ((tr("Weights"), medium.sha256), (tr("Start's"), medium.start_sha256)):
        if digest:
            found.append((name, digest[:_HASH], tr("SHA-256 of the weights or pack: {hash}", hash=digest)))
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(take.created))
    took = tr("{seconds} s on {device}", seconds=f"{take.seconds:.1f}", device=take.device)
    found.append((tr("Made"), f"{made} · {took}" if take.seconds else made, ""))
    if take.project:
        where = tr("{project}, frame {frame}", project=take.project, frame=take.frame)
        found.append((tr("Project"), where, take.source or take.folder))
    found.append((tr("Take"), take.short, tr("By these digits the command line knows it: {key}", key=take.key)))
    return found


def _common(rows: Sequence[Row]) -> list[str]:
    """The tags that all have."""
    return sorted(set.intersection(*(set(row.tags) for row in rows))) if rows else []


def _shared(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    if not rows:
        return []
    media, sizes = sorted({row.medium for row in rows}), sorted({row.size for row in rows})
    found = [
        (tr("Medium"), ", ".join(media), ""),
        (tr("Size"), ", ".join(tr("{width} × {height}", width=width, height=height) for width, height in sizes), ""),
    ]
    scores = [row.score for row in rows if row.score is not None]
    if scores:
        low, high = f"{min(scores):.3f}", f"{max(scores):.3f}"
        found.append((tr("Score"), low if low == high else tr("{low} to {high}", low=low, high=high), ""))
    why_not = why_no_walk(rows) if len(rows) > 1 else ""
    if why_not:
        found.append((tr("Walk"), why_not, ""))
    return found
