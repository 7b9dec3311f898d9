"""What hatchling adds: the data to the wheel, and to its description no link that leads nowhere."""

import re
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class DataPackageHook(BuildHookInterface):
    """Adds descriptor, tables, schemas and coding record to a wheel as naqoura_talks/datapackage/."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Add the files, unless the build is an editable one, which reads them from the checkout."""
        if version == "standard" and self.target_name == "wheel":
            for path in ("datapackage.json", "data", "schemas", "coding"):
                build_data["force_include"][path] = f"naqoura_talks/datapackage/{path}"


class DescriptionHook(MetadataHookInterface):
    """Makes the description of README.md: pictures and links to files of the checkout are words there."""

    def update(self, metadata: dict) -> None:
        """Set the description."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        text = re.sub(r"!\[([^\]]*)\]\((?!https?:)[^)]*\)\n*", "", text)
        text = re.sub(r"\[([^\]]*)\]\((?!https?:|mailto:|#)[^)]*\)", r"\1", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
