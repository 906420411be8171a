"""The lesson as short messages, each of which any phone shows whole."""
