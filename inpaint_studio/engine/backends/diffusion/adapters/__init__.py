"""How each pipeline class of diffusers is called. A family's oddities end here."""
