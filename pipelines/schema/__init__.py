"""The tables and the meaning of every column: what the steps of the load speak to each other in."""
