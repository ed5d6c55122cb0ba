"""Every number has one definition, here: a Polars expression with its name, meaning, unit and date."""
