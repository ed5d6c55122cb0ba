"""The pages. Each file is run by Streamlit as a script and answers the one question its docstring asks."""
