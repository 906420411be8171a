"""The wire of a call: its requests, signed and bounded, and the clips that come over it."""
