"""Pretend callers who ring the line, and what became of them: a stress of the flow, no evidence."""
