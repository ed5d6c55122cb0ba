"""Everything that speaks Streamlit below the screens: the shell, the filter bar, the blocks, and the safety of text."""
