"""Words made into telephone clips, and the library in which clips are found."""
