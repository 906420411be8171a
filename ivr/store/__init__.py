"""What is kept of calls, in Redis: sessions and counts; and the embedded Redis."""
