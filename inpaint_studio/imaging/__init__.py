"""Pure functions on numpy arrays: crops, masks, blending, seams. No Qt, no files, no state."""
