"""A checkpoint from anywhere on this machine, made one of the artist's own models."""

from __future__ import annotations

from pathlib import Path

from studio.base.cancel import CancelToken
from studio.base.errors import InputError
from studio.base.progress import Report
from studio.models import catalogue, own
from studio.models.catalogue import Entry
from studio.models.converting import Prove, convert
from studio.models.download import room
from studio.models.loading import TOKENIZER


def add(
    file: Path,
    *,
    prove: Prove,
    token: CancelToken,
    report: Report,
    config: Path | None = None,
    tokenizer: Path | None = None,
    architecture: str = "",
    name: str = "",
) -> Entry:
    """Convert a checkpoint, try it, and list it among the artist's own models. The file itself is left as it is.

    Args:
        file: the checkpoint.
        prove: see `studio.models.converting.convert`.
        token: polled after each tensor.
        report: called with bytes.
        config: its yaml or json; where none is named, one beside it of the same name is taken, or beside files called
            as open_clip calls them on the Hugging Face hub, its configuration there.
        tokenizer: a SigLIP's tokenizer.json; where none is named, the one beside it.
        architecture: open_clip's name, for a perceptor without a configuration.
        name: what to call it; by default as the file.

    Raises:
        InputError: it cannot be called that, or another model is.
        ModelError: it is no model that is understood here, or not a whole one.
        FileError: there is no room for it, or it could not be written.
        Cancelled: the token was fired.
    """
    name = name or file.stem
    own.check(name)
    listed = next((each for each in catalogue.catalogued() if each.name == name), None)
    if listed is not None:
        raise InputError(
            f"A model cannot be called {name!r}", "One of the catalogue is called that", "Choose another with --name"
        )
    if config is None and not architecture:
        config = _beside(file)
    if file.is_file():
        room(own.folder(), file.stat().st_size, f"the model {name}")
    if tokenizer is None and (found := file.with_name(TOKENIZER)).is_file():
        tokenizer = found
    target = own.folder() / f"{name}.safetensors"
    made = convert(
        file,
        target,
        name=name,
        prove=prove,
        config=config,
        tokenizer=tokenizer,
        architecture=architecture,
        token=token,
        report=report,
    )
    own.add(own.Own(name, made.kind, target, made.sha256, made.size, f"Added from {file.name}"))
    return catalogue.find(name, made.kind)


def _beside(file: Path) -> Path | None:
    """The configuration that lies beside a checkpoint, if there is one of its name."""
    for suffix in (".yaml", ".yml", ".json"):
        if (found := file.with_suffix(suffix)).is_file():
            return found
    hubs = file.with_name("open_clip_config.json")
    return hubs if file.name.startswith("open_clip_") and hubs.is_file() else None
