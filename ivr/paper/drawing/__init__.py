"""The call as a picture, for the person who runs the line: SVG, Mermaid, and a page of both."""
