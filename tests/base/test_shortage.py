from __future__ import annotations

import pytest

from studio.base.shortage import explained, is_short


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_errors_that_mean_memory_are_explained(error: Exception) -> None:
    assert is_short(error)
    told = explained(error, "The film was not exported")
    assert told is not None
    assert told.what == "The film was not exported"
    assert told.why
    assert "smaller size" in told.fix


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ValueError("out of memory"), OSError(12, "x")])
def test_errors_that_mean_something_else_are_not(error: Exception) -> None:
    assert not is_short(error)
    assert explained(error, "") is None
