"""The drawings, one module a chapter: from frames to Altair."""
