"""How the editor behaves, without widgets: session, controllers and tools."""
