"""Buildings become microcells: neighbouring houses bundled so that nothing is said about a single household."""

from __future__ import annotations

from sozialraum.microcells.formation import Cells, Formation, form_cells
from sozialraum.microcells.quality import AreaWithoutCells, Quality, Spread

__all__ = ["AreaWithoutCells", "Cells", "Formation", "Quality", "Spread", "form_cells"]
