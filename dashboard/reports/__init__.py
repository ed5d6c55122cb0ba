"""The weekly report: the pages' own answers as one file that is sent on, kept, and proven later."""
