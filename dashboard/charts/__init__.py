"""Frames in, pictures out: pure functions that give a ``Chart``. They know no Streamlit and no clock."""
