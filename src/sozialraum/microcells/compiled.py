"""What every compiled kernel shares: the compiler's settings and the types of its arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

# The code of a house whose street is not known. Known streets have codes from 0.
UNKNOWN_STREET = -1
# A house's place on its street is one number: house number * SUFFIXES + suffix.
SUFFIXES = 1024
# The number of a house without one: behind every real number, so that its place is defined.
NO_NUMBER = 2**21 - 1


class Sites(NamedTuple):
    """The houses of one area as the kernels see them, one entry a house.

    x, y: metres, from somewhere near. z: what else makes houses alike, in metres too; empty where nothing does.
    households: at least 1. street: codes from 0 to the number of houses - 1; UNKNOWN_STREET counts as one street.
    """

    x: Floats
    y: Floats
    z: Floats
    households: Ints
    street: Ints


Function = TypeVar("Function", bound=Callable[..., Any])


def stamp_of(folder: Path) -> tuple[float, int]:
    """Return what changes with any module of a folder that holds compiled kernels."""
    files = [path.stat() for path in folder.glob("*.py") if b"compiled" in path.read_bytes()]
    return max(file.st_mtime for file in files), sum(file.st_size for file in files)


STAMP = stamp_of(Path(__file__).parent)


def compiled(function: Function) -> Function:
    """Compile a kernel on its first call.

    It runs without the interpreter's lock, so that several threads can work on different areas, and what was compiled
    is kept on disk for the next process, as long as no kernel of this room changes.
    """
    kernel: Any = numba.njit(cache=True, nogil=True)(function)
    # The compiler looks at the kernel's own file alone, and would keep what another kernel was when it was inlined.
    kernel._cache._cache_file._source_stamp = STAMP
    return cast(Function, kernel)


@compiled
def draw(random: Ints) -> float:
    """Return the next number from 0 to below 1 of a sequence that depends on its seed alone (Park and Miller 1988).

    Args:
        random: one entry, from 1 to 2**31 - 2; it is moved on.
    """
    random[0] = random[0] * 48_271 % 2_147_483_647
    return float(random[0] / 2_147_483_647.0)
