"""The panels around the canvas. Each owns its widgets and binds itself to the session."""
