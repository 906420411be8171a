"""What a call does: one event in, one turn out. Pure."""
