"""`keydream score` and `keydream classify`: what CLIP sees in pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from studio.base.errors import InputError
from studio.cli.asking import (
    Images,
    Npz,
    PerceptorName,
    as_json,
    check_out,
    look,
    once,
    open_perceptor,
    read_labels,
    read_lines,
    write_npz,
)
from studio.cli.console import Bar, interruptible
from studio.cli.options import Device, Force, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from studio.cli.asking import Seen
    from studio.score.similarity import Similarity

_WIDE = 8  # most texts that stand side by side


def score(
    images: Images,
    prompts: Annotated[
        list[str] | None,
        typer.Option("--prompt", "-p", help="A text to compare them with; give it several times for several texts."),
    ] = None,
    texts: Annotated[Path | None, typer.Option("--texts", help="A file with more texts, one a line.")] = None,
    perceptor: PerceptorName = "",
    npz: Npz = None,
    force: Force = False,
    device: Device = "auto",
    json_out: Json = False,
) -> None:
    """How well pictures fit texts: the cosine of their embeddings, and each text's probability among those given."""
    check_out(npz, ".npz", force=force)
    wanted = once([*(prompts or []), *(read_lines(texts, "The texts") if texts else [])], "texts")
    if not wanted:
        raise InputError("There is no text to compare with", "", 'Add one: --prompt "a red apple"')
    clip = open_perceptor(perceptor, device)
    from studio.score.similarity import compare

    said = clip.embed_text(wanted).cpu()
    with interruptible() as token, Bar("looking", 0) as bar:
        seen = look(images, clip, token, bar.report)
    found = compare(seen.embeddings, said, clip.logit_scale)
    if npz:
        _export(npz, seen, wanted, said, found, clip.name, clip.identity)
    if json_out:
        cosine, probability = found.cosine.tolist(), found.probability.tolist()
        rows = [
            {
                "image": str(path),
                "cosine": dict(zip(wanted, cosine[n], strict=True)),
                "probability": dict(zip(wanted, probability[n], strict=True)),
            }
            for n, path in enumerate(seen.paths)
        ]
        typer.echo(json.dumps({"model": clip.name, "scores": rows, "skipped": as_json(seen.skipped)}))
    elif len(seen.paths) > 1 and 1 < len(wanted) <= _WIDE:
        _matrix(seen.paths, wanted, found, clip.name)
    else:
        _list(seen.paths, wanted, found, clip.name, len(wanted), "text")


def classify(
    images: Images,
    labels: Annotated[
        str,
        typer.Option(
            "--labels",
            help='What they may show: "cat,dog,bird" (a comma in a label: double quotes), or a text file, one a line.',
        ),
    ],
    templates: Annotated[
        list[str] | None,
        typer.Option(
            "--template",
            help='A sentence for each label, with {} in its place, such as "a picture of {}"; several are averaged.',
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many labels to name for each picture.")] = 5,
    perceptor: PerceptorName = "",
    npz: Npz = None,
    force: Force = False,
    device: Device = "auto",
    json_out: Json = False,
) -> None:
    """Which of some labels fits each picture best: zero-shot classification, without any training."""
    check_out(npz, ".npz", force=force)
    wanted = once(read_labels(labels), "labels")
    clip = open_perceptor(perceptor, device)
    from studio.score.similarity import compare
    from studio.score.zero_shot import PLAIN, classifier

    sentences = once(templates or PLAIN, "templates")
    said = classifier(clip, wanted, sentences).cpu()
    with interruptible() as token, Bar("looking", 0) as bar:
        seen = look(images, clip, token, bar.report)
    found = compare(seen.embeddings, said, clip.logit_scale)
    if npz:
        _export(npz, seen, wanted, said, found, clip.name, clip.identity)
    if json_out:
        rows = []
        for path, cosine, probability in zip(
            seen.paths, found.cosine.tolist(), found.probability.tolist(), strict=True
        ):
            order = sorted(range(len(wanted)), key=lambda k: -cosine[k])[:top]
            ranked = [{"label": wanted[k], "probability": probability[k], "cosine": cosine[k]} for k in order]
            rows.append({"image": str(path), "label": ranked[0]["label"], "labels": ranked})
        told = {"model": clip.name, "templates": sentences, "pictures": rows, "skipped": as_json(seen.skipped)}
        typer.echo(json.dumps(told))
    else:
        _list(seen.paths, wanted, found, clip.name, top, "label")


def _export(
    out: Path, seen: Seen, texts: Sequence[str], said: Tensor, found: Similarity, name: str, identity: str
) -> None:
    import numpy as np

    arrays = {
        "images": seen.embeddings.numpy(),
        "image_paths": np.array([str(path) for path in seen.paths]),
        "texts": said.numpy(),
        "text_names": np.array(texts),
        "cosine": found.cosine.numpy(),
        "probability": found.probability.numpy(),
        "model": np.array(name),
        "model_sha256": np.array(identity),
    }
    write_npz(out, arrays)


def _matrix(paths: Sequence[Path], texts: Sequence[str], found: Similarity, name: str) -> None:
    """Pictures down, texts across, the best text of each picture in bold."""
    table = Table("image", title=f"cosine and probability, as {name} sees it")
    for text in texts:
        table.add_column(Text(text))
    for n, path in enumerate(paths):
        best = int(found.cosine[n].argmax())
        cells = [
            Text(f"{cosine:+.3f} {probability:6.1%}", style="bold" if k == best else "")
            for k, (cosine, probability) in enumerate(
                zip(found.cosine[n].tolist(), found.probability[n].tolist(), strict=True)
            )
        ]
        table.add_row(_name(path), *cells)
    Console().print(table)


def _list(paths: Sequence[Path], texts: Sequence[str], found: Similarity, name: str, top: int, heading: str) -> None:
    """The best texts of each picture, one below the other."""
    table = Table("image", heading, "cosine", "probability", title=f"as {name} sees it")
    for n, path in enumerate(paths):
        cosine, probability = found.cosine[n].tolist(), found.probability[n].tolist()
        for k in sorted(range(len(texts)), key=lambda k: -cosine[k])[:top]:
            table.add_row(_name(path), Text(texts[k]), f"{cosine[k]:+.3f}", f"{probability[k]:.1%}")
        table.add_section()
    Console().print(table)


def _name(path: Path) -> Text:
    from studio.library.scan import shown

    return Text(shown(path.name))
