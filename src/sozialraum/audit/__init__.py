"""Reads a release as an attacker would, nothing else, and proves what can not be learnt.

It shares no code with the room that protects: what one overlooks, the other should find.
"""

from sozialraum.audit.attacker import audit_release
from sozialraum.audit.report import MEANING, AuditReport, Finding, Place

__all__ = ["MEANING", "AuditReport", "Finding", "Place", "audit_release"]
