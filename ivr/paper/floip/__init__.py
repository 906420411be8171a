"""The call as a FLOIP container: what other flow tools can load, and the runner on npm can walk."""
