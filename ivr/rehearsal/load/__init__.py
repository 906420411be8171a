"""A load of pretend calls with human timing on a running server, and what it carried."""
