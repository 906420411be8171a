"""The browser phone: a page that rings an application through the pretend carrier."""
