"""Calls that are kept in a file, and placed again to see what has changed."""
