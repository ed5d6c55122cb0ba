"""Exports in, facts out: reads the files of a CRM and its neighbours, publishes a snapshot of facts.

Knows nothing of screens: nothing here imports ``dashboard``.
"""
