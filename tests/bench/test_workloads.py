from __future__ import annotations

import torch

from studio.bench.workloads import Studio, manner, workloads

CPU = torch.device("cpu")


def test_sizes_are_the_peers_and_smaller_on_a_cpu() -> None:
    assert (workloads(CPU)["A"].width, workloads(torch.device("cuda"))["A"].width) == (256, 512)
    pixray = workloads(CPU)["B"]
    assert (pixray.width, pixray.height, pixray.cutouts, len(pixray.perceptors)) == (384, 208, 30, 2)


def test_only_decoders_have_a_reference() -> None:
    assert [name for name, work in workloads(CPU).items() if not work.referred] == ["D"]


def test_the_starter_pair_looks_as_renders_do() -> None:
    work = workloads(CPU)["E"]
    studio = Studio(work, CPU, "fp32")
    (looks,) = studio.manners
    assert looks == manner(work, studio.perceptors[0].image_size)
    assert studio.canvas.size == (256, 256)
    assert looks.count == 8
