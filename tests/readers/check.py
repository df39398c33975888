"""Loads every SBOM of a directory with cyclonedx-python-lib and spdx-tools."""

import json
import pathlib
import re
import sys

from cyclonedx.exception.model import LicenseExpressionAlongWithOthersException
from cyclonedx.model.bom import Bom
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
from defusedxml import ElementTree
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

LISTS = pathlib.Path(__file__).parents[2] / "data" / "lists"
LICENSES = {
    known["licenseId"]
    for known in json.loads((LISTS / "spdx-licenses.json").read_text(encoding="utf-8"))["licenses"]
}
VERSIONS = {
    "1.5": SchemaVersion.V1_5,
    "1.6": SchemaVersion.V1_6,
    "1.7": SchemaVersion.V1_7,
}


def cyclonedx_json(path: pathlib.Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    document = json.loads(text)
    validator = make_schemabased_validator(OutputFormat.JSON, VERSIONS[document["specVersion"]])
    error = validator.validate_str(text)
    if error:
        return [str(error.data)]
    bom = Bom.from_json(document)
    return compare(bom, len(document["components"]), document["specVersion"])


def cyclonedx_xml(path: pathlib.Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    namespace = root.tag[1:].split("}")[0]
    validator = make_schemabased_validator(OutputFormat.XML, VERSIONS[namespace.rsplit("/", 1)[1]])
    error = validator.validate_str(text)
    if error:
        return [str(error.data)]
    bom = Bom.from_xml(ElementTree.fromstring(text))
    return compare(bom, len(root.find(f"{{{namespace}}}components")), namespace.rsplit("/", 1)[1])


def compare(bom: Bom, expected: int, version: str) -> list[str]:
    try:
        bom.validate()
    except LicenseExpressionAlongWithOthersException:
        # The schema allows expressions beside licenses since 1.7, the model of the library does not yet.
        if version != "1.7":
            raise
    if len(bom.components) != expected:
        return [f"{len(bom.components)} components came out of {expected}"]
    return []


def spdx(path: pathlib.Path) -> list[str]:
    document = parse_file(str(path))
    messages = validate_full_spdx_document(document)
    texts = [f"{message.validation_message} ({message.context.spdx_id})" for message in messages]
    return [text for text in texts if not is_newer_id(text)][:10]


def is_newer_id(text: str) -> bool:
    """The library carries an older license list."""
    found = re.match(r"Unrecognized license reference: ([^ ]+)\. ", text)
    return found is not None and found.group(1) in LICENSES


def spdx3(path: pathlib.Path) -> list[str]:
    """No library of the registries reads 3.0.1 offline; the references are followed by hand."""
    graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
    known = {element.get("spdxId", element.get("@id")) for element in graph}
    return [
        f"{name} is named and not there"
        for element in graph
        for name in element.get("to", []) + element.get("element", [])
        if name not in known and "/rdf/3.0.1/terms/" not in name
    ]


def reader_of(name: str):
    if name.startswith("cyclonedx-json"):
        return cyclonedx_json
    if name.startswith("cyclonedx-xml"):
        return cyclonedx_xml
    return spdx3 if name.startswith("spdx3") else spdx


def main() -> int:
    failures = 0
    paths = sorted(pathlib.Path(sys.argv[1]).iterdir())
    for path in paths:
        try:
            problems = reader_of(path.name)(path)
        except Exception as error:  # a reader may fail in any way it likes; the run goes on
            problems = [f"{type(error).__name__}: {error}"]
        print("ok  " if not problems else "FAIL", path.name, *problems, sep="  ")
        failures += bool(problems)
    print(f"{len(paths)} documents, {failures} refused")
    return 1 if failures or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
