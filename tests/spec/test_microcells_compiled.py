"""What was compiled is kept only as long as no kernel of the room changes."""

from __future__ import annotations

import os

from sozialraum.microcells import compiled, exchange


def test_a_change_of_any_kernel_makes_all_of_them_stale(tmp_path):
    for name in ("one", "other"):
        (tmp_path / f"{name}.py").write_text("@compiled")
    (tmp_path / "plain.py").write_text("without kernels")
    before = compiled.stamp_of(tmp_path)
    os.utime(tmp_path / "other.py", (before[0] + 1, before[0] + 1))
    assert compiled.stamp_of(tmp_path) != before
    (tmp_path / "one.py").write_text("@compiled more")
    assert compiled.stamp_of(tmp_path)[1] == len("@compiled more" + "@compiled")


def test_the_compiler_asks_for_that_stamp():
    assert exchange.exchange._cache._cache_file._source_stamp == compiled.STAMP
