"""The canvas: viewport, cached tiles and the widget that shows them."""
