"""The prompt of a key: its terms, its ease, and what was asked before."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.panels.begin_field import BeginField
from studio.app.panels.ease_field import EaseField
from studio.app.panels.fields import small_button
from studio.app.panels.past_prompts import PastPrompts
from studio.app.panels.terms import TermRow
from studio.app.panels.thumbnails import Thumbnails
from studio.app.panels.tokens import TokenCounter, estimate
from studio.app.texts import plural, tr
from studio.app.theme import GRID, theme
from studio.app.timeline.prompt_colours import prompt_colours, prompt_text
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import Image, Noise, Prompt, Term, parse_prompt
from studio.timeline.track import Keyframe

_LONGEST = 60  # characters of a prompt in the menu
_SEEDS = 10_000  # of new noise: those that can be read out and typed again
_NOISE_WEIGHT = 0.3  # of new noise: beside a text of weight 1 it varies the picture, and does not take it over

_gestures = itertools.count()


class PromptSection(QWidget):
    """Edits the selected prompt key, or else the one that the playhead stands on or after.

    While its words are typed, it stays with the key, wherever the playhead goes.
    """

    def __init__(self, context: Context, parent: QWidget | None = None, counter: TokenCounter | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key: KeyRef | None = None
        self._gesture = next(_gestures)
        self._pending = False
        self.past = PastPrompts(context.document)
        self._thumbnails = Thumbnails(context, self)
        self._counter = counter or TokenCounter(context, self)
        self._counter.counted.connect(self._counted)
        self.rows: list[TermRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._make_head())
        self.shared = QLabel()
        self.shared.setProperty("role", "muted")
        self.shared.setWordWrap(True)
        column.addWidget(self.shared)
        self._terms = QVBoxLayout()
        self._terms.setSpacing(GRID)
        column.addLayout(self._terms)
        self.empty = QLabel(tr("There is no prompt yet. Press K on the timeline, or double-click a prompt lane."))
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        column.addWidget(self.empty)
        self.begin = BeginField(context, self._thumbnails)
        column.addWidget(self.begin)
        self.ease = EaseField(tr("How this prompt becomes the next one; of several selected keys, all at once."))
        self.ease.chosen.connect(self._set_ease)
        self.ease.reset.connect(lambda: self._set_ease("linear"))
        column.addWidget(self.ease)
        for changed in (context.document.changed, context.choice.changed, theme().changed):
            changed.connect(self._show)
        context.player.frame_changed.connect(self._follow)
        context.document.opened.connect(self._forget)
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
        head.setSpacing(GRID // 2)
        self.dot = QLabel()
        self.dot.setFixedSize(10, 10)
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        head.addWidget(self.dot)
        head.addSpacing(GRID // 2)
        head.addWidget(self.heading, 1)
        tip = tr("Add another wish to this prompt; give it a weight below 0 to push something away")
        self.add = small_button("plus", tip, tr("Add term"))
        self.add.clicked.connect(self.add_term)
        tip = tr("Add one of the project's pictures as a wish: the dream comes to look like it")
        self.add_picture = small_button("image-plus", tip, tr("Add picture"))
        self._menu_of(self.add_picture).aboutToShow.connect(self._fill_pictures)
        tip = tr("Add noise as a wish: a direction without words, after VQGAN-CLIP's noise prompts")
        self.add_noise = small_button("shuffle", tip, tr("Add noise"))
        self.add_noise.clicked.connect(self._add_noise)
        self.more = small_button(
            "history", tr("Prompts of this project, and those you used before"), tr("Earlier prompts")
        )
        self._menu_of(self.more).aboutToShow.connect(self._fill_past)
        for button in (self.add, self.add_picture, self.add_noise, self.more):
            head.addWidget(button)
        return head

    def _menu_of(self, button: QToolButton) -> QMenu:
        menu = QMenu(button)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        return menu

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

    @property
    def _chosen(self) -> tuple[KeyRef, ...]:
        """The selected keys of every kind, when a prompt is among them; else none."""
        chosen = tuple(sorted(self._context.choice.keys))
        return chosen if any(key.track.kind == "prompt" for key in chosen) else ()

    def _held(self) -> tuple[PromptTrack, Keyframe[Prompt]] | None:
        """The track and key that are edited, as they are now."""
        if self._key is None:
            return None
        track = next((each for each in self._context.document.timeline.prompts if each.ref == self._key.track), None)
        key = None if track is None else track.track.find(self._key.frame)
        return None if track is None or key is None else (track, key)

    @property
    def _typing(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and any(row.isAncestorOf(focused) for row in self.rows)

    @Slot()
    def _follow(self) -> None:
        found = None if self._typing else self._found()
        if found is not None and KeyRef(found[0].ref, found[1].frame) != self._key:
            self._show()

    @Slot()
    def _forget(self) -> None:
        self._key = None

    @Slot()
    def _show(self) -> None:
        chosen = any(key.track.kind == "prompt" for key in self._context.choice.keys)
        found = self._held() if self._typing and not chosen else None
        found = found or self._found()
        for widget in (self.ease, self.begin, self.add, self.add_noise, self.dot):
            widget.setVisible(found is not None)
        self.shared.setVisible(found is not None and len(self._chosen) > 1)
        self.add_picture.setVisible(found is not None and bool(self._context.document.project.assets))
        self.empty.setVisible(found is None)
        if found is None:
            self._key = None
            self.heading.setText(tr("No prompt"))
            self._trim(0)
            return
        track, key = found
        ref = KeyRef(TrackRef("prompt", track.name), key.frame)
        if ref != self._key:
            self._seal()
            self._key, self._pending = ref, False
            self._trim(0)
        self._entitle(track, key)
        colour = prompt_colours(self._context.document.timeline)[prompt_text(key.value)]
        self.dot.setStyleSheet(f"background: {colour.name()}; border-radius: 5px;")
        self._show_terms(key.value.terms)
        self.begin.show_key(ref, key.value.begin)
        self.ease.show_eases(self._context.document.timeline.key(each).ease for each in self._chosen or (ref,))

    def _entitle(self, track: PromptTrack, key: Keyframe[Prompt]) -> None:
        """Say which key is edited, and what of it is shared when several are selected."""
        chosen = self._chosen
        if len(chosen) > 1:
            self.heading.setText(plural("%n key(s)", len(chosen)))
            first = tr("the prompt at frame {frame}", frame=key.frame)
            if sum(each.track.kind == "prompt" for each in chosen) > 1:
                text = tr("The ease and the first weight go to all of them, words to {first} only.", first=first)
            else:
                text = tr("The ease goes to all of them, the rest to {first} only.", first=first)
            self.shared.setText(text)
        elif len(self._context.document.timeline.prompts) > 1:
            self.heading.setText(tr("{track} at frame {frame}", track=track.name, frame=key.frame))
        else:
            self.heading.setText(tr("Prompt at frame {frame}", frame=key.frame))

    def _show_terms(self, terms: tuple[Term, ...]) -> None:
        count = len(terms) + self._pending
        self._trim(count)
        while len(self.rows) < count:
            self._append_row()
        masks = [asset.id for asset in self._context.document.project.assets]
        for place, row in enumerate(self.rows):
            row.remove.setVisible(count > 1)
            row.where.offer_masks(masks)
            if place < len(terms):
                row.show_term(terms[place])

    def _trim(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            self._terms.removeWidget(row)
            row.blockSignals(True)
            row.hide()
            row.deleteLater()

    def _append_row(self) -> None:
        row = TermRow(self._thumbnails)
        place = len(self.rows)
        row.typed.connect(lambda text: self._typed(place, text))
        row.edited.connect(lambda term: self._edit(place, term))
        row.done.connect(self._end)
        row.cancelled.connect(self._cancel)
        row.removed.connect(lambda: self._remove(place))
        self.rows.append(row)
        self._terms.addWidget(row)

    @property
    def _merge(self) -> tuple[str, int]:
        return ("prompt", self._gesture)

    def _edit(self, place: int, term: Term) -> None:
        held = self._held()
        if held is None or self._key is None:
            return
        terms = held[1].value.terms
        prompts = [key for key in self._chosen if key.track.kind == "prompt"]
        if place == 0 and len(prompts) > 1 and term == replace(terms[0], weight=term.weight):
            self._context.document.edit(_weigh(prompts, term.weight), self._merge)
            return
        if place >= len(terms):
            self._pending = False
        prompt = replace(held[1].value, terms=(*terms[:place], term, *terms[place + 1 :]))
        self._context.document.edit(edits.set_value([self._key], prompt), self._merge)

    def _remove(self, place: int) -> None:
        held = self._held()
        if held is None or self._key is None:
            return
        self._seal()
        terms = held[1].value.terms
        if place >= len(terms):
            self._pending = False
            self._show()
        elif len(terms) > 1:
            rest = (*terms[:place], *terms[place + 1 :])
            self._context.document.edit(edits.set_value([self._key], replace(held[1].value, terms=rest)))

    @Slot()
    def add_term(self) -> None:
        """Let the artist write another wish: it belongs to the prompt from its first word on."""
        self._pending = True
        self._show()
        self.rows[-1].words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_image(self, asset: str) -> None:
        self._add(Term(Image(asset)))

    @Slot()
    def _add_noise(self) -> None:
        self._add(Term(Noise(secrets.randbelow(_SEEDS)), _NOISE_WEIGHT))

    def _add(self, term: Term) -> None:
        held = self._held()
        if held is not None and self._key is not None:
            terms = (*held[1].value.terms, term)
            self._context.document.edit(edits.set_value([self._key], replace(held[1].value, terms=terms)))

    def _seal(self) -> None:
        """End the gesture: what is typed next is another entry of the history."""
        self._context.document.seal(self._merge)
        self._gesture = next(_gestures)

    @Slot()
    def _end(self) -> None:
        self._seal()
        held = self._held()
        if held is not None:
            self.past.remember(held[1].value)
        self._follow()

    @Slot()
    def _cancel(self) -> None:
        self._context.document.cancel(self._merge)
        self._seal()
        held = self._held()
        if held is None:
            return
        if self._pending:
            self._pending = False
            self._show()
        for row in self.rows:
            row.show_again()

    def _set_ease(self, name: str) -> None:
        if self._key is not None:
            self._context.document.edit(edits.set_ease(self._chosen or (self._key,), Ease.parse(name)))

    @Slot()
    def _fill_pictures(self) -> None:
        menu = self.add_picture.menu()
        menu.clear()
        for asset in self._context.document.project.assets:
            action = menu.addAction(icon("image"), asset.id)
            action.triggered.connect(lambda _=False, name=asset.id: self._add_image(name))

    @Slot()
    def _fill_past(self) -> None:
        menu, held = self.more.menu(), self._held()
        menu.clear()
        for text in self.past.offered(None if held is None else held[1].value):
            shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
            action = menu.addAction(shown.replace("&", "&&"))
            action.setToolTip(text)
            action.setEnabled(held is not None)
            action.triggered.connect(lambda _=False, text=text: self._use(parse_prompt(text)))
        if menu.isEmpty():
            menu.addAction(tr("No other prompt was used yet")).setEnabled(False)

    def _use(self, prompt: Prompt) -> None:
        held = self._held()
        if held is not None and self._key is not None:
            self._seal()
            kept = replace(prompt, begin=held[1].value.begin)
            self._context.document.edit(edits.set_value([self._key], kept))
            self._end()

    def _typed(self, place: int, text: str) -> None:
        known = self._counter.known(text)
        if known is not None:
            self._tell(self.rows[place], *known)
        else:
            self.rows[place].say(tr("about {tokens} tokens", tokens=estimate(text)) if text.strip() else "", "muted")
        self._counter.ask(text, place)

    @Slot(str, int, int)
    def _counted(self, text: str, tokens: int, limit: int) -> None:
        for row in self.rows:
            if row.words.toPlainText() == text:
                self._tell(row, tokens, limit)

    def _tell(self, row: TermRow, tokens: int, limit: int) -> None:
        if tokens > limit:
            text = tr("{tokens} of {limit} tokens: too long, shorten it or make two of it", tokens=tokens, limit=limit)
            row.say(text, "warning")
        else:
            row.say(tr("{tokens} of {limit} tokens", tokens=tokens, limit=limit), "muted")


def _weigh(keys: Iterable[KeyRef], weight: float) -> edits.Edit:
    """Give the first term of prompts one weight."""
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        for ref in chosen:
            value = timeline.key(ref).value
            assert isinstance(value, Prompt)
            first, *rest = value.terms
            weighed = replace(value, terms=(replace(first, weight=weight), *rest))
            timeline = edits.set_value([ref], weighed).apply(timeline)
        return timeline

    return edits.Edit(f"Weigh {len(chosen)} prompts", apply)
