"""How pictures are made: medium, size, seed, steps and the rest, and how frames follow one another."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.panels.fields import WIDE, ChoiceField, Field, NumberField, SegmentField, SwitchField, small_button
from studio.app.panels.judges import Judges
from studio.app.panels.media import USUAL, camera, craft, media, starts
from studio.app.panels.medium_options import MediumOptions
from studio.app.panels.palette_field import PaletteField
from studio.app.panels.seed_field import SeedField
from studio.app.panels.thumbnails import Thumbnail, Thumbnails
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.models.catalogue import entries
from studio.project import changes, limits
from studio.project.model import BORDERS, Project
from studio.render.identity import stands_still
from studio.timeline import edits
from studio.timeline.parameters import PARAMETERS
from studio.timeline.sample import sample

SIZES = ((128, 128), (256, 256), (384, 216), (216, 384), (512, 512), (640, 360), (768, 768), (1024, 1024))
"""Sizes that are offered, in pixels."""

_WITH_MODELS = ("vqgan", "biggan")
_REFINE = 20  # steps, of the slider


class PictureSection(QWidget):
    """The project's settings. Every change is one entry of the history."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document = context.document
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self._column = column
        self._make_title()
        self._make_medium()
        self._make_size()
        self.seed = SeedField(context)
        column.addWidget(self.seed)
        self.parameters: dict[str, NumberField] = {}
        for name in ("steps", "cutouts"):
            self._make_parameter(name, column)
        self._heading(tr("Motion"))
        self._make_motion()
        column.addSpacing(GRID // 2)
        self.judges = Judges(context)
        column.addWidget(self.judges)
        self.craft = Fold(
            tr("Finer points"), tr("Show or hide what is rarely changed: step size, cut power, smoothness, range.")
        )
        column.addWidget(self.craft)
        for name in craft():
            self._make_parameter(name, self.craft.column)
        self.palette_field = PaletteField(context)
        self.craft.column.addWidget(self.palette_field)
        for field in self.craft.findChildren(Field):
            field.label.setFixedWidth(WIDE)
        self._document.changed.connect(self._show)
        context.player.frame_changed.connect(self._show_parameters)
        self._show()

    @property
    def _project(self) -> Project:
        return self._document.project

    def _make_title(self) -> None:
        """A line that parts what is below from the key above it: one might think that each prompt has its own size."""
        self._column.addSpacing(GRID // 2)
        self._column.addWidget(Divider())
        self.title = QLabel(tr("Whole project"))
        self.title.setProperty("role", "heading")
        self.title.setToolTip(tr("What is below is the same for every prompt and every frame, unless it has keys (◆)."))
        self._column.addWidget(self.title)

    def _heading(self, text: str) -> None:
        label = QLabel(text)
        label.setProperty("role", "heading")
        self._column.addSpacing(GRID // 2)
        self._column.addWidget(label)

    def _make_medium(self) -> None:
        self.medium = ChoiceField(tr("Medium"), tr("What the picture is made of."))
        self.medium.offer(media())
        self.medium.chosen.connect(self._choose_medium)
        self.medium.reset.connect(lambda: self._choose_medium(USUAL))
        self.model = ChoiceField(tr("Model"), tr("The weights of the medium; your own are listed, too."))
        self.model.chosen.connect(lambda name: self._set_medium(model=name))
        self.model.reset.connect(lambda: self._set_medium(model=""))
        self.start = ChoiceField(tr("Begins as"), tr("What a dream begins from."))
        self.start.offer(starts())
        self.start.chosen.connect(lambda name: self._set_medium(start=name))
        self.start.reset.connect(lambda: self._set_medium(start=""))
        self.init = Field(tr("Init image"), tr("A picture that the first canvas starts from. Drop one on the viewer."))
        self.init_picture = Thumbnail(Thumbnails(self._context, self))
        self.init_remove = small_button("x", tr("Begin from no picture"), tr("Remove the init image"))
        self.init_remove.clicked.connect(lambda: self._document.apply(changes.set_init_image("")))
        self.init.finish(self.init_picture, self.init_remove)
        self.init.row.setStretchFactor(self.init_picture, 1)
        self.options = MediumOptions(self._context, self)
        for field in (self.medium, self.model, self.options, self.start, self.init):
            self._column.addWidget(field)

    def _make_size(self) -> None:
        low, high = limits.SIDE_MIN, limits.SIDE_MAX
        unit = tr("pixels")
        self.size_field = ChoiceField(tr("Size"), tr("Width and height of the picture. Larger takes longer."))
        self.size_field.chosen.connect(self._choose_size)
        self.size_field.reset.connect(lambda: self._document.apply(changes.set_size(256, 256)))
        self._column.addWidget(self.size_field)
        self.width_field = NumberField(
            tr("Width"), tr("Of the picture."), low, high, unit=unit, integer=True, slider=(64, 1024)
        )
        self.height_field = NumberField(
            tr("Height"), tr("Of the picture."), low, high, unit=unit, integer=True, slider=(64, 1024)
        )
        for field in (self.width_field, self.height_field):
            field.edited.connect(self._size_typed)
            field.done.connect(self._document.seal)
            self._column.addWidget(field)

    def _make_parameter(self, name: str, column: QVBoxLayout) -> None:
        spec = PARAMETERS[name]
        reach = {"steps": (0, 300), "cutouts": (1, 64), "smoothness": (0, 10)}.get(name)
        text = tr(spec.help) + "\n" + tr("Where it changes over time (◆), this sets a key at the playhead.")
        field = NumberField(
            tr(spec.label), text, spec.minimum, spec.maximum, unit=tr(spec.unit), integer=spec.integer, slider=reach
        )
        field.edited.connect(lambda value: self._set_parameter(name, value))
        field.done.connect(self._document.seal)
        field.reset.connect(lambda: self._reset_parameter(name))
        self.parameters[name] = field
        column.addWidget(field)

    def _make_motion(self) -> None:
        self.mode = SegmentField(
            tr("Motion"),
            tr("How frames follow one another."),
            (
                ("walk", tr("Walk"), tr("Keyframes are dreamed, and the way between them is walked")),
                ("follow", tr("Follow"), tr("Every frame is dreamed on from the one before, moved by a camera")),
            ),
        )
        self.mode.chosen.connect(lambda name: self._set_motion(mode=name))
        self._column.addWidget(self.mode)
        help_text = tr("Steps that every frame between two keyframes is dreamed on.")
        self.refine = NumberField(
            tr("Refine"), help_text, 0, limits.STEPS, unit=tr("steps"), integer=True, slider=(0, _REFINE)
        )
        self.refine.edited.connect(lambda value: self._set_motion(refine=round(value)))
        self.refine.done.connect(self._document.seal)
        self.refine.reset.connect(lambda: self._set_motion(refine=0))
        self._column.addWidget(self.refine)
        self.border = ChoiceField(tr("Border"), tr("What the camera shows beyond the picture's edge."))
        texts = {"reflect": tr("Mirror"), "wrap": tr("Wrap around")}
        self.border.offer([(name, texts.get(name, name), "") for name in BORDERS])
        self.border.chosen.connect(lambda name: self._set_motion(border=name))
        self._column.addWidget(self.border)
        self.still = QLabel(tr("The camera moves nothing here: a published BigGAN cannot move what it draws."))
        self.still.setProperty("role", "muted")
        self.still.setWordWrap(True)
        self._column.addWidget(self.still)
        for name in camera():
            self._make_parameter(name, self._column)
        help_text = tr(
            "The last frame leads back to the first one: keys go round, and the animation can repeat unseen."
        )
        self.loop = SwitchField(tr("Loop"), tr("Seamless"), help_text)
        self.loop.switched.connect(lambda on: self._document.edit(edits.set_loop(on)))
        self.loop.reset.connect(lambda: self._document.edit(edits.set_loop(False)))
        self._column.addWidget(self.loop)

    @Slot()
    def _show(self) -> None:
        project = self._project
        medium = project.medium
        self.medium.show_value(medium.kind)
        self.medium.show_default(medium.kind == USUAL)
        known = entries()
        offered = [(e.name if not e.starter else "", e.name, e.about) for e in known if e.kind == medium.kind]
        self.model.setVisible(medium.kind in _WITH_MODELS)
        self.model.offer(offered)
        self.model.show_value(medium.model)
        self.model.show_default(not medium.model)
        self.start.show_value(medium.start)
        self.start.show_default(not medium.start)
        self.init.setVisible(bool(project.init_image))
        self.init_picture.show_asset(project.init_image)
        self._show_size(project)
        self.seed.show_value(project.seed)
        motion = project.motion
        follows = motion.mode == "follow"
        self.mode.show_value(motion.mode)
        self.refine.setVisible(not follows)
        self.refine.show_value(motion.refine)
        self.refine.show_default(motion.refine == 0)
        self.border.setVisible(follows)
        self.border.show_value(motion.border)
        self.still.setVisible(follows and stands_still(medium))
        for name in camera():
            self.parameters[name].setVisible(follows)
        self.loop.show_value(project.timeline.loop)
        self.loop.show_default(not project.timeline.loop)
        self._show_parameters()

    def _show_size(self, project: Project) -> None:
        here = (project.width, project.height)
        custom = [("custom", tr("Custom"), "")] if here not in SIZES else [("custom", tr("Custom…"), "")]
        self.size_field.offer([*((f"{w}x{h}", f"{w} × {h}", "") for w, h in SIZES), *custom])
        name = "x".join(map(str, here)) if here in SIZES else "custom"
        self.size_field.show_value(name)
        self.size_field.show_default(here == (256, 256))
        self.width_field.show_value(project.width)
        self.height_field.show_value(project.height)
        for field in (self.width_field, self.height_field):
            field.setVisible(name == "custom")

    @Slot()
    def _show_parameters(self) -> None:
        timeline = self._document.timeline
        state = sample(timeline, min(self._context.player.frame, timeline.length - 1))
        moving = self._moving
        for name, field in self.parameters.items():
            spec, value = PARAMETERS[name], state.parameter(name)
            field.show_value(value)
            field.show_default(value == spec.default)
            label = tr("{name} ◆", name=tr(spec.label)) if name in moving else tr(spec.label)
            if field.label.text() != label:
                field.label.setText(label)

    @property
    def _moving(self) -> frozenset[str]:
        """The parameters that change over time."""
        return frozenset(track.name for track in self._document.timeline.parameters if len(track.track.keys) > 1)

    def _reset_parameter(self, name: str) -> None:
        """A parameter that changes over time gets a key with the default at the playhead: its other keys stay."""
        if name in self._moving:
            self._set_parameter(name, PARAMETERS[name].default)
            self._document.seal()
        else:
            self._document.apply(changes.clear_parameter(name))

    def _set_parameter(self, name: str, value: float) -> None:
        frame = self._context.player.frame
        self._document.apply(changes.set_parameter(name, value, frame), ("parameter", name))

    def _choose_medium(self, kind: str) -> None:
        if kind != self._project.medium.kind:
            self._document.apply(changes.set_medium(replace(self._project.medium, kind=kind, model="", options={})))

    def _set_medium(self, **values: str) -> None:
        medium = replace(self._project.medium, **values)  # type: ignore[arg-type]
        self._document.apply(changes.set_medium(medium))

    def _set_motion(self, **values: object) -> None:
        motion = replace(self._project.motion, **values)  # type: ignore[arg-type]
        self._document.apply(changes.set_motion(motion), ("motion", *values))

    def _choose_size(self, name: str) -> None:
        if name == "custom":
            for field in (self.width_field, self.height_field):
                field.setVisible(True)
            self.width_field.box.setFocus()
            return
        width, height = map(int, name.split("x"))
        self._document.apply(changes.set_size(width, height))

    def _size_typed(self) -> None:
        size = changes.set_size(round(self.width_field.value), round(self.height_field.value))
        self._document.apply(size, ("size",))


class Divider(QWidget):
    """A line across the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """In the colour of lines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colours.line)
        painter.end()


class Fold(QWidget):
    """A heading that shows and hides what is below it."""

    def __init__(self, title: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GRID)
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setToolTip(help_text)
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.toggled.connect(self._fold)
        outer.addWidget(self.button)
        self._inside = QWidget()
        self.column = QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GRID)
        outer.addWidget(self._inside)
        self._fold(False)

    @Slot(bool)
    def _fold(self, shown: bool) -> None:
        self.button.setIcon(icon("chevron-down" if shown else "chevron-right"))
        self._inside.setVisible(shown)
