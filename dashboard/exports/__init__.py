"""The same answers without a browser."""
