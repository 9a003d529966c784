"""The one place that joins both wings: deliveries are read and counted, pass the door, and become a release.

``deliveries``  every file read and checked, all faults at once
``assemble``    buildings, microcells, placement; what each source can answer
``build``       questions resolved, protected, computed, written as a draft release
``approval``    a draft is verified, approved, published
``explain``     a number's way back to the rows of the deliveries
"""

from sozialraum.pipeline.approval import approve, publish
from sozialraum.pipeline.build import BuildResult, build, check
from sozialraum.pipeline.explain import Explanation, explain
from sozialraum.pipeline.progress import Step, silent
from sozialraum.pipeline.templates import new_project

__all__ = [
    "BuildResult",
    "Explanation",
    "Step",
    "approve",
    "build",
    "check",
    "explain",
    "new_project",
    "publish",
    "silent",
]
