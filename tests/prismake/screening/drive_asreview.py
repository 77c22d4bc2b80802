"""Drives ASReview LAB as its pages do: imports a file, labels records, exports what was decided, and the project.

Run by an interpreter that has ASReview:

    python drive_asreview.py RECORDS LABELS FOLDER

LABELS is JSON: [[number of the record from 0, 1 or 0, note], …]. FOLDER gets `labels.csv`, `labels.ris` where RECORDS
is RIS, and `project.asreview`.
"""

import io
import json
import os
import sys
from pathlib import Path


def main() -> None:
    records, labels, folder = Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
    os.environ.update(ASREVIEW_PATH=str(folder / "lab"), ASREVIEW_LAB_AUTHENTICATION="false")
    from asreview.webapp.app import create_app

    app = create_app()
    lab = app.test_client()
    file = (io.BytesIO(records.read_bytes()), records.name)
    made = lab.post("/api/projects/create", data={"mode": "oracle", "file": file}, content_type="multipart/form-data")
    assert made.status_code in (200, 201), made.data
    project = f"/api/projects/{made.get_json()['id']}"
    for number, label, note in labels:
        done = lab.post(f"{project}/record/{number}", data={"record_id": number, "label": label})
        assert done.status_code == 200, done.data
        if note:
            assert lab.put(f"{project}/record/{number}/note", data={"note": note}).status_code == 200
    collections = "collections=relevant&collections=irrelevant&collections=not_seen"
    formats = ("csv", "ris") if records.suffix == ".ris" else ("csv",)
    for name in formats:
        exported = lab.get(f"{project}/export_dataset?format={name}&{collections}")
        assert exported.status_code == 200, exported.data
        (folder / f"labels.{name}").write_bytes(exported.data)
    exported = lab.get(f"{project}/export_project")
    assert exported.status_code == 200, exported.data
    (folder / "project.asreview").write_bytes(exported.data)


if __name__ == "__main__":
    main()
