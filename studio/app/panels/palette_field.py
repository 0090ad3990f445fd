"""The colours that the parameters palette and edges draw pictures to: written, or taken from a picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QColorDialog, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import DrawnIcon, icon
from studio.app.panels.fields import WIDE, Field, Line, small_button
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.base.errors import StudioError
from studio.project import changes
from studio.project.assets import read_picture, resolve
from studio.project.swatches import MOST_COLOURS, WHITE, Colours, colours_of, read_colours


class PaletteField(QWidget):
    """The project's palette and the colour of its border. Every change is one entry of the history."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        self._taken = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        self.palette_field = Field(
            tr("Colours"),
            tr("Colours such as #102040 #ff8800, {most} at most: what the weight Palette draws to.", most=MOST_COLOURS),
        )
        self.box = Line()
        self.box.setPlaceholderText(tr("no colours"))
        self.box.textEdited.connect(lambda: self._judge(""))
        self.box.editingFinished.connect(self._take)
        tip = tr("Take the eight main colours of one of the project's pictures")
        self.from_picture = small_button("image", tip, tr("Palette from a picture"))
        self.from_picture.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.from_picture.setMenu(QMenu(self.from_picture))
        self.from_picture.menu().aboutToShow.connect(self._fill)
        self.palette_field.finish(self.from_picture, self.box)
        self.palette_field.row.setStretchFactor(self.box, 1)
        self.palette_field.reset.connect(lambda: self._set(replace(self._colours, palette=())))
        self.swatches = Swatches()
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.border_field = Field(
            tr("Border"), tr("The colour that the parameter Edges draws the picture's border to: white by default.")
        )
        self.border = QToolButton()
        self.border.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.border.clicked.connect(self._ask)
        self.border_field.finish(self.border)
        self.border_field.row.insertStretch(self.border_field.row.indexOf(self.border) + 1, 1)
        self.border_field.reset.connect(lambda: self._set(replace(self._colours, border=WHITE)))
        for widget in (self.palette_field, self.swatches, self.problem, self.border_field):
            column.addWidget(widget)
        self._document.changed.connect(self._show)
        self._show()

    @property
    def _colours(self) -> Colours:
        return self._document.project.colours

    def take_from(self, asset: str) -> None:
        """Let the palette be the main colours of a picture of the project."""
        try:
            with read_picture(resolve(self._document.folder, self._document.project.asset(asset))) as picture:
                palette = colours_of(picture)
        except StudioError as error:
            self._judge(str(error))
            return
        self._set(replace(self._colours, palette=palette))

    def choose_border(self, colour: QColor) -> None:
        """Let the border have a colour."""
        if colour.isValid():
            self._set(replace(self._colours, border=colour.name()))

    @Slot()
    def _show(self) -> None:
        colours = self._colours
        if not self.box.isModified():
            self.box.setText(" ".join(colours.palette))
            self.box.setCursorPosition(0)
            self._judge("")
        self.swatches.show_colours(colours.palette)
        self.swatches.setVisible(bool(colours.palette))
        self.palette_field.show_default(not colours.palette)
        self.border.setIcon(swatch(colours.border))
        self.border.setText(colours.border)
        self.border_field.show_default(colours.border == WHITE)

    @Slot()
    def _take(self) -> None:
        if not self.box.isModified():
            return
        try:
            colours = replace(self._colours, palette=read_colours(self.box.text()))
        except ValueError as error:
            self._judge(tr("Not a palette: {why}", why=str(error)))
            return
        self._set(colours)

    def _set(self, colours: Colours) -> None:
        self.box.setModified(False)
        if colours != self._colours:
            self._document.apply(changes.set_colours(colours))
        self._show()

    def _judge(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if bool(self.box.property("invalid")) != bool(problem):
            self.box.setProperty("invalid", bool(problem))
            self.box.style().polish(self.box)

    @Slot()
    def _fill(self) -> None:
        menu = self.from_picture.menu()
        menu.clear()
        for asset in self._document.project.assets:
            menu.addAction(icon("image"), asset.id).triggered.connect(
                lambda _=False, name=asset.id: self.take_from(name)
            )
        if menu.isEmpty():
            menu.addAction(tr("The project has no picture yet: drop one on the viewer")).setEnabled(False)

    @Slot()
    def _ask(self) -> None:
        self.choose_border(QColorDialog.getColor(QColor(self._colours.border), self, tr("Colour of the border")))


class Swatches(QWidget):
    """A row of colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: tuple[str, ...] = ()
        self.setFixedHeight(2 * GRID)
        theme().changed.connect(self.update)

    def show_colours(self, colours: tuple[str, ...]) -> None:
        """Show colours, "#rrggbb" each."""
        self._colours = colours
        text = tr("The palette: {colours}", colours=" ".join(colours))
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Side by side, all of one width, below the box in which they are written."""
        painter = QPainter(self)
        left = WIDE + GRID
        width = (self.width() - left) / max(len(self._colours), 1)
        for place, colour in enumerate(self._colours):
            painter.fillRect(QRectF(left + place * width, 0, width + 0.5, self.height()), QColor(colour))
        painter.end()


def swatch(colour: str) -> QIcon:
    """A square of a colour, framed so that it is seen on any ground."""

    def drawing(painter: QPainter, rect: QRectF, _disabled: bool, _on: bool) -> None:
        painter.fillRect(rect, QColor(colour))
        painter.setPen(theme().colours.line)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    return QIcon(DrawnIcon(drawing))
