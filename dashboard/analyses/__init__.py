"""Answers that are not one number per group: a function from facts to a small frame that says how it was counted."""
