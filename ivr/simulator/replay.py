"""Calls that are kept, and placed again to see what has changed."""
