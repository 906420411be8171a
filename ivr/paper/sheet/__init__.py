"""The recording sheet: which prompts are to be read aloud, and how."""
