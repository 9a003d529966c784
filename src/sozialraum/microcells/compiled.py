"""What every compiled kernel shares: the compiler's settings and the types of its arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# The code of a house whose street is not known. Known streets have codes from 0.
UNKNOWN_STREET = -1
# A house's place on its street is one number: house number * SUFFIXES + suffix.
SUFFIXES = 1024
# The number of a house without one: behind every real number, so that its place is defined.
NO_NUMBER = 2**21 - 1

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a kernel on its first call.

    It runs without the interpreter's lock, so that several threads can work on different areas, and what was compiled
    is kept on disk for the next process.
    """
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
