"""Pages to print, for the people who lend the line their voice."""
