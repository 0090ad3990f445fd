"""The table of actions: what each is called, what it does, its shortcut, its icon, and when it can be used."""
# ruff: noqa: E501 (a table is read by its columns)

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spec:
    """One action.

    Attributes:
        id: how code and settings call it: "menu.what".
        text: its name in menus, untranslated.
        help: what it does, in one sentence, untranslated.
        keys: its shortcuts by default, in Qt's portable spelling; the first is shown.
        icon: name of an icon; may be empty.
        when: name of the condition under which it can be used; "always" if none.
        checkable: whether it is on or off.
        separated: whether a line stands above it in its menu.
        also: other words by which the command palette finds it, untranslated; they are shown nowhere.
    """

    id: str
    text: str
    help: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: str = "always"
    checkable: bool = False
    separated: bool = False
    also: str = ""

    @property
    def menu(self) -> str:
        """The menu it stands in: "file", "edit", ..."""
        return self.id.partition(".")[0]


MENUS = {
    "file": "&File",
    "edit": "&Edit",
    "view": "&View",
    "timeline": "&Timeline",
    "play": "&Playback",
    "render": "&Render",
    "takes": "Ta&kes",
    "models": "&Models",
    "help": "&Help",
}
"""The menus, in order, with their untranslated titles."""

_TABLE = (
    Spec("file.new", "New", "Begin with an empty timeline and the usual settings.", ("Ctrl+N",), "file-plus", also="create start empty project"),
    Spec("file.open", "Open…", "Open a project, or an exported file that carries one.", ("Ctrl+O",), "folder-open", also="load import"),
    Spec("file.recover", "Recover Projects…", "See what was not saved before a crash.", (), "history", also="crash restore backup autosave lost"),
    Spec("file.save", "Save", "Write the project to its file.", ("Ctrl+S",), "save", separated=True),
    Spec("file.save_as", "Save As…", "Write the project to another file, and go on there.", ("Ctrl+Shift+S",), "save"),
    Spec("file.save_copy", "Save a Copy…", "Write the project to another file, and go on here.", (), "save-all", also="duplicate backup"),
    Spec("file.export", "Export…", "Make a GIF, a video or pictures.", ("Ctrl+E",), "share", separated=True, also="gif mp4 webm webp apng mov movie film animation video save share frames"),
    Spec("file.save_frame", "Save Frame…", "Save the picture in the viewer.", ("Ctrl+Shift+E",), "image", "picture", also="png jpeg still image snapshot screenshot"),
    Spec("file.quit", "Quit", "Close Keydream.", ("Ctrl+Q",), "log-out", separated=True, also="exit close"),
    Spec("edit.undo", "Undo", "Take back the latest edit.", ("Ctrl+Z",), "undo-2", "undo", also="back revert"),
    Spec("edit.redo", "Redo", "Make the edit again that was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo-2", "redo", also="again"),
    Spec("edit.cut", "Cut", "Put the selected keys aside.", ("Ctrl+X",), "scissors", "selection", separated=True),
    Spec("edit.copy", "Copy", "Copy the selected keys, or the picture when none is.", ("Ctrl+C",), "copy", "copy"),
    Spec("edit.paste", "Paste", "Paste keys at the playhead, or a picture.", ("Ctrl+V",), "clipboard-paste", "paste"),
    Spec("edit.duplicate", "Duplicate", "Set copies of the selected keys after them.", ("Ctrl+D",), "copy", "selection", also="repeat clone"),
    Spec("edit.delete", "Delete", "Remove the selected keys; the easing is kept.", ("Del",), "trash-2", "selection", also="erase trash"),
    Spec("edit.select_all", "Select All Keys", "Select every key.", ("Ctrl+A",), separated=True),
    Spec("edit.select_none", "Select Nothing", "Select no key.", ("Ctrl+Shift+A",), "", "selection"),
    Spec("edit.nudge_left", "Nudge Left", "Move the selected keys a frame back.", (",", "Ctrl+Left"), "", "selection"),
    Spec("edit.nudge_right", "Nudge Right", "Move the selected keys a frame on.", (".", "Ctrl+Right"), "", "selection"),
    Spec("edit.nudge_far_left", "Nudge Far Left", "Ten frames back.", ("<", "Ctrl+Shift+Left"), "", "selection"),
    Spec("edit.nudge_far_right", "Nudge Far Right", "Ten frames on.", (">", "Ctrl+Shift+Right"), "", "selection"),
    Spec("edit.heavier", "More Weight", "Let the selected prompts pull more.", ("Ctrl+Up",), "", "selection", also="stronger strength"),
    Spec("edit.lighter", "Less Weight", "Let the selected prompts pull less.", ("Ctrl+Down",), "", "selection", also="weaker strength"),
    Spec("edit.add_wish", "Add Wish", "Add another wish to the prompt; each may have a region; a weight below 0 pushes away (negative prompt).", (), "plus", "prompt", also="region left half right half top bottom area mask negative term second another prompt"),
    Spec("edit.preferences", "Preferences…", "Change how Keydream behaves.", ("Ctrl+,",), "settings", separated=True, also="settings options language theme dark light cache disk"),
    Spec("view.fit", "Fit Picture", "Show the whole picture.", ("F",), "maximize", also="zoom window"),
    Spec("view.actual", "100 %", "Show the picture pixel by pixel.", ("1",), "scan", also="zoom original"),
    Spec("view.double", "200 %", "Show the picture at twice its size.", ("2",), also="zoom enlarge"),
    Spec("view.closer", "Zoom In", "Show the picture larger.", ("Ctrl+=", "Ctrl++"), "zoom-in", also="enlarge magnify"),
    Spec("view.farther", "Zoom Out", "Show the picture smaller.", ("Ctrl+-",), "zoom-out", also="shrink"),
    Spec("view.onion", "Onion Skin", "Show the frames before and after through this one.", ("Shift+O",), "layers", "always", True, True, also="ghost overlay previous"),
    Spec("view.compare", "Compare", "Keep this frame beside those you go to.", ("C",), "columns-2", "always", True, also="side by side before after difference"),
    Spec("view.curves", "Curve Editor", "Show the curve of a parameter with its handles.", ("Shift+C",), "spline", "always", True, also="graph bezier interpolation animate parameter"),
    Spec("view.scores", "Score Lane", "Show how much of each prompt CLIP sees in each frame, and where it is being fooled.", ("Shift+S",), "chart-line", "always", True, also="similarity graph witness fooled clip quality"),
    Spec("view.palette", "Command Palette…", "Find any action by its name.", ("Ctrl+Shift+P",), "command", separated=True, also="search find"),
    Spec("view.panels", "Hide Panels", "Show the picture and the timeline alone.", ("Ctrl+Shift+H",), "panel-left", "always", True),
    Spec("view.fullscreen", "Full Screen", "Fill the screen.", ("F11",), "fullscreen", "always", True, also="maximise maximize"),
    Spec("view.reset", "Reset Layout", "Put every panel back in its place.", also="windows docks default"),
    Spec("timeline.key", "Add Key", "Add a key at the playhead to the selected track, or to the prompts.", ("K",), "diamond-plus", also="keyframe prompt insert"),
    Spec("timeline.previous_key", "Previous Key", "Go to the key before.", ("Alt+Left", "["), "chevron-left"),
    Spec("timeline.next_key", "Next Key", "Go to the key after.", ("Alt+Right", "]"), "chevron-right"),
    Spec("timeline.marker", "Add Marker", "Pin a marker to the playhead, or change the one there.", ("M",), "bookmark", also="label bookmark note"),
    Spec("timeline.previous_marker", "Previous Marker", "Go to the marker before.", ("Shift+M",)),
    Spec("timeline.next_marker", "Next Marker", "Go to the marker after.", ("Ctrl+M",)),
    Spec("timeline.in", "Set In", "Let the range begin at the playhead.", ("I",), separated=True, also="start range begin"),
    Spec("timeline.out", "Set Out", "Let the range end at the playhead.", ("O",), also="stop range end"),
    Spec("timeline.clear_range", "Clear Range", "Play and render everything.", ("Alt+I",), "", "range"),
    Spec("timeline.go", "Go to Frame…", "Type where to go.", ("G",), also="jump seek"),
    Spec("timeline.hold", "Hold", "Stay at the key until the next one.", ("Shift+F9",), "", "selection", separated=True, also="step constant freeze"),
    Spec("timeline.linear", "Linear", "Go straight to the next key.", ("Ctrl+F9",), "", "selection"),
    Spec("timeline.ease_in", "Ease In", "Begin slowly.", (), "", "selection"),
    Spec("timeline.ease_out", "Ease Out", "End slowly.", (), "", "selection"),
    Spec("timeline.ease_both", "Ease Both", "Begin and end slowly.", ("F9",), "", "selection"),
    Spec("timeline.overshoot", "Overshoot", "Go a little too far, and come back.", (), "", "selection"),
    Spec("timeline.reverse", "Reverse Keys", "Run the selected keys backwards.", (), "", "selection", separated=True, also="backwards flip"),
    Spec("timeline.insert_time", "Insert Time…", "Put frames in at the playhead; what comes later moves.", also="longer stretch gap"),
    Spec("timeline.remove_time", "Remove Range", "Take the frames of the range out; what comes later moves up.", (), "", "range", also="delete cut frames shorten"),
    Spec("timeline.length", "Length and Rate…", "Say how many frames there are, and how many a second.", also="duration seconds fps speed frames longer shorter"),
    Spec("timeline.prompt_track", "Add Prompt Track", "Add a track whose prompts pull at the same time.", (), "plus", also="layer"),
    Spec("timeline.snap", "Snap", "Let dragged things snap to keys, markers and seconds.", ("S",), "magnet", "always", True, True, also="magnet grid"),
    Spec("timeline.closer", "Zoom In", "Show fewer frames, larger.", ("=", "+"), "zoom-in"),
    Spec("timeline.farther", "Zoom Out", "Show more frames, smaller.", ("-",), "zoom-out"),
    Spec("timeline.fit", "Fit Timeline", "Show all frames.", ("0",), "maximize"),
    Spec("play.toggle", "Play", "Play, or pause.", ("Space",), "play", also="preview watch"),
    Spec("play.back", "Shuttle Back", "Play backwards; again, faster.", ("J",)),
    Spec("play.stop", "Stop", "Stand still.", ("Shift+K",)),
    Spec("play.forward", "Shuttle On", "Play; again, faster.", ("L",)),
    Spec("play.left", "Frame Back", "Go a frame back.", ("Left",), "step-back", separated=True),
    Spec("play.right", "Frame On", "Go a frame on.", ("Right",), "step-forward"),
    Spec("play.far_left", "Ten Frames Back", "Go ten frames back.", ("Shift+Left", "PgUp")),
    Spec("play.far_right", "Ten Frames On", "Go ten frames on.", ("Shift+Right", "PgDown")),
    Spec("play.start", "Go to Start", "Go to the first frame of the range.", ("Home",), "skip-back", also="rewind first"),
    Spec("play.end", "Go to End", "Go to the last frame of the range.", ("End",), "skip-forward", also="last"),
    Spec("play.loop", "Loop", "Begin again at the end.", ("Ctrl+L",), "repeat", "always", True, True, also="repeat cycle seamless"),
    Spec("render.range", "Render", "Dream the frames of the range that are not rendered yet.", ("Ctrl+Return",), "circle-play", "renderable", also="generate make create dream start"),
    Spec("render.front", "Render Next", "Dream the range before all that waits in the queue.", ("Ctrl+Shift+Return",), "", "renderable", also="priority queue"),
    Spec("render.frame", "Render Frame", "Dream the frame at the playhead.", ("Ctrl+R",), "", "renderable", also="generate still single"),
    Spec("render.all", "Render All", "Dream every frame, whatever the range.", ("Ctrl+Alt+R",), "", "renderable", also="generate everything whole"),
    Spec("render.draft", "Draft", "Half the size and half the steps, to see it sooner.", ("D",), "", "always", True, True, also="preview fast quick low quality"),
    Spec("render.explore", "Explore…", "Grow sixteen small drafts of the prompt at once, and choose among them.", ("E",), "sparkles", also="variations drafts ideas alternatives seeds options grid inspiration"),
    Spec("render.hand_over", "Hand Over…", "Let another medium begin from the picture at the playhead.", (), "blend", "picture", also="medium convert switch change refine continue upscale"),
    Spec("render.pause", "Pause", "Stop the render, to go on later.", ("Ctrl+P",), "pause", "rendering", separated=True, also="halt wait"),
    Spec("render.resume", "Resume", "Go on with the paused render.", ("Ctrl+Shift+R",), "play", "paused", also="continue"),
    Spec("render.cancel", "Cancel", "Stop the render; finished frames are kept.", ("Ctrl+Alt+Return",), "x", "rendering", also="abort stop"),
    Spec("models.ask", "Ask CLIP…", "Compare, classify and search pictures, and see what speaks for a text.", ("A",), "eye", also="similarity classify caption search attention matrix analyse"),
    Spec("takes.show", "Find a Take…", "Go to the takes, and type what to look for.", ("Ctrl+T",), "search", also="history gallery results search versions renders"),
    Spec("takes.use", "Use as Keyframe", "Let a keyframe at the playhead begin from the selected take, with its prompt.", ("Ctrl+K",), "diamond-plus", "takes", also="keyframe begin reuse"),
    Spec("takes.walk", "Walk Between Takes…", "Blend from take to take without dreaming again.", (), "spline", "walk", also="morph interpolate latent"),
    Spec("takes.star", "Star", "Give the selected takes a star, or take it away.", (), "star", "any_take", separated=True, also="favourite favorite rate like"),
    Spec("takes.remove", "Move to the Bin", "Put the selected takes away.", (), "trash-2", "takes", also="trash delete discard"),
    Spec("takes.restore", "Bring Back", "Bring the selected takes back from the bin.", (), "rotate-ccw", "binned", also="trash undelete recover"),
    Spec("takes.empty", "Empty the Bin…", "Remove what is in the bin for ever.", (), "", "full_bin", also="trash delete purge clean"),
    Spec("models.manage", "Models…", "See, fetch, remove and add models.", ("Ctrl+Shift+M",), "download", also="download weights install checkpoint clip vqgan diffusion"),
    Spec("help.shortcuts", "Keyboard Shortcuts…", "See every shortcut, and change it.", ("F1", "Ctrl+/"), "keyboard", also="hotkeys keys bindings"),
    Spec("help.news", "What Is New", "See what changed in this version.", (), "sparkles", also="changelog changes version"),
    Spec("help.log", "Show Log", "See what Keydream noted about itself.", (), "list", also="errors debug"),
    Spec("help.about", "About Keydream", "See versions and licences.", (), "info", separated=True, also="version licence license credits"),
)  # fmt: skip

SPECS = {spec.id: spec for spec in _TABLE}
"""Every action by its id, in the order of the menus."""

EASES = {
    "timeline.hold": "hold",
    "timeline.linear": "linear",
    "timeline.ease_in": "in",
    "timeline.ease_out": "out",
    "timeline.ease_both": "both",
    "timeline.overshoot": "overshoot",
}
"""Actions that give the selected keys an ease, and its name."""
