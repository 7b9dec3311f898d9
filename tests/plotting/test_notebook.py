"""The notebook shows what its cells give: it is run anew, and its outputs are compared with those that stand in it.

make notebook   run it and write the outputs into it
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

import naqoura_talks as nt

PATH = Path(__file__).resolve().parents[2] / "docs/quickstart.ipynb"


def run() -> nbformat.NotebookNode:
    """Return the notebook with the outputs of a new run, of each the text or, if it is a picture, the SVG alone."""
    notebook = nbformat.read(PATH, as_version=4)
    NotebookClient(notebook, record_timing=False, kernel_name="python3").execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for output in (o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o):
        shown = "image/svg+xml" if "image/svg+xml" in output.data else "text/plain"
        output.data, output.metadata = {shown: output.data[shown]}, {}
    return notebook


def test_outputs_are_those_of_a_run() -> None:
    """Each output is there to the letter; a figure and a citation come last."""
    notebook = run()
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == PATH.read_text("utf-8")
    *_, figure, cited = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert figure.data["image/svg+xml"].startswith("<svg") and nt.__version__ in cited.text


if __name__ == "__main__":
    PATH.write_text(nbformat.writes(run()) + "\n", encoding="utf-8")
