"""The prompt of a key: its terms, its ease, and what was asked before."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.ease_icons import ease_choices, ease_icon
from studio.app.icons import icon
from studio.app.panels.fields import SegmentField
from studio.app.panels.terms import TermRow
from studio.app.panels.tokens import TokenCounter
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.app.timeline.prompt_colours import prompt_colours, prompt_text
from studio.base.errors import AssetError
from studio.project.assets import resolve
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, PromptTrack, TrackRef
from studio.timeline.prompt import Prompt, Term, Text, format_prompt
from studio.timeline.track import Keyframe

_THUMBNAIL = 52
_REMEMBERED = 30  # prompts of this session


class PromptSection(QWidget):
    """Edits the selected prompt key, or else the one that the playhead stands on or after."""

    asked = Signal(str)
    """A prompt that was used; for the history of prompts."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key: KeyRef | None = None
        self._gesture = 0
        self._used: list[str] = []
        self._counter = TokenCounter(context, self)
        self._counter.counted.connect(self._counted)
        self.rows: list[TermRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._make_head())
        self._terms = QVBoxLayout()
        self._terms.setSpacing(GRID)
        column.addLayout(self._terms)
        self.empty = QLabel(tr("There is no prompt yet. Press K on the timeline, or double-click a prompt lane."))
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        column.addWidget(self.empty)
        self.ease = SegmentField(
            tr("Ease"),
            tr("How this prompt becomes the next one."),
            ease_choices(),
            icons=ease_icon,
        )
        self.ease.chosen.connect(self._set_ease)
        self.ease.reset.connect(lambda: self._set_ease("linear"))
        column.addWidget(self.ease)
        for changed in (context.document.changed, context.choice.changed, context.player.frame_changed):
            changed.connect(self._show)
        theme().changed.connect(self._show)
        self._show()

    @property
    def key(self) -> KeyRef | None:
        """The key that is edited."""
        return self._key

    def focus_words(self) -> None:
        """Let the artist type into the first term."""
        if self.rows:
            self.rows[0].words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.dot = QLabel()
        self.dot.setFixedSize(10, 10)
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        head.addWidget(self.dot)
        head.addWidget(self.heading, 1)
        self.add = QToolButton()
        self.add.setIcon(icon("plus"))
        self.add.setIconSize(QSize(14, 14))
        self.add.setToolTip(tr("Add another wish to this prompt; give it a weight below 0 to push something away"))
        self.add.setAccessibleName(tr("Add term"))
        self.add.clicked.connect(self._add_term)
        self.more = QToolButton()
        self.more.setIcon(icon("history"))
        self.more.setIconSize(QSize(14, 14))
        self.more.setToolTip(tr("Prompts of this project, and those you used before"))
        self.more.setAccessibleName(tr("Earlier prompts"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.more.setMenu(menu)
        head.addWidget(self.add)
        head.addWidget(self.more)
        return head

    def _found(self) -> tuple[PromptTrack, Keyframe[Prompt]] | None:
        """The track and key to edit."""
        timeline = self._context.document.timeline
        chosen = sorted(key for key in self._context.choice.keys if key.track.kind == "prompt")
        if chosen:
            track = timeline.prompt(chosen[0].track.name)
            return track, track.track.key(chosen[0].frame)
        frame = self._context.player.frame
        for track in timeline.prompts:
            if track.track.keys:
                before = [key for key in track.track.keys if key.frame <= frame]
                return track, before[-1] if before else track.track.keys[0]
        return None

    @Slot()
    def _show(self) -> None:
        found = self._found()
        for widget in (self.ease, self.add, self.dot):
            widget.setVisible(found is not None)
        self.empty.setVisible(found is None)
        if found is None:
            self._key = None
            self.heading.setText(tr("No prompt"))
            self._trim(0)
            return
        track, key = found
        ref = KeyRef(TrackRef("prompt", track.name), key.frame)
        if ref != self._key:
            self._end()
            self._key = ref
        several = len(self._context.document.timeline.prompts) > 1
        name = tr("{track} at frame {frame}", track=track.name, frame=key.frame)
        self.heading.setText(name if several else tr("Prompt at frame {frame}", frame=key.frame))
        colour = prompt_colours(self._context.document.timeline)[prompt_text(key.value)]
        self.dot.setStyleSheet(f"background: {colour.name()}; border-radius: 5px;")
        self._trim(len(key.value.terms))
        for place, term in enumerate(key.value.terms):
            if place == len(self.rows):
                self._append_row()
            self.rows[place].show_term(term)
            self.rows[place].remove.setVisible(len(key.value.terms) > 1)
        self.ease.show_value(key.ease.name)
        self.ease.show_default(key.ease == Ease.LINEAR)

    def _trim(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            self._terms.removeWidget(row)
            row.hide()
            row.deleteLater()

    def _append_row(self) -> None:
        row = TermRow(self._thumbnail)
        place = len(self.rows)
        row.edited.connect(lambda term: self._edit(place, term))
        row.done.connect(self._end)
        row.removed.connect(lambda: self._remove(place))
        row.typed.connect(self._counter.ask)
        self.rows.append(row)
        self._terms.addWidget(row)

    def _prompt(self) -> Prompt | None:
        found = self._found()
        return None if found is None else found[1].value

    def _edit(self, place: int, term: Term) -> None:
        prompt = self._prompt()
        if prompt is None or self._key is None or place >= len(prompt.terms):
            return
        terms = (*prompt.terms[:place], term, *prompt.terms[place + 1 :])
        merge = ("prompt", self._key, place, self._gesture)
        self._context.document.edit(edits.set_value([self._key], replace(prompt, terms=terms)), merge)

    def _remove(self, place: int) -> None:
        prompt = self._prompt()
        if prompt is not None and self._key is not None and len(prompt.terms) > 1:
            terms = (*prompt.terms[:place], *prompt.terms[place + 1 :])
            self._context.document.edit(edits.set_value([self._key], replace(prompt, terms=terms)))

    @Slot()
    def _add_term(self) -> None:
        prompt = self._prompt()
        if prompt is not None and self._key is not None:
            blur = Term(Text(tr("blurry")), -0.5)
            self._context.document.edit(edits.set_value([self._key], replace(prompt, terms=(*prompt.terms, blur))))
            self.rows[-1].words.setFocus()
            self.rows[-1].words.selectAll()

    @Slot()
    def _end(self) -> None:
        self._gesture += 1
        self._context.document.seal()
        prompt = self._prompt()
        if prompt is not None:
            text = format_prompt(prompt)
            self._used = [text, *(each for each in self._used if each != text)][:_REMEMBERED]

    def _set_ease(self, name: str) -> None:
        if self._key is not None:
            self._context.document.edit(edits.set_ease([self._key], Ease.parse(name)))

    def _fill(self, menu: QMenu) -> None:
        from studio.timeline.prompt import parse_prompt

        menu.clear()
        timeline = self._context.document.timeline
        here = [format_prompt(key.value) for track in timeline.prompts for key in track.track.keys]
        for text in dict.fromkeys((*here, *self._used)):
            action = menu.addAction(text if len(text) <= 60 else text[:59] + "…")
            action.triggered.connect(lambda _=False, text=text: self._use(parse_prompt(text)))

    def _use(self, prompt: Prompt) -> None:
        if self._key is not None:
            self._context.document.edit(edits.set_value([self._key], prompt))

    @Slot(str, int, int)
    def _counted(self, text: str, tokens: int, limit: int) -> None:
        for row in self.rows:
            if row.words.toPlainText() == text:
                if tokens > limit:
                    row.say(tr("{tokens} / {limit} tokens: too long, shorten it", tokens=tokens, limit=limit), "error")
                else:
                    row.say(tr("{tokens} / {limit}", tokens=tokens, limit=limit), "muted")

    def _thumbnail(self, asset: str) -> QPixmap | None:
        document = self._context.document
        try:
            path = resolve(document.folder, document.project.asset(asset))
        except AssetError:
            return None
        image = self._context.pictures.now(path)
        if image is None:
            return None
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return QPixmap.fromImage(image.scaled(_THUMBNAIL, _THUMBNAIL, keep, smooth))
