"""Puts the data package into the wheel; an editable install reads it from the checkout instead."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataPackageHook(BuildHookInterface):
    """Adds descriptor, tables, schemas and coding record to a wheel as naqoura_talks/datapackage/."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Add the files, unless the build is an editable one."""
        if version == "standard" and self.target_name == "wheel":
            for path in ("datapackage.json", "data", "schemas", "coding"):
                build_data["force_include"][path] = f"naqoura_talks/datapackage/{path}"
