"""The head of the score lane: who looks, how far it is, warnings to go through, and the choice of the witness."""

from __future__ import annotations

from PySide6.QtCore import QLineF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.app.icons import icon
from studio.app.scoring import Scoring
from studio.app.texts import plural, tr
from studio.app.theme import theme
from studio.app.timeline.header import WIDTH
from studio.app.timeline.score_words import paragraphs, warning
from studio.app.timeline.stage import Stage
from studio.base.errors import StudioError

_SAMPLE = 22  # pixels of the strokes in the legend
_DASHES = (4.0, 3.0)


class ScoreHead(QWidget):
    """What stands left of the score lane.

    Attributes:
        warnings: goes to the next warning; it is there while there are any.
        choice: the menu of witnesses.
        fold: hides the lane.
    """

    fold_wanted = Signal()
    """Hide the lane."""

    def __init__(self, stage: Stage, scoring: Scoring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._scoring = stage, scoring
        self.setFixedWidth(WIDTH)
        self.name = QLabel(tr("Score"))
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self.warnings = self._button("triangle-alert")
        self.warnings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.warnings.clicked.connect(self._next_warning)
        self.choice = self._button("sliders-horizontal")
        self.choice.setToolTip(tr("Choose the witness: the CLIP that looks at the frames and did not guide them."))
        self.choice.setAccessibleName(tr("Choose the witness"))
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.choice)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self.choice.setMenu(menu)
        self.fold = self._button("chevron-down")
        self.fold.setToolTip(tr("Hide the score lane"))
        self.fold.setAccessibleName(tr("Hide the score lane"))
        self.fold.clicked.connect(self.fold_wanted)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.name)
        row.addWidget(self.state, 1, Qt.AlignmentFlag.AlignRight)
        for button in (self.warnings, self.choice, self.fold):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 0)
        column.addLayout(row)
        column.addStretch(1)
        scoring.changed.connect(self._tell)
        theme().changed.connect(self.update)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground, and a legend: a solid stroke for the guide, a dashed one for the witness."""
        painter = QPainter(self)
        colours = theme().colours
        painter.fillRect(event.rect(), colours.panel)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), colours.border)
        for edge in (0, self.height() - 1):
            painter.fillRect(0, edge, self.width(), 1, colours.border)
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for place, (text, dashed) in enumerate(self._legend()):
            y = 46.0 + 20 * place
            pen = QPen(colours.text, 1.75)
            if dashed:
                pen.setDashPattern(list(_DASHES))
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QLineF(12, y, 12 + _SAMPLE, y))
            painter.setPen(colours.muted)
            room = self.width() - 12 - _SAMPLE - 8 - 8
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(12 + _SAMPLE + 8, round(y + metrics.capHeight() / 2), cut)
        painter.end()

    def _legend(self) -> list[tuple[str, bool]]:
        scores = self._scoring.scores
        if scores is None:
            return []
        if scores.witness is None:
            return [(scores.guide.name, False), (tr("no independent CLIP here"), True)]
        return [(scores.guide.name, False), (scores.witness.name, True)]

    @Slot()
    def _tell(self) -> None:
        scoring, scores = self._scoring, self._scoring.scores
        self.state.setText(plural("%n left", scoring.left) if scoring.left else "")
        spans = scores.fooled if scores is not None else ()
        self.warnings.setVisible(bool(spans))
        self.warnings.setText(str(len(spans)))
        about = plural("CLIP is being fooled in %n place(s): go to the next one", len(spans))
        self.warnings.setAccessibleName(about)
        told = [] if scores is None else [warning(scores, span) for span in spans[:3]]
        self.warnings.setToolTip(paragraphs((about, *told)))
        said = [tr("How much of each prompt CLIP sees in each frame: 0 % is chance, 100 % a true picture of it.")]
        if scores is not None:
            said.append(tr("Solid: {name}, which guides.", name=scores.guide.name))
        if scores is not None and scores.witness is not None:
            said.append(tr("Dashed: {name}, the witness, which does not.", name=scores.witness.name))
        if scores is not None and scores.witness is None:
            said.append(tr("Every CLIP on this machine guides this project, so none can be its witness."))
        text = " ".join(said)
        if text != self.accessibleDescription():
            self.setToolTip(paragraphs(said))
            self.setAccessibleDescription(text)
        self.update()

    @Slot()
    def _next_warning(self) -> None:
        """Go to the first warning after the playhead, or to the first one."""
        scores, player = self._scoring.scores, self._stage.context.player
        if scores is not None and scores.fooled:
            starts = sorted({span.start for span in scores.fooled})
            player.stop()
            player.seek(next((start for start in starts if start > player.frame), starts[0]))
            self._stage.scale.reveal(player.frame)

    @Slot()
    def _fill(self) -> None:
        menu = self.choice.menu()
        menu.clear()
        try:
            known = self._scoring.candidates()
        except StudioError as error:
            menu.addAction(str(error)).setEnabled(False)
            return
        scores = self._scoring.scores
        used = scores.witness.name if scores is not None and scores.witness is not None else self._scoring.witness
        group = QActionGroup(menu)
        for each in known:
            action = QAction(tr("{name} (guides)", name=each.name) if each.guides else each.name, menu)
            action.setCheckable(True)
            action.setChecked(each.name == used)
            action.setEnabled(not each.guides)
            why = tr("It guides this project: its frames were made to please it, so it cannot judge them.")
            action.setToolTip(why if each.guides else each.about)
            action.setData(each.name)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._choose)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._scoring.choose(str(action.data()))

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setFixedHeight(28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
