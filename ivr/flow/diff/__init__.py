"""What differs between two versions of a flow and its words, and what that means for callers."""
